package io.trunkline.simulators.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.InternetAddress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mailboxes as a mail program reads them, and what comes back of mails on request. */
class ImapTest {
    @TempDir
    Path directory;

    private Simulators simulators;
    private Network network;

    @BeforeEach
    void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        network = new Network(simulators);
    }

    @AfterEach
    void stop() {
        network.close();
        simulators.close();
    }

    private record Found(long uid, String content) {}

    private List<Found> read(String user, String password) throws MessagingException, IOException {
        var properties = new Properties();
        properties.setProperty("mail.imap.timeout", "10000");
        var found = new ArrayList<Found>();
        try (Store store = Session.getInstance(properties).getStore("imap")) {
            store.connect(simulators.smtpHost(), simulators.imapPort(), user, password);
            try (Folder folder = store.getFolder("INBOX")) {
                folder.open(Folder.READ_ONLY);
                for (Message message : folder.getMessages()) {
                    var source = new ByteArrayOutputStream();
                    message.writeTo(source);
                    found.add(new Found(((UIDFolder) folder).getUID(message), source.toString(StandardCharsets.UTF_8)));
                }
            }
        }
        return found;
    }

    private void send(String from, String... to) throws MessagingException {
        Session session = Session.getInstance(new Properties());
        try (Transport smtp = session.getTransport("smtp")) {
            var message = new SMTPMessage(
                    session,
                    new ByteArrayInputStream("Subject: s\r\n\r\nText.\r\n".getBytes(StandardCharsets.US_ASCII)));
            message.setEnvelopeFrom(from);
            smtp.connect(simulators.smtpHost(), simulators.smtpPort(), null, null);
            var recipients = new ArrayList<Address>();
            for (String recipient : to) {
                recipients.add(new InternetAddress(recipient));
            }
            smtp.sendMessage(message, recipients.toArray(Address[]::new));
        }
    }

    @Test
    void aMailboxHoldsWhatItsSubaddressesGetUnderNumbersThatSurviveARestart() throws Exception {
        send("a@example.com", "box+one@example.com");
        send("a@example.com", "other@example.com");
        send("a@example.com", "Box@example.com");
        List<Found> found = read("box@example.com", ImapConnection.PASSWORD);
        assertThat(found).extracting(Found::uid).containsExactly(1L, 3L);
        assertThat(found.getFirst().content()).contains("Subject: s", "Text.");
        stop();
        start();
        send("a@example.com", "box+two@example.com");
        assertThat(read("box@example.com", ImapConnection.PASSWORD))
                .extracting(Found::uid)
                .containsExactly(1L, 3L, 4L);
        assertThat(read("nobody@example.com", ImapConnection.PASSWORD)).isEmpty();
        assertThatThrownBy(() -> read("box@example.com", "wrong")).isInstanceOf(AuthenticationFailedException.class);
    }

    @Test
    void whatCannotBeDeliveredIsReportedToTheEnvelopesSenderAlone() throws Exception {
        network.send("PUT", "/mail/faults", """
                [{"operation": "delivery", "fault": "refuse", "code": "550 5.1.1"},
                 {"operation": "delivery", "fault": "late", "code": "451 4.4.1"},
                 {"operation": "*", "fault": "late"}]""");
        send("sender+token@example.com", "anna@example.com", "bert@example.com", "cora@example.com");
        List<Found> reports = read("sender@example.com", ImapConnection.PASSWORD);
        assertThat(reports).hasSize(2);
        assertThat(reports.getFirst().content())
                .contains(
                        "To: sender+token@example.com",
                        "report-type=delivery-status",
                        "Final-Recipient: rfc822;anna@example.com",
                        "Action: failed",
                        "Status: 5.1.1",
                        "Diagnostic-Code: smtp; 550 5.1.1")
                .doesNotContain("bert", "cora");
        assertThat(reports.getLast().content())
                .contains("Final-Recipient: rfc822;bert@example.com", "Action: delayed", "Status: 4.4.1")
                .doesNotContain("anna");
        network.send("PUT", "/mail/faults", "[{\"operation\": \"delivery\", \"fault\": \"refuse\"}]");
        send("<>", "dora@example.com");
        assertThat(network.get("/mailbox/messages").path("messages").size()).isEqualTo(4);
    }
}
