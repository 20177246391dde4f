package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.network.smdp.ActivationCode;
import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.node.ObjectNode;

/** The mail that a person gets, read back as mail programs read it. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActivationMailTest {
    private static final long SEED = Long.getLong("trunkline.test.seed", System.nanoTime());
    private static final int PEOPLE = 10;
    private static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "pt");
    private static final List<String> HEADERS = List.of(
            "from",
            "reply-to",
            "to",
            "cc",
            "message-id",
            "subject",
            "mime-version",
            "content-type",
            "date",
            "x-correlation-id",
            "auto-submitted");

    private final AtomicInteger addresses = new AtomicInteger();
    private World world;
    private Api api;
    private Mailbox mailbox;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("letters").stock(20 + PEOPLE);
        api = world.api();
        mailbox = new Mailbox(server);
        Api.Answer set = Api.ofOperator(server)
                .call(
                        "PATCH",
                        "/operator/organizations/letters/mails",
                        "{\"reply_to\": \"it@letters.example\", \"language\": \"fr\"}");
        assertThat(set.status()).as(set.text()).isEqualTo(200);
    }

    private Mailbox.Mail ordered(String firstName, String lastName, String locale) {
        String to = "to" + addresses.incrementAndGet() + "@letters.example";
        ObjectNode order = (ObjectNode) Api.JSON.readTree(world.sampleOrder(to, "cc-" + to));
        ObjectNode person = (ObjectNode) order.path("subscriber");
        person.put("first_name", firstName).put("last_name", lastName);
        if (!locale.isEmpty()) {
            person.put("locale", locale);
        }
        Api.Answer placed = api.post("/enterprise/orders", order.toString());
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        assertThat(placed.json().path("subscriber").path("locale").stringValue(""))
                .isEqualTo(locale);
        return mailbox.await(to, 1).getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "en-GB, Your eSIM from Organization letters is ready, Hello Zoë O'Hara",
        "de, Ihre eSIM von Organization letters ist bereit, Guten Tag Zoë O'Hara",
        "fr-CA, Votre eSIM de Organization letters est prête, Bonjour Zoë O'Hara",
        "es, Su eSIM de Organization letters está lista, 'Hola, Zoë O''Hara'",
        "pt-BR, O seu eSIM da Organization letters está pronto, 'Olá, Zoë O''Hara'",
        "'', Votre eSIM de Organization letters est prête, Bonjour Zoë O'Hara",
        "ja, Votre eSIM de Organization letters est prête, Bonjour Zoë O'Hara",
    })
    void itSpeaksThePersonsLanguageAndBringsTheCodeInEveryForm(String locale, String subject, String greeting)
            throws Exception {
        Mailbox.Mail mail = ordered("Zoë", "O'Hara", locale);
        assertThat(mail.message().getSubject()).isEqualTo(subject);
        assertThat(mail.text()).contains(greeting);
        assertThat(mail.html()).contains(greeting.replace("'", "&#39;"));
        byte[] png = mail.attachment().content();
        String lpa = QrReader.png(png);
        ActivationCode code = ActivationCode.parse(lpa).orElseThrow();
        for (String form : List.of(mail.text(), mail.html())) {
            assertThat(form)
                    .contains(
                            lpa,
                            code.smdpAddress(),
                            code.matchingId(),
                            "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=" + lpa,
                            "https://esimsetup.android.com/esim_qrcode_provisioning?carddata=" + lpa,
                            "it@letters.example",
                            "Organization letters",
                            "+44");
        }
        assertThat(mail.pictures()).hasSize(1);
        Mailbox.Attachment picture = mail.pictures().getFirst();
        assertThat(picture.type()).startsWith("image/png");
        assertThat(picture.content()).isEqualTo(png);
        assertThat(mail.html())
                .contains("src=\"cid:" + picture.name().replaceAll("[<>]", "") + "\"")
                .containsOnlyOnce("src=");
        assertThat(mail.message().getReplyTo()).containsExactly(new InternetAddress("it@letters.example"));
    }

    /** Whatever lines of text their names are: the mail reads back as what it was made of. */
    @Test
    void whateverPeopleAreCalledTheirMailIsValid() throws Exception {
        var random = new Random(SEED);
        for (int i = 0; i < PEOPLE; i++) {
            String first = name(random);
            String last = name(random);
            String language = LANGUAGES.get(random.nextInt(LANGUAGES.size()));
            Mailbox.Mail mail = ordered(first, last, language);
            String called = first + " " + last;
            String told = "seed " + SEED + ", " + language + ": " + called;
            assertThat(mail.text()).as(told).contains(called);
            assertThat(mail.html()).as(told).contains(HtmlUtils.htmlEscape(called, "UTF-8"));
            String lpa = QrReader.png(mail.attachment().content());
            assertThat(ActivationCode.parse(lpa)).as(told).isPresent();
            assertThat(mail.text()).as(told).contains(lpa);
            assertThat(mail.html()).as(told).contains(lpa);
            assertThat(headers(mail)).as(told).doesNotHaveDuplicates().hasSize(HEADERS.size());
        }
    }

    private static String name(Random random) {
        String letters = "aZé漢ß =?_<>&\"';:,@()[]\\.!%$😀";
        int[] points = letters.codePoints().toArray();
        String name = random.ints(1 + random.nextInt(30), 0, points.length)
                .mapToObj(i -> Character.toString(points[i]))
                .collect(Collectors.joining());
        return "x" + name.strip() + "y";
    }

    private static List<String> headers(Mailbox.Mail mail) throws MessagingException {
        return Collections.list(mail.message().getAllHeaders()).stream()
                .map(Header::getName)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    /** What is no line of text is refused with the order; what is one stays one line of one header, or text. */
    @Test
    void aNameNeitherInjectsAHeaderNorHtml() throws MessagingException {
        String evil = "=?utf-8?q?Bcc:_eve=40letters.example?=";
        Mailbox.Mail mail = ordered("<a href=\"https://evil.example\">", evil, "en");
        assertThat(mail.html())
                .contains("&lt;a href=&quot;https://evil.example&quot;&gt; " + evil)
                .doesNotContain("href=\"https://evil.example");
        assertThat(mail.text()).contains("Hello <a href=\"https://evil.example\"> " + evil);
        assertThat(headers(mail)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(HEADERS);
        ObjectNode order = (ObjectNode) Api.JSON.readTree(world.sampleOrder("a@letters.example", "b@letters.example"));
        ((ObjectNode) order.path("subscriber")).put("first_name", "A\r\nBcc: eve@letters.example");
        assertThat(api.post("/enterprise/orders", order.toString()).violations())
                .containsExactly("/subscriber/first_name pattern");
    }

    @Test
    void anOrganizationsNameIsTextToo() throws MessagingException {
        String name = "<b>R&D \"Ä\"</b> ".strip();
        world.sql().update("UPDATE organizations SET name = ? WHERE id = ?", name, world.organization());
        try {
            Mailbox.Mail mail = ordered("Ada", "King", "en");
            assertThat(mail.message().getSubject()).isEqualTo("Your eSIM from " + name + " is ready");
            assertThat(mail.html())
                    .contains("&lt;b&gt;R&amp;D &quot;Ä&quot;&lt;/b&gt;")
                    .doesNotContain("<b>R");
        } finally {
            world.sql()
                    .update(
                            "UPDATE organizations SET name = 'Organization letters' WHERE id = ?",
                            world.organization());
        }
    }
}
