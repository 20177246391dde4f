package io.trunkline.network.mail;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mails and settings for tests, and variations of them. */
final class Mails {
    static final String ID = "<01JDELIVERY@trunkline.invalid>";
    static final Instant DATE = Instant.parse("2026-03-01T08:05:09Z");

    private Mails() {}

    static OutgoingMail to(String... recipients) {
        return mail(List.of(recipients), List.of(), "Your eSIM", "Hello", List.of());
    }

    static OutgoingMail mail(
            List<String> to, List<String> cc, String subject, String text, List<OutgoingMail.Attachment> attachments) {
        return new OutgoingMail(
                ID,
                null,
                null,
                null,
                to,
                cc,
                subject,
                text,
                null,
                attachments,
                "correlation-1",
                DATE,
                List.of(),
                null,
                false);
    }

    static SmtpSettings settings(int port) {
        return settings(port, SmtpSettings.StartTls.NONE, null, Duration.ofSeconds(20), Duration.ofMinutes(1), 8);
    }

    static SmtpSettings impatient(int port) {
        return settings(port, SmtpSettings.StartTls.NONE, null, Duration.ofMillis(300), Duration.ofMillis(900), 2);
    }

    static SmtpSettings settings(
            int port,
            SmtpSettings.StartTls tls,
            @Nullable String user,
            Duration readTimeout,
            Duration sessionTimeout,
            int sessions) {
        return new SmtpSettings(
                "127.0.0.1",
                port,
                user,
                user == null ? null : "secret-of-" + user,
                tls,
                "esim@trunkline.invalid",
                "Trunkline Ä",
                "client.example.com",
                Duration.ofSeconds(5),
                readTimeout,
                Duration.ofSeconds(5),
                sessionTimeout,
                sessions,
                Duration.ofMillis(50));
    }
}
