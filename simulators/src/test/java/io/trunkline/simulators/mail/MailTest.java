package io.trunkline.simulators.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import jakarta.activation.DataHandler;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MailTest {
    private static final byte[] IMAGE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

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

    @Test
    void aMailIsFoundByEachRecipientNewestFirstAndSurvivesARestart() throws Exception {
        send("Grüße & <b>eins</b>");
        send("zwei");
        stop();
        start();
        JsonNode messages = network.get("/mailbox/messages?to=IT%40example.COM").path("messages");
        assertThat(messages.size()).isEqualTo(2);
        assertThat(messages.get(0).path("subject").asString()).isEqualTo("zwei");
        assertThat(messages.get(1).path("subject").asString()).isEqualTo("Grüße & <b>eins</b>");
        assertThat(messages.get(1).path("from").asString()).isEqualTo("noreply@trunkline.invalid");
        assertThat(messages.get(1).path("to").size()).isEqualTo(2);
        assertThat(count("nobody@example.com")).isZero();
        assertThat(network.send("GET", "/mailbox/messages?limit=10001", "").statusCode())
                .isEqualTo(400);
        assertThat(network.get("/mailbox/messages?limit=1").path("messages").size())
                .isEqualTo(1);
        HttpResponse<String> source = network.send(
                "GET", "/mailbox/messages/" + messages.get(0).path("id").asString(), "");
        assertThat(source.headers().firstValue("Content-Type")).contains("message/rfc822");
        assertThat(source.body()).contains("Subject: zwei", "multipart/mixed");
        assertThat(network.send("GET", "/mailbox/messages/mail_9", "").statusCode())
                .isEqualTo(404);
        assertThat(network.send("GET", "/mailbox/messages?limit=x", "").statusCode())
                .isEqualTo(400);
    }

    @Test
    void anAddressWithAPlusSignIsFoundHoweverItIsWritten() throws Exception {
        try (Socket socket = new Socket(simulators.smtpHost(), simulators.smtpPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<anna+esim@example.com>\r\nDATA\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write("Subject: s\r\n\r\nt\r\n.\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("221");
        }
        assertThat(count("anna+esim@example.com")).isEqualTo(1);
        assertThat(count("anna%2Besim@example.com")).isEqualTo(1);
        assertThat(count("%61nna%2besim%40EXAMPLE.com")).isEqualTo(1);
    }

    @Test
    void thePageShowsTextAndImageAndEscapesWhatIsHostile() throws Exception {
        send("<script>alert(1)</script>");
        HttpResponse<String> list = network.send("GET", "/mailbox", "");
        assertThat(list.body()).contains("&lt;script&gt;alert(1)").doesNotContain("<script>");
        assertThat(list.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .doesNotContain("unsafe-inline");
        HttpResponse<String> mail = network.send("GET", "/mailbox/view/mail_000000000001", "");
        assertThat(mail.body())
                .contains("LPA:1$smdp$&lt;i&gt;", "<img src=\"/mailbox/view/mail_000000000001/parts/0\"")
                .doesNotContain("<i>", "<script>");
        HttpResponse<String> image = network.send("GET", "/mailbox/view/mail_000000000001/parts/0", "");
        assertThat(image.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(image.body()).contains("PNG");
        HttpResponse<String> vector = network.send("GET", "/mailbox/view/mail_000000000001/parts/1", "");
        assertThat(vector.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(network.send("GET", "/mailbox/view/mail_000000000001/parts/2", "")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void htmlIsShownWithItsOwnPicturesAndWithoutScriptsOrAnythingFromElsewhere() throws Exception {
        MimeBodyPart html = new MimeBodyPart();
        html.setText(
                "<style>p{color:red}</style><script>alert(1)</script><p>Hi</p><img src=\"cid:qr@example.com\">"
                        + "<img src=\"cid:vector@example.com\">",
                "UTF-8",
                "html");
        MimeBodyPart picture = attachment("image/png", "qr.png");
        picture.setContentID("<qr@example.com>");
        MimeBodyPart vector = attachment("image/svg+xml", "x");
        vector.setContentID("<vector@example.com>");
        send("html", new MimeMultipart("related", html, picture, vector));
        HttpResponse<String> mail = network.send("GET", "/mailbox/view/mail_000000000001", "");
        assertThat(mail.body())
                .contains("sandbox src=\"/mailbox/view/mail_000000000001/html\"")
                .doesNotContain("<script>", "/parts/0", "alert(1)");
        HttpResponse<String> shown = network.send("GET", "/mailbox/view/mail_000000000001/html", "");
        assertThat(shown.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox;"
                        + " frame-ancestors 'self'");
        assertThat(shown.body())
                .contains("src=\"data:image/png;base64," + Base64.getEncoder().encodeToString(IMAGE) + "\"")
                .contains("src=\"cid:vector@example.com\"");
    }

    @Test
    void refusalsCarryTheirCodesAndNothingIsStored() throws Exception {
        for (String operation : MailListener.OPERATIONS) {
            network.faults(
                    "mail", "[{\"operation\":\"" + operation + "\",\"fault\":\"refuse\",\"code\":\"451 4.7.1\"}]");
            assertThatThrownBy(() -> send("refused")).as(operation).isInstanceOf(MessagingException.class);
            assertThat(network.get("/mail/faults").size()).as(operation).isZero();
        }
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"error_500\"}]");
        assertThatThrownBy(() -> send("failed")).hasStackTraceContaining("451 4.3.0");
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"refuse\"}]");
        assertThatThrownBy(() -> send("refused")).hasStackTraceContaining("550 5.7.1");
        assertThat(count("")).isZero();
    }

    @Test
    void aCutConnectionHasStoredTheMailOrNotAsAskedFor() throws Exception {
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"drop_before\"}]");
        assertThatThrownBy(() -> send("dropped")).isInstanceOf(MessagingException.class);
        network.faults("mail", "[{\"operation\":\"rcpt\",\"fault\":\"drop_after\"}]");
        assertThatThrownBy(() -> send("dropped")).isInstanceOf(MessagingException.class);
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"hang\",\"delay_ms\":100}]");
        assertThatThrownBy(() -> send("hung")).isInstanceOf(MessagingException.class);
        network.faults("mail", "[{\"operation\":\"connect\",\"fault\":\"hang\",\"delay_ms\":100}]");
        assertThatThrownBy(() -> send("hung")).isInstanceOf(MessagingException.class);
        assertThat(count("")).isZero();
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"drop_after\"}]");
        assertThatThrownBy(() -> send("stored")).isInstanceOf(MessagingException.class);
        assertThat(count("")).isEqualTo(1);
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"garbage\"}]");
        assertThatThrownBy(() -> send("stored")).isInstanceOf(MessagingException.class);
        assertThat(count("")).isEqualTo(2);
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"twice\"}]");
        send("twice");
        assertThat(count("")).isEqualTo(4);
        network.faults("mail", "[{\"operation\":\"data\",\"fault\":\"late\",\"delay_ms\":100}]");
        send("late");
        assertThat(count("")).isEqualTo(5);
    }

    @Test
    void aClientThatDiesWithinItsMailLeavesNothing() throws Exception {
        try (Socket socket = new Socket(simulators.smtpHost(), simulators.smtpPort())) {
            socket.getOutputStream()
                    .write("HELO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: torn\r\n\r\nhalf"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.setSoTimeout(10_000);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("354")
                    .doesNotContain("Ok mail_");
        }
        send("whole");
        assertThat(count("d@e.f")).isZero();
        assertThat(count("")).isEqualTo(1);
    }

    @Test
    void aFileThatNoIndexKnowsIsRemovedAtTheNextStart() throws Exception {
        send("known");
        stop();
        Path stray = directory.resolve("mail/messages/mail_000000000002.eml");
        Files.writeString(stray, "Subject: never acknowledged\r\n\r\n");
        start();
        assertThat(stray).doesNotExist();
        send("next");
        assertThat(count("")).isEqualTo(2);
    }

    private int count(String to) {
        try {
            return network.get("/mailbox/messages?to=" + to).path("messages").size();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void send(String subject) throws MessagingException {
        MimeBodyPart text = new MimeBodyPart();
        text.setText("Hello, LPA:1$smdp$<i>", "UTF-8");
        send(subject, new MimeMultipart(text, attachment("image/png", "qr.png"), attachment("image/svg+xml", "x")));
    }

    private void send(String subject, MimeMultipart content) throws MessagingException {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", simulators.smtpHost());
        properties.put("mail.smtp.port", Integer.toString(simulators.smtpPort()));
        properties.put("mail.smtp.timeout", "10000");
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom("noreply@trunkline.invalid");
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("anna@example.com"));
        message.setRecipient(Message.RecipientType.CC, new InternetAddress("it@example.com"));
        message.setSubject(subject, "UTF-8");
        message.setContent(content);
        Transport.send(message);
    }

    private static MimeBodyPart attachment(String type, String name) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setDataHandler(new DataHandler(new ByteArrayDataSource(IMAGE, type)));
        part.setFileName(name);
        return part;
    }
}
