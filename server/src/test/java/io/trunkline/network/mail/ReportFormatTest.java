package io.trunkline.network.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reports as RFC 3464 shows them, and everything else that lies in such a mailbox. */
class ReportFormatTest {
    private final ReportFormat format = new ReportFormat();

    private Returned read(String mail) {
        return format.read(mail.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String report(String groups) {
        return """
                Date: Thu, 7 Jul 1994 17:16:05 -0400
                From: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
                Delivered-To: bounces+token@example.com
                To: <owner@cs.utk.edu>
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=delivery-status; boundary="RAA/CS.UTK.EDU"

                --RAA/CS.UTK.EDU

                What happened.
                --RAA/CS.UTK.EDU
                content-type: message/delivery-status

                Reporting-MTA: dns; cs.utk.edu
                Original-Envelope-ID: token-of-ours
                %s
                --RAA/CS.UTK.EDU
                content-type: message/rfc822

                Subject: the mail itself
                """.formatted(groups);
    }

    /** RFC 3464 E.2, with a comment, a folded line and other cases of letters. */
    @Test
    void everyRecipientIsReadWithWhatBecameOfTheMail() {
        Returned returned = read(report("""

                Original-Recipient: rfc822;arathib@vnet.ibm.com
                Final-Recipient: rfc822;arathib@vnet.IBM.com
                Action: Failed (for good)
                Status: 5.0.0 (permanent failure)
                Diagnostic-Code: smtp;
                 550 'arathib@vnet.IBM.COM' is not a
                 registered gateway user
                Remote-MTA: dns; vnet.ibm.com

                final-recipient: rfc822; johnh@hpnjld.njd.hp.com
                action: delayed
                status: 4.0.0

                Final-Recipient: rfc822; ok@example.com
                Action: relayed
                Status: 2.0.0
                """));
        assertThat(returned)
                .isEqualTo(new Returned.Report(
                        List.of("<owner@cs.utk.edu>", "bounces+token@example.com", "token-of-ours"),
                        List.of(
                                new Returned.Recipient(
                                        "arathib@vnet.IBM.com",
                                        "arathib@vnet.ibm.com",
                                        Returned.Action.FAILED,
                                        "5.0.0",
                                        "550 'arathib@vnet.IBM.COM' is not a registered gateway user"),
                                new Returned.Recipient(
                                        "johnh@hpnjld.njd.hp.com", "", Returned.Action.DELAYED, "4.0.0", ""),
                                new Returned.Recipient("ok@example.com", "", Returned.Action.OTHER, "2.0.0", ""))));
    }

    @Test
    void howeverLongItIsOnlySoMuchIsTaken() {
        String long1 = report("\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nDiagnostic-Code: smtp; "
                + "x".repeat(100_000) + "\n");
        assertThat(read(long1))
                .isInstanceOfSatisfying(
                        Returned.Report.class,
                        report -> assertThat(report.recipients().getFirst().diagnostic())
                                .hasSize(Returned.Recipient.MAX_DIAGNOSTIC));
        String many = report("\nFinal-Recipient: rfc822; a@example.com\nAction: failed\n".repeat(5_000));
        assertThat(read(many))
                .isInstanceOfSatisfying(
                        Returned.Report.class,
                        report -> assertThat(report.recipients()).hasSize(ReportFormat.MOST_RECIPIENTS));
    }

    @Test
    void whatIsNoReportIsNone() {
        assertThat(read("Subject: away\nAuto-Submitted: auto-replied\n\nUntil Monday.\n"))
                .isEqualTo(new Returned.Other());
        assertThat(read("Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x--\n"))
                .isEqualTo(new Returned.Other());
        assertThat(read("")).isInstanceOf(Returned.Unreadable.class);
        assertThat(read(report(""))).isInstanceOf(Returned.Unreadable.class);
    }

    /** Cut at any place, and with octets changed at random: an answer in any case, never an exception. */
    @Test
    void nothingThatIsSentThereThrows() {
        byte[] whole = report("\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n")
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        for (int end = 0; end <= whole.length; end++) {
            assertThat(format.read(Arrays.copyOf(whole, end))).isNotNull();
        }
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] changed = whole.clone();
            for (int j = 0; j < 1 + random.nextInt(20); j++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            assertThat(format.read(changed)).as("seed %d, mail %d", seed, i).isNotNull();
        }
    }
}
