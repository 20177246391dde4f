package io.trunkline.network.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.network.Outcome;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands on the wire, read back by the library that others read it with. */
class MailFormatTest {
    private static MimeMessage wire(OutgoingMail mail) throws IOException, MessagingException {
        try (var peer = new ScriptedSmtp().open();
                var mailer = new SmtpMailer(Mails.settings(peer.port()))) {
            assertThat(mailer.send(mail)).isInstanceOf(Outcome.Accepted.class);
            String raw = peer.contents().getFirst();
            raw.lines()
                    .forEach(line -> assertThat(line.length())
                            .as("RFC 5322 2.1.1: %s", line)
                            .isLessThanOrEqualTo(998));
            assertThat(raw).as("ASCII alone").matches("(?s)[\\x00-\\x7f]*");
            String undotted = raw.replaceAll("(?m)^\\.", "");
            return new MimeMessage(
                    Session.getInstance(new Properties()),
                    new ByteArrayInputStream(undotted.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static OutgoingMail text(String subject, String text) {
        return Mails.mail(List.of("anna@example.com"), List.of(), subject, text, List.of());
    }

    private static String header(MimeMessage message, String name) throws MessagingException {
        String[] values = message.getHeader(name);
        assertThat(values).as(name).hasSize(1);
        return values[0];
    }

    @Test
    void theHeaderIsCompleteAndTheSameForEveryRepetition() throws Exception {
        var repeated = new OutgoingMail(
                Mails.ID,
                null,
                null,
                "help@example.com",
                List.of("anna@example.com"),
                List.of("it@example.com"),
                "Your eSIM",
                "t",
                null,
                List.of(),
                "correlation-1",
                Mails.DATE,
                List.of(),
                null,
                true);
        MimeMessage message = wire(repeated);
        assertThat(header(message, "Message-ID")).isEqualTo(Mails.ID);
        assertThat(header(message, "Date")).isEqualTo("Sun, 1 Mar 2026 08:05:09 +0000");
        assertThat(header(message, "X-Correlation-ID")).isEqualTo("correlation-1");
        assertThat(header(message, "Auto-Submitted")).isEqualTo("auto-generated");
        assertThat(header(message, "X-Trunkline-Repeated")).isEqualTo("true");
        assertThat(header(message, "MIME-Version")).isEqualTo("1.0");
        assertThat(header(message, "Reply-To")).isEqualTo("help@example.com");
        assertThat(message.getRecipients(Message.RecipientType.TO))
                .containsExactly(new InternetAddress("anna@example.com"));
        assertThat(message.getRecipients(Message.RecipientType.CC))
                .containsExactly(new InternetAddress("it@example.com"));
        InternetAddress from = (InternetAddress) message.getFrom()[0];
        assertThat(from.getAddress()).isEqualTo("esim@trunkline.invalid");
        assertThat(from.getPersonal()).isEqualTo("Trunkline Ä");
        MimeMessage first = wire(Mails.to("anna@example.com"));
        assertThat(header(first, "Message-ID")).isEqualTo(Mails.ID);
        assertThat(header(first, "Date")).isEqualTo(header(message, "Date"));
        assertThat(first.getHeader("X-Trunkline-Repeated")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Your eSIM",
                "Ihre eSIM für Zoë – 日本語 🎉",
                "",
                " leading and trailing ",
                "=?UTF-8?Q?not_encoded?=",
                "a:b; c=\"d\" <e@f> (g)"
            })
    void aSubjectIsReadBackAsItWasWritten(String subject) throws Exception {
        assertThat(String.valueOf(wire(text(subject, "t")).getSubject()).strip())
                .isEqualTo(subject.strip());
    }

    @Test
    void aLongSubjectIsFolded() throws Exception {
        for (String letter : new String[] {"x ", "ä", "𝄞", "=?𝄞"}) {
            String subject = letter.repeat(500 / letter.length());
            MimeMessage message = wire(text(subject, "t"));
            assertThat(header(message, "Subject").lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(998));
            assertThat(message.getSubject().strip()).isEqualTo(subject.strip());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ".\n..\n...\n",
                "a\n.\nb\n.hidden\n",
                "QUIT\nRSET\nDATA\n",
                "\n\n\nFrom someone\n",
                "Subject: not a header\n\nGrüße aus Zürich – 日本語 🎉\n",
                "=3D =\n= trailing space \ntab\t\n",
                "LPA:1$smdp.example.com$04386-AGYFT-A74Y8-3F815"
            })
    void aTextIsReadBackAsItWasWritten(String text) throws Exception {
        assertThat(lines(String.valueOf(wire(text("s", text)).getContent()))).isEqualTo(lines(text));
    }

    @Test
    void anyTextIsReadBackAsItWasWritten() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            var text = new StringBuilder("Begin\n");
            for (int length = random.nextInt(3_000); text.length() < length; ) {
                switch (random.nextInt(6)) {
                    case 0 -> text.append('\n');
                    case 1 -> text.append("\n.");
                    case 2 -> text.appendCodePoint(0x1F300 + random.nextInt(200));
                    case 3 -> text.append(' ');
                    default -> text.append((char) (0x21 + random.nextInt(0x200)));
                }
            }
            String clean = text.toString().replaceAll("[\\x7f-\\x9f]", "") + "End";
            assertThat(lines(String.valueOf(wire(text("s", clean)).getContent())))
                    .as("seed %d, mail %d", seed, i)
                    .isEqualTo(lines(clean));
        }
    }

    private static String lines(String text) {
        return text.replace("\r\n", "\n").stripTrailing();
    }

    @Test
    void aLineOfAnyLengthIsBroken() throws Exception {
        String text = "x".repeat(5_000) + "\n" + "ü".repeat(5_000);
        assertThat(lines(String.valueOf(wire(text("s", text)).getContent()))).isEqualTo(text);
    }

    @Test
    void attachmentsStandBesideTheTextWithTheirNamesTypesAndEveryByte() throws Exception {
        byte[] all = new byte[70_000];
        new Random(1).nextBytes(all);
        OutgoingMail mail = Mails.mail(
                List.of("anna@example.com"),
                List.of(),
                "s",
                "Grüße",
                List.of(
                        new OutgoingMail.Attachment("esim-qr.png", "image/png", all),
                        new OutgoingMail.Attachment("Zoë \"eSIM\"; 日本.txt", "text/plain; charset=utf-8", new byte[0])));
        MimeMessage message = wire(mail);
        assertThat(message.getContentType()).startsWith("multipart/mixed");
        Multipart parts = (Multipart) message.getContent();
        assertThat(parts.getCount()).isEqualTo(3);
        assertThat(parts.getBodyPart(0).getContentType().toLowerCase(Locale.ROOT))
                .isEqualTo("text/plain; charset=utf-8");
        assertThat(parts.getBodyPart(0).getContent()).isEqualTo("Grüße");
        BodyPart image = parts.getBodyPart(1);
        assertThat(image.getFileName()).isEqualTo("esim-qr.png");
        assertThat(image.isMimeType("image/png")).isTrue();
        assertThat(image.getDisposition()).isEqualTo("attachment");
        assertThat(image.getInputStream().readAllBytes()).isEqualTo(all);
        assertThat(MimeUtility.decodeText(parts.getBodyPart(2).getFileName())).isEqualTo("Zoë \"eSIM\"; 日本.txt");
        assertThat(parts.getBodyPart(2).getInputStream().readAllBytes()).isEmpty();
    }

    @Test
    void htmlStandsBehindTheTextWithItsPicturesBesideIt() throws Exception {
        byte[] png = {1, 2, 3};
        var mail = new OutgoingMail(
                Mails.ID,
                null,
                null,
                null,
                List.of("anna@example.com"),
                List.of(),
                "s",
                "Grüße",
                new OutgoingMail.Html(
                        "<p>Grüße <img src=\"cid:qr@example.com\"></p>",
                        List.of(new OutgoingMail.Picture("qr@example.com", "image/png", png))),
                List.of(new OutgoingMail.Attachment("qr.png", "image/png", png)),
                "c",
                Mails.DATE,
                List.of(),
                null,
                false);
        Multipart mixed = (Multipart) wire(mail).getContent();
        assertThat(mixed.getContentType()).startsWith("multipart/mixed");
        assertThat(mixed.getCount()).isEqualTo(2);
        Multipart alternatives = (Multipart) mixed.getBodyPart(0).getContent();
        assertThat(alternatives.getContentType()).startsWith("multipart/alternative");
        assertThat(alternatives.getCount()).isEqualTo(2);
        assertThat(alternatives.getBodyPart(0).getContent()).isEqualTo("Grüße");
        Multipart related = (Multipart) alternatives.getBodyPart(1).getContent();
        assertThat(related.getContentType()).startsWith("multipart/related").contains("type=\"text/html\"");
        assertThat(related.getBodyPart(0).isMimeType("text/html")).isTrue();
        assertThat(related.getBodyPart(0).getContent()).isEqualTo("<p>Grüße <img src=\"cid:qr@example.com\"></p>");
        BodyPart picture = related.getBodyPart(1);
        assertThat(((MimePart) picture).getContentID()).isEqualTo("<qr@example.com>");
        assertThat(picture.getDisposition()).isEqualTo("inline");
        assertThat(picture.getInputStream().readAllBytes()).isEqualTo(png);
    }

    @Test
    void aPictureHasAnIdAndATypeThatCanStandInAHeader() {
        for (String broken :
                new String[] {"qr", "qr@a>\r\nBcc: eve@example.com", "q r@example.com", "<qr@example.com>"}) {
            assertThatThrownBy(() -> new OutgoingMail.Picture(broken, "image/png", new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new OutgoingMail.Picture("qr@example.com", "text/html", new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInternationalDomainIsWrittenInAscii() throws Exception {
        MimeMessage message = wire(Mails.to("anna@bücher.example"));
        assertThat(header(message, "To")).isEqualTo("anna@xn--bcher-kva.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "anna",
                "@example.com",
                "anna@",
                "anna@example.com\r\nBcc: eve@example.com",
                "anna@example.com\nBcc: eve@example.com",
                "anna@example.com\r",
                "anna@exa\u0000mple.com",
                "anna@example.com,eve@example.com",
                "anna@example.com eve@example.com",
                "Anna <anna@example.com>",
                "<anna@example.com>",
                "friends: anna@example.com, eve@example.com;",
                "anna@example.com>\r\nRCPT TO:<eve@example.com",
                "anna@[127.0.0.1",
                "änna@example.com",
                "anna\u2028@example.com",
                "anna@-example.com",
                "anna@example..com",
                "a@b@example.com"
            })
    void whatIsNoAddressOrMoreThanOneIsRefusedWithoutRepeatingIt(String address) {
        assertThat(OutgoingMail.isAddress(address)).isFalse();
        assertThatThrownBy(() -> Mails.to("ok@example.com", address)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Mails.mail(List.of("ok@example.com"), List.of(address), "s", "t", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        for (boolean asSender : new boolean[] {true, false}) {
            assertThatThrownBy(() -> new OutgoingMail(
                            Mails.ID,
                            asSender ? address : null,
                            null,
                            asSender ? null : address,
                            List.of("ok@example.com"),
                            List.of(),
                            "s",
                            "t",
                            null,
                            List.of(),
                            "c",
                            Instant.EPOCH,
                            List.of(),
                            null,
                            false))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anna@example.com",
                "anna.b+tag@sub.example.co.uk",
                "o'hara_%x@example.com",
                "\"quoted name\"@example.com",
                "x@y.z"
            })
    void ordinaryAddressesAreTaken(String address) {
        assertThat(OutgoingMail.isAddress(address)).isTrue();
    }

    @Test
    void nothingThatGoesIntoTheHeaderCanHoldALineBreak() {
        for (String broken :
                new String[] {"a\r\nBcc: eve@example.com", "a\nb", "a\rb", "a\u0085b", "a\u2028b", "a\0b"}) {
            assertThatThrownBy(() -> text(broken, "t")).as("subject").isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new OutgoingMail.Attachment(broken, "image/png", new byte[0]))
                    .as("file name")
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new OutgoingMail.Attachment("a.png", "image/png; x=" + broken, new byte[0]))
                    .as("content type")
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> SmtpSettings.at("mail", 25, "a@example.com", broken))
                    .as("sender's name")
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new OutgoingMail(
                            "<" + broken + "@example.com>",
                            null,
                            null,
                            null,
                            List.of("a@example.com"),
                            List.of(),
                            "s",
                            "t",
                            null,
                            List.of(),
                            "c",
                            Instant.EPOCH,
                            List.of(),
                            null,
                            false))
                    .as("Message-ID")
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new OutgoingMail(
                            Mails.ID,
                            null,
                            null,
                            null,
                            List.of("a@example.com"),
                            List.of(),
                            "s",
                            "t",
                            null,
                            List.of(),
                            broken,
                            Instant.EPOCH,
                            List.of(),
                            null,
                            false))
                    .as("correlation id")
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aMailIsNotWrittenIntoLogsWithItsSecrets() {
        assertThat(text("secret subject", "LPA:1$secret").toString())
                .doesNotContain("secret")
                .doesNotContain("anna")
                .contains(Mails.ID);
    }
}
