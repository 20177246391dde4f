package io.trunkline.stories;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/** Sends a mail as it is, without a sender as reports have none. */
final class Smtp {
    private Smtp() {}

    static void send(int port, String to, String content) {
        Session session = Session.getInstance(new Properties());
        try (Transport smtp = session.getTransport("smtp")) {
            byte[] source = content.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
            var message = new SMTPMessage(session, new ByteArrayInputStream(source));
            message.setEnvelopeFrom("<>");
            smtp.connect("127.0.0.1", port, null, null);
            smtp.sendMessage(message, new Address[] {new InternetAddress(to)});
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
