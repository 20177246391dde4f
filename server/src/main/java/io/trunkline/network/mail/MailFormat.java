package io.trunkline.network.mail;

import jakarta.activation.DataHandler;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.StringJoiner;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.jspecify.annotations.Nullable;

/** Writes a mail as RFC 5322 and MIME (RFC 2045) want it. */
final class MailFormat {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();
    /** RFC 5322 3.3, in UTC. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** At most 4 bytes each, a third more in base64, and 12 characters around them. */
    private static final int CHARACTERS_OF_A_WORD = 11;

    private MailFormat() {}

    static SMTPMessage message(Session session, OutgoingMail mail, SmtpSettings settings) {
        try {
            var message = new MessageWithGivenId(session, mail.messageId());
            message.setFrom(sender(mail, settings));
            if (mail.replyTo() != null) {
                message.setReplyTo(new InternetAddress[] {Addresses.parse(mail.replyTo())});
            }
            for (String to : mail.to()) {
                message.addRecipient(Message.RecipientType.TO, Addresses.parse(to));
            }
            for (String cc : mail.cc()) {
                message.addRecipient(Message.RecipientType.CC, Addresses.parse(cc));
            }
            subject(message, mail.subject());
            message.setHeader("Date", DATE.format(mail.date()));
            message.setHeader("X-Correlation-ID", mail.correlationId());
            // RFC 3834 5: nobody's absence notice shall answer this.
            message.setHeader("Auto-Submitted", "auto-generated");
            if (mail.repeated()) {
                message.setHeader("X-Trunkline-Repeated", "true");
            }
            if (mail.returns() != null) {
                message.setEnvelopeFrom(mail.returns().address());
            }
            content(message, mail);
            message.saveChanges();
            return message;
        } catch (MessagingException | UnsupportedEncodingException e) {
            throw new IllegalStateException("the mail " + mail.messageId() + " cannot be written", e);
        }
    }

    /** The library leaves ASCII as it is; what then looks like an encoded word would be decoded by who reads it. */
    private static void subject(SMTPMessage message, String subject) throws MessagingException {
        if (subject.contains("=?")) {
            message.setHeader("Subject", encodedWords(subject, "\r\n "));
        } else {
            message.setSubject(subject, UTF_8);
        }
    }

    /** RFC 2047 2: words of at most 75 characters, each with whole characters. */
    private static String encodedWords(String text, String between) {
        var words = new StringJoiner(between);
        for (int from = 0; from < text.length(); ) {
            int to = text.offsetByCodePoints(
                    from, Math.min(CHARACTERS_OF_A_WORD, text.codePointCount(from, text.length())));
            byte[] bytes = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
            words.add("=?UTF-8?B?" + Base64.getEncoder().encodeToString(bytes) + "?=");
            from = to;
        }
        return words.toString();
    }

    private static InternetAddress sender(OutgoingMail mail, SmtpSettings settings)
            throws UnsupportedEncodingException {
        if (mail.from() != null) {
            return Addresses.parse(mail.from());
        }
        var sender = new Named(Addresses.parse(settings.fromAddress()).getAddress());
        String name = mail.fromName() == null ? settings.fromName() : mail.fromName();
        if (!name.isEmpty()) {
            sender.setPersonal(name, UTF_8);
        }
        return sender;
    }

    /** As with subjects: a name that looks like an encoded word is encoded itself. */
    private static final class Named extends InternetAddress {
        private static final long serialVersionUID = 1;

        Named(String address) {
            this.address = address;
        }

        @Override
        public void setPersonal(@Nullable String name, @Nullable String charset) throws UnsupportedEncodingException {
            super.setPersonal(name, charset);
            if (name != null && name.contains("=?")) {
                encodedPersonal = encodedWords(name, " ");
            }
        }
    }

    private static void content(SMTPMessage message, OutgoingMail mail) throws MessagingException {
        if (mail.attachments().isEmpty()) {
            body(message, mail);
            return;
        }
        var parts = new MimeMultipart("mixed");
        var body = new MimeBodyPart();
        body(body, mail);
        parts.addBodyPart(body);
        for (OutgoingMail.Attachment attachment : mail.attachments()) {
            var part = new MimeBodyPart();
            part.setDataHandler(
                    new DataHandler(new ByteArrayDataSource(attachment.content(), attachment.contentType())));
            part.setFileName(attachment.name());
            part.setDisposition(Part.ATTACHMENT);
            part.setHeader("Content-Transfer-Encoding", "base64");
            parts.addBodyPart(part);
        }
        message.setContent(parts);
    }

    /** The plainest first (RFC 2046 5.1.4). */
    private static void body(MimePart part, OutgoingMail mail) throws MessagingException {
        if (mail.html() == null) {
            text(part, mail.text(), "plain");
            return;
        }
        var alternatives = new MimeMultipart("alternative");
        var plain = new MimeBodyPart();
        text(plain, mail.text(), "plain");
        alternatives.addBodyPart(plain);
        var rich = new MimeBodyPart();
        html(rich, mail.html());
        alternatives.addBodyPart(rich);
        part.setContent(alternatives);
    }

    /** With its pictures beside it (RFC 2387). */
    private static void html(MimePart part, OutgoingMail.Html html) throws MessagingException {
        if (html.pictures().isEmpty()) {
            text(part, html.text(), "html");
            return;
        }
        var parts = new MimeMultipart("related; type=\"text/html\"");
        var root = new MimeBodyPart();
        text(root, html.text(), "html");
        parts.addBodyPart(root);
        for (OutgoingMail.Picture picture : html.pictures()) {
            var shown = new MimeBodyPart();
            shown.setDataHandler(new DataHandler(new ByteArrayDataSource(picture.content(), picture.contentType())));
            shown.setContentID("<" + picture.id() + ">");
            shown.setDisposition(Part.INLINE);
            shown.setHeader("Content-Transfer-Encoding", "base64");
            parts.addBodyPart(shown);
        }
        part.setContent(parts);
    }

    private static void text(MimePart part, String text, String subtype) throws MessagingException {
        part.setText(text, UTF_8, subtype);
        part.setHeader("Content-Transfer-Encoding", "quoted-printable");
    }

    /** Else every writing would make a Message-ID of its own, and a repetition could not be told from a second mail. */
    private static final class MessageWithGivenId extends SMTPMessage {
        private static final int USUAL_BYTES = 1 << 15;

        private final String id;

        MessageWithGivenId(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }

        /** At once: the encoders write byte by byte, and the session's stream takes a lock for each. */
        @Override
        public void writeTo(OutputStream out, String[] ignored) throws IOException, MessagingException {
            var whole = new ByteArrayOutputStream(USUAL_BYTES);
            super.writeTo(whole, ignored);
            whole.writeTo(out);
        }
    }
}
