package io.trunkline.network.mail;

import static io.trunkline.network.mail.ScriptedSmtp.CONTENT;
import static io.trunkline.network.mail.ScriptedSmtp.DROP;
import static io.trunkline.network.mail.ScriptedSmtp.GREETING;
import static io.trunkline.network.mail.ScriptedSmtp.SILENCE;
import static io.trunkline.network.mail.ScriptedSmtp.TRICKLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.network.Certificates;
import io.trunkline.network.Outcome;
import io.trunkline.network.OwnAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a mail, whatever the server says and wherever it stops saying anything. */
class SmtpSessionTest {
    private static final String RCPT = "RCPT TO:<anna@example.com>";

    private static Outcome<Sent> send(ScriptedSmtp peer, OutgoingMail mail) {
        return send(Mails.settings(peer.port()), mail);
    }

    private static Outcome<Sent> send(SmtpSettings settings, OutgoingMail mail) {
        try (var mailer = new SmtpMailer(settings)) {
            return mailer.send(mail);
        }
    }

    private static ScriptedSmtp replying(String beginning, String reply) throws IOException {
        return new ScriptedSmtp().on(beginning, reply).open();
    }

    private static void isRejected(Outcome<Sent> outcome, String code, boolean retryable) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.code()).isEqualTo(code);
            assertThat(rejected.retryable()).as("retryable").isEqualTo(retryable);
        });
    }

    @Test
    void aMailIsHandedOverInOneSession() throws IOException {
        try (var peer = new ScriptedSmtp().open()) {
            assertThat(send(
                            peer,
                            Mails.mail(List.of("anna@example.com"), List.of("it@example.com"), "s", "t", List.of())))
                    .isEqualTo(new Outcome.Accepted<>(new Sent("250 2.0.0 queued as 4711", List.of())));
            assertThat(peer.commands())
                    .startsWith(
                            "EHLO client.example.com",
                            "MAIL FROM:<esim@trunkline.invalid>",
                            "RCPT TO:<anna@example.com>",
                            "RCPT TO:<it@example.com>",
                            "DATA");
            assertThat(peer.contents()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                GREETING + "|421 4.3.2 closing|421 4.3.2|true",
                GREETING + "|554 5.7.1 not you|554 5.7.1|true",
                "EHLO|421 later|421|true",
                "MAIL|451 4.3.0 later|451 4.3.0|true",
                "MAIL|452 4.3.1 full|452 4.3.1|true",
                "MAIL|550 5.1.8 no such sender|550 5.1.8|false",
                "RCPT|450 4.2.1 greylisted|450 4.2.1|true",
                "RCPT|550 5.1.1 no such user|550 5.1.1|false",
                "RCPT|552 5.2.2 mailbox full|552 5.2.2|false",
                "DATA|451 4.3.0 later|451 4.3.0|true",
                "DATA|554 5.5.1 no valid recipients|554 5.5.1|false",
                CONTENT + "|452 4.3.1 full|452 4.3.1|true",
                CONTENT + "|451 later|451|true",
                CONTENT + "|550 5.7.1 spam|550 5.7.1|false",
                CONTENT + "|552 5.3.4 too big|552 5.3.4|false"
            })
    void aRefusalInAnyPhaseIsRejectedWithItsCode(String phase, String reply, String code, boolean retryable)
            throws IOException {
        // A server that refuses EHLO is greeted by HELO.
        try (var peer = new ScriptedSmtp()
                .on(phase, reply)
                .on(phase.equals("EHLO") ? "HELO" : phase, reply)
                .open()) {
            isRejected(send(peer, Mails.to("anna@example.com")), code, retryable);
            assertThat(peer.contents()).hasSize(phase.equals(CONTENT) ? 1 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GREETING, "EHLO", "MAIL", "RCPT", "DATA"})
    void aConnectionLostOrSilentBeforeTheContentIsRejectedAndWorthRepeating(String phase) throws IOException {
        for (String end : new String[] {DROP, SILENCE}) {
            try (var peer = replying(phase, end)) {
                Outcome<Sent> outcome = send(Mails.impatient(peer.port()), Mails.to("anna@example.com"));
                assertThat(outcome).as(end).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                    assertThat(rejected.code()).isIn("no_session", "no_answer");
                    assertThat(rejected.retryable()).isTrue();
                });
                assertThat(peer.contents()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {DROP, SILENCE, TRICKLE, "nonsense", "\u0001\u0002}{", "999 what"})
    void afterTheContentOnlyAReplyTells(String end) throws IOException {
        try (var peer = replying(CONTENT, end)) {
            assertThat(send(Mails.impatient(peer.port()), Mails.to("anna@example.com")))
                    .isInstanceOf(Outcome.Unknown.class);
            assertThat(peer.contents()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GREETING, "EHLO", "RCPT"})
    void aServerThatTricklesHoldsASessionNoLongerThanItMayLast(String phase) throws IOException {
        try (var peer = replying(phase, TRICKLE)) {
            assertThat(send(Mails.impatient(peer.port()), Mails.to("anna@example.com")))
                    .isInstanceOf(Outcome.Rejected.class);
        }
    }

    @Test
    void aFarewellThatFailsChangesNothing() throws IOException {
        for (String end : new String[] {DROP, SILENCE, "500 what", "421 closing"}) {
            try (var peer = replying("QUIT", end)) {
                assertThat(send(Mails.impatient(peer.port()), Mails.to("anna@example.com")))
                        .as(end)
                        .isInstanceOf(Outcome.Accepted.class);
            }
        }
    }

    @Test
    void recipientsThatAreRefusedAreNamedAndTheOthersGetTheirMail() throws IOException {
        try (var peer = new ScriptedSmtp()
                .on("RCPT TO:<gone@", "550 5.1.1 no such user")
                .on("RCPT TO:<full@", "452 4.2.2 mailbox full")
                .open()) {
            OutgoingMail mail = Mails.mail(
                    List.of("anna@example.com", "gone@example.com"), List.of("full@example.com"), "s", "t", List.of());
            assertThat(send(peer, mail)).isInstanceOfSatisfying(Outcome.Accepted.class, accepted -> {
                assertThat(((Sent) accepted.value()).refused())
                        .containsExactlyInAnyOrder(
                                new Sent.RefusedRecipient("gone@example.com", "550 5.1.1", "no such user", false),
                                new Sent.RefusedRecipient("full@example.com", "452 4.2.2", "mailbox full", true));
            });
            assertThat(peer.contents()).hasSize(1);
        }
    }

    @Test
    void whereEveryRecipientIsRefusedNothingIsSentAndOneThatMayRecoverDecides() throws IOException {
        try (var peer = new ScriptedSmtp()
                .on("RCPT TO:<gone@", "550 5.1.1 no such user")
                .on("RCPT TO:<full@", "452 4.2.2 mailbox full")
                .open()) {
            isRejected(send(peer, Mails.to("gone@example.com", "full@example.com")), "452 4.2.2", true);
            isRejected(send(peer, Mails.to("gone@example.com")), "550 5.1.1", false);
            assertThat(peer.contents()).isEmpty();
            assertThat(peer.command("DATA")).isEmpty();
        }
    }

    @Test
    void aRecipientRefusedAndThenTheContentIsRejectedAsAWhole() throws IOException {
        try (var peer = new ScriptedSmtp()
                .on("RCPT TO:<gone@", "550 5.1.1 no such user")
                .on(CONTENT, "554 5.7.1 spam")
                .open()) {
            isRejected(send(peer, Mails.to("anna@example.com", "gone@example.com")), "554 5.7.1", false);
        }
        try (var peer = new ScriptedSmtp()
                .on("RCPT TO:<gone@", "550 5.1.1 no such user")
                .on(CONTENT, DROP)
                .open()) {
            assertThat(send(peer, Mails.to("anna@example.com", "gone@example.com")))
                    .isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void aRecipientNamedTwiceIsAskedForOnce() throws IOException {
        try (var peer = new ScriptedSmtp().open()) {
            send(peer, Mails.mail(List.of("anna@example.com"), List.of("anna@example.com"), "s", "t", List.of()));
            assertThat(peer.commands().stream().filter(RCPT::equals)).hasSize(1);
        }
    }

    @Test
    void nobodyThereIsUnreachable() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        isRejected(send(Mails.settings(port), Mails.to("anna@example.com")), "unreachable", true);
        assertThat(send(
                        SmtpSettings.at("mail.invalid", port, "esim@trunkline.invalid", ""),
                        Mails.to("anna@example.com")))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo("unreachable"));
    }

    @Test
    void sessionsBeyondTheLimitAreBusy() throws Exception {
        try (var peer = replying("DATA", SILENCE);
                var mailer = new SmtpMailer(Mails.settings(
                        peer.port(),
                        SmtpSettings.StartTls.NONE,
                        null,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        2));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Outcome<Sent>> one = threads.submit(() -> mailer.send(Mails.to("anna@example.com")));
            Future<Outcome<Sent>> two = threads.submit(() -> mailer.send(Mails.to("bert@example.com")));
            while (peer.commands().stream().filter("DATA"::equals).count() < 2) {
                LockSupport.parkNanos(1_000_000);
            }
            isRejected(mailer.send(Mails.to("cora@example.com")), "busy", true);
            assertThat(peer.command("RCPT TO:<cora@")).isEmpty();
            peer.hangUp();
            isRejected(one.get(), "no_answer", true);
            isRejected(two.get(), "no_answer", true);
        }
    }

    @Test
    void aUserLogsInAndAWrongPasswordIsRejectedWithoutTellingIt() throws IOException {
        SmtpSettings settings;
        // RFC 4616: for whom, who, password.
        String plain = Base64.getEncoder()
                .encodeToString("trunkline\0trunkline\0secret-of-trunkline".getBytes(StandardCharsets.UTF_8));
        try (var peer = new ScriptedSmtp()
                .on("EHLO", "250-mail.example.com\r\n250 AUTH PLAIN")
                .on("AUTH", "235 2.7.0 welcome")
                .open()) {
            settings = Mails.settings(
                    peer.port(),
                    SmtpSettings.StartTls.NONE,
                    "trunkline",
                    Duration.ofSeconds(20),
                    Duration.ofMinutes(1),
                    2);
            assertThat(send(settings, Mails.to("anna@example.com"))).isInstanceOf(Outcome.Accepted.class);
            assertThat(peer.command("AUTH")).contains("AUTH PLAIN " + plain);
        }
        try (var peer = new ScriptedSmtp()
                .on("EHLO", "250-mail.example.com\r\n250 AUTH PLAIN")
                .on("AUTH", "535 5.7.8 wrong")
                .open()) {
            Outcome<Sent> outcome = send(
                    Mails.settings(
                            peer.port(),
                            SmtpSettings.StartTls.NONE,
                            "trunkline",
                            Duration.ofSeconds(20),
                            Duration.ofMinutes(1),
                            2),
                    Mails.to("anna@example.com"));
            isRejected(outcome, "535 5.7.8", true);
            assertThat(outcome.toString()).doesNotContain("secret-of").doesNotContain(plain);
            assertThat(peer.command("MAIL")).isEmpty();
        }
        assertThat(settings.toString()).doesNotContain("secret-of");
    }

    @Test
    void whereEncryptionIsRequiredNothingIsSentWithoutIt(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.in(directory);
        certificates.authority("ca");
        certificates.authority("stranger");
        certificates.signed("mail", "ca", "san=ip:127.0.0.1");
        certificates.signed("elsewhere", "ca", "san=dns:mail.example.com");
        try (var peer = new ScriptedSmtp()
                .on("EHLO", "250-mail.example.com\r\n250 AUTH PLAIN")
                .open()) {
            isNotTrusted(peer, encrypted(peer, certificates, "ca"));
        }
        try (var peer = new ScriptedSmtp()
                .withTls(certificates.context("mail", "ca"))
                .on("STARTTLS", "454 4.7.0 not now")
                .open()) {
            isNotTrusted(peer, encrypted(peer, certificates, "ca"));
        }
        try (var peer =
                new ScriptedSmtp().withTls(certificates.context("mail", "ca")).open()) {
            isNotTrusted(peer, encrypted(peer, certificates, "stranger"));
            isNotTrusted(peer, send(required(peer), Mails.to("anna@example.com")));
        }
        try (var peer = new ScriptedSmtp()
                .withTls(certificates.context("elsewhere", "ca"))
                .open()) {
            isNotTrusted(peer, encrypted(peer, certificates, "ca"));
        }
        try (var peer = new ScriptedSmtp()
                .withTls(certificates.context("mail", "ca"))
                .on("AUTH", "235 2.7.0 welcome")
                .open()) {
            assertThat(encrypted(peer, certificates, "ca")).isInstanceOf(Outcome.Accepted.class);
            assertThat(peer.command("AUTH")).isPresent();
        }
    }

    private static SmtpSettings required(ScriptedSmtp peer) {
        return Mails.settings(
                peer.port(),
                SmtpSettings.StartTls.REQUIRED,
                "trunkline",
                Duration.ofSeconds(20),
                Duration.ofMinutes(1),
                2);
    }

    private static Outcome<Sent> encrypted(ScriptedSmtp peer, Certificates certificates, String trusted)
            throws IOException {
        try (var mailer = new SmtpMailer(
                required(peer), OwnAuthorities.trusting("the mail server", certificates.certificateFile(trusted)))) {
            return mailer.send(Mails.to("anna@example.com"));
        }
    }

    private static void isNotTrusted(ScriptedSmtp peer, Outcome<Sent> outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.retryable()).isTrue());
        assertThat(peer.command("AUTH")).isEmpty();
        assertThat(peer.command("MAIL")).isEmpty();
    }
}
