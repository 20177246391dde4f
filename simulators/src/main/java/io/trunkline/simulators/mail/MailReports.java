package io.trunkline.simulators.mail;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.FaultKind;
import io.trunkline.simulators.faults.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What comes back of mails that were taken (RFC 3461 to 3464): nothing, unless a fault of the operation
 * {@link #OPERATION} asks for it. {@code refuse}: it could not be delivered, with the fault's code; {@code late}: not
 * yet; {@code twice}: it could not, and is reported twice; {@code garbage}: something that is no report.
 */
final class MailReports {
    static final String OPERATION = "delivery";

    private static final String BOUNDARY = "=_report";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Mailbox mailbox;
    private final Faults faults;
    private final Clock clock;

    MailReports(Mailbox mailbox, Faults faults, Clock clock) {
        this.mailbox = mailbox;
        this.faults = faults;
        this.clock = clock;
    }

    private record Lost(String recipient, Fault fault) {}

    /** For each recipient the next fault; those of one kind and code are reported together. */
    void onTaken(StoredMail mail, byte[] source) throws IOException {
        // RFC 5321 6.1: nothing is reported of a report.
        if (mail.from().isEmpty()) {
            return;
        }
        List<Lost> lost = new ArrayList<>();
        for (String recipient : mail.to()) {
            faults.nextNamed(OPERATION).ifPresent(fault -> lost.add(new Lost(recipient, fault)));
        }
        while (!lost.isEmpty()) {
            Fault fault = lost.getFirst().fault();
            List<String> together = lost.stream()
                    .filter(one -> alike(one.fault(), fault))
                    .map(Lost::recipient)
                    .toList();
            lost.removeIf(one -> alike(one.fault(), fault));
            byte[] report = fault.fault() == FaultKind.GARBAGE ? garbage() : report(mail, source, together, fault);
            int copies = fault.fault() == FaultKind.TWICE ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                mailbox.store("", List.of(mail.from()), report);
            }
        }
    }

    private static boolean alike(Fault one, Fault other) {
        return one.fault() == other.fault() && one.codeOr("").equals(other.codeOr(""));
    }

    private byte[] report(StoredMail mail, byte[] source, List<String> recipients, Fault fault) {
        boolean delayed = fault.fault() == FaultKind.LATE;
        String code = fault.codeOr(delayed ? "451 4.4.1" : "550 5.1.1");
        String status = Optional.of(code)
                .filter(whole -> whole.length() > 3)
                .map(whole -> whole.substring(4))
                .orElse(code.charAt(0) + ".0.0");
        StringBuilder groups = new StringBuilder();
        for (String recipient : recipients) {
            groups.append("""

                    Original-Recipient: rfc822;%s
                    Final-Recipient: rfc822;%s
                    Action: %s
                    Status: %s
                    Remote-MTA: dns; mx.trunkline.invalid
                    Diagnostic-Code: smtp; %s refused on request
                    """.formatted(recipient, recipient, delayed ? "delayed" : "failed", status, code));
        }
        String text = """
                From: MAILER-DAEMON@mail.trunkline.invalid
                To: %s
                Subject: %s
                Date: %s
                Message-ID: <report.%s.%s@mail.trunkline.invalid>
                Auto-Submitted: auto-replied
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=delivery-status;
                 boundary="%s"

                --%s
                Content-Type: text/plain; charset=us-ascii

                This is the simulated mail server. The mail below %s:
                %s
                --%s
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mail.trunkline.invalid
                Arrival-Date: %s
                %s
                --%s
                Content-Type: text/rfc822-headers

                %s
                --%s--
                """.formatted(
                        mail.from(),
                        delayed ? "Delayed mail (still being retried)" : "Undelivered mail returned to sender",
                        DATE.format(clock.instant()),
                        mail.id(),
                        fault.fault().word(),
                        BOUNDARY,
                        BOUNDARY,
                        delayed ? "is not delivered yet" : "could not be delivered",
                        String.join("\n", recipients),
                        BOUNDARY,
                        DATE.format(mail.receivedAt()),
                        groups,
                        BOUNDARY,
                        headers(source),
                        BOUNDARY);
        return text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String headers(byte[] source) {
        String text = new String(source, StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
        int end = text.indexOf("\n\n");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    /** A boundary that never comes, a type that is none, octets of no character set. */
    private byte[] garbage() {
        Instant now = clock.instant();
        return ("Content-Type: multipart/report; report-type=delivery-status; boundary=\"\r\nDate: " + now
                        + "\r\n\r\n--\u0000\u00ff\u00fe\r\nContent-Type: ;;;\r\nFinal-Recipient")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
