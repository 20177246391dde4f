package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trunkline.network.Outcome;
import io.trunkline.network.OwnAuthorities;
import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.network.mail.Postfix;
import io.trunkline.network.mail.Sent;
import io.trunkline.network.mail.SmtpMailer;
import io.trunkline.network.mail.SmtpSettings;
import io.trunkline.simulators.Simulators;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** A real mail server: Debian's Postfix takes the mail and hands it on to the simulated one. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostfixTest {
    private RunningServer server;
    private Postfix postfix;
    private World world;
    private Api api;
    private Mailbox mailbox;

    @BeforeAll
    void start() {
        assumeTrue(Postfix.isInstalled(), "install it, and be root, to run these tests: apt-get install postfix");
        var started = new AtomicReference<@Nullable Postfix>();
        server = RunningServer.start(simulators -> {
            Postfix beside = postfix(simulators);
            started.set(beside);
            return settings(beside);
        });
        postfix = Objects.requireNonNull(started.get());
        world = server.world("postfix").stock(8);
        api = world.api();
        mailbox = new Mailbox(server);
    }

    private static Postfix postfix(Simulators simulators) {
        try {
            return Postfix.start(simulators.smtpPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> settings(Postfix postfix) {
        return Map.of(
                "trunkline.mail.host", "127.0.0.1",
                "trunkline.mail.port", Integer.toString(postfix.port()),
                "trunkline.mail.start-tls", "required",
                "trunkline.mail.username", Postfix.USER,
                "trunkline.mail.password", Postfix.PASSWORD,
                "trunkline.mail.trusted-certificates", authority(postfix, "ca").toString(),
                "trunkline.mail.read-timeout", "20s",
                "trunkline.mail.bounces.every", "200ms",
                "trunkline.chores.poll", "200ms");
    }

    private static Path authority(Postfix postfix, String name) {
        try {
            return postfix.authority(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (postfix != null) {
            postfix.close();
        }
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    private String ordered(String to, String cc) {
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder(to, cc));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return placed.link("self");
    }

    private static JsonNode delivery(Api.Answer order) {
        return order.json().path("sim_profile").path("delivery");
    }

    private Api.Answer awaitState(String order, String state) {
        return api.await(
                order, answer -> delivery(answer).path("state").stringValue("").equals(state));
    }

    @Test
    void itTakesTheMailUnderTlsAndAPasswordAndHandsItOn() throws Exception {
        String order = ordered("anna@postfix.example", "it@postfix.example");
        Mailbox.Mail mail = mailbox.await("anna@postfix.example", 1).getFirst();
        assertThat(mail.header("Received")).contains("ESMTPSA");
        assertThat(mail.attachments()).hasSize(1);
        assertThat(QrReader.png(mail.attachment().content())).startsWith("LPA:1$");
        assertThat(delivery(awaitState(order, "sent")).path("answer").stringValue(""))
                .contains("queued as");
        assertThat(mailbox.senderOf("anna@postfix.example")).matches("bounces\\+[0-9a-f]{48}@trunkline\\.invalid");
    }

    @Test
    void aRecipientThatItRefusesShowsOnTheOrder() {
        String order = ordered(Postfix.REFUSED, "it2@postfix.example");
        JsonNode delivery = delivery(awaitState(order, "sent"));
        assertThat(delivery.path("refused")).hasSize(1);
        assertThat(delivery.path("refused").path(0).path("address").stringValue())
                .isEqualTo(Postfix.REFUSED);
        assertThat(delivery.path("refused").path(0).path("answer").stringValue(""))
                .startsWith("550 5.1.1")
                .contains("nobody of this name");
        assertThat(mailbox.await("it2@postfix.example", 1)).hasSize(1);
    }

    /** Its own report comes by its own way into the mailbox. */
    @Test
    void whatItTookAndCouldNotDeliverComesBackAndIsShown() {
        world.faults("mail", """
                [{"operation": "rcpt", "fault": "refuse", "code": "550 5.1.1", "times": 2}]""");
        String order = ordered("gone@postfix.example", "gone2@postfix.example");
        JsonNode delivery = delivery(awaitState(order, "bounced"));
        assertThat(delivery.path("answer").stringValue("")).contains("queued as");
        assertThat(delivery.path("bounces")
                        .valueStream()
                        .map(one -> one.path("address").stringValue("")))
                .containsExactlyInAnyOrder("gone@postfix.example", "gone2@postfix.example");
        JsonNode first = delivery.path("bounces").path(0);
        assertThat(first.path("status").stringValue()).isEqualTo("5.1.1");
        assertThat(first.path("diagnostic").stringValue("")).contains("550 5.1.1 refused on request");
        assertThat(World.control(server, "GET", "/mailbox/messages/" + report(), null))
                .containsIgnoringCase("Original-Envelope-Id: ");
    }

    private String report() {
        return Api.JSON
                .readTree(World.control(server, "GET", "/mailbox/messages?to=bounces@trunkline.invalid", null))
                .path("messages")
                .path(0)
                .path("id")
                .stringValue("");
    }

    private Outcome<Sent> send(String password, String authority, SmtpSettings.StartTls tls) throws IOException {
        var settings = new SmtpSettings(
                "127.0.0.1",
                postfix.port(),
                Postfix.USER,
                password,
                tls,
                "esim@trunkline.invalid",
                "Trunkline",
                "client.example.com",
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                1,
                Duration.ofSeconds(5));
        var mail = new OutgoingMail(
                "<refused@trunkline.invalid>",
                null,
                null,
                null,
                List.of("nobody-gets-it@postfix.example"),
                List.of(),
                "s",
                "t",
                null,
                List.of(),
                "c",
                Instant.EPOCH,
                List.of(),
                null,
                false);
        try (var mailer =
                new SmtpMailer(settings, OwnAuthorities.trusting("the mail server", postfix.authority(authority)))) {
            return mailer.send(mail);
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityAWrongPasswordAndASessionInTheClearAreRefused() throws IOException {
        assertThat(send(Postfix.PASSWORD, "stranger", SmtpSettings.StartTls.REQUIRED))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo("no_session"));
        assertThat(send("wrong", "ca", SmtpSettings.StartTls.REQUIRED))
                .isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                    assertThat(rejected.code()).isEqualTo("535 5.7.8");
                    assertThat(rejected.retryable()).isTrue();
                    assertThat(rejected.detail()).doesNotContain("wrong");
                });
        assertThat(send(Postfix.PASSWORD, "ca", SmtpSettings.StartTls.NONE)).isInstanceOf(Outcome.Rejected.class);
        assertThat(mailbox.of("nobody-gets-it@postfix.example")).isEmpty();
    }
}
