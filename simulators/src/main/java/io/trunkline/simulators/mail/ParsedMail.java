package io.trunkline.simulators.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * A mail taken apart for reading.
 *
 * @param headers name and decoded value, in the mail's order
 * @param text of the first text/plain part; empty where there is none
 * @param html of the first text/html part; empty where there is none
 */
record ParsedMail(List<Header> headers, String text, String html, List<Attachment> attachments) {
    /** Parts within parts; a deeper mail is shown without what is deeper. */
    private static final int DEEPEST = 10;

    record Header(String name, String value) {}

    /**
     * @param id by which the HTML refers to it, without angle brackets; empty where it has none
     * @param type of the content, lower case, without parameters
     */
    record Attachment(String name, String id, String type, Part part) {
        byte[] content() throws IOException {
            try (InputStream in = part.getInputStream()) {
                return in.readAllBytes();
            } catch (MessagingException unreadable) {
                throw new IOException(unreadable);
            }
        }
    }

    static ParsedMail parse(byte[] source) throws IOException {
        Collector collector = new Collector();
        List<Header> headers = new ArrayList<>();
        try {
            MimeMessage message =
                    new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(source));
            message.getAllHeaders()
                    .asIterator()
                    .forEachRemaining(header -> headers.add(new Header(header.getName(), decoded(header.getValue()))));
            collector.add(message, 0);
        } catch (MessagingException unreadable) {
            throw new IOException("the mail cannot be parsed: " + unreadable.getMessage(), unreadable);
        }
        return new ParsedMail(
                headers, collector.text.orElse(""), collector.html.orElse(""), List.copyOf(collector.attachments));
    }

    /** The decoded subject; empty where there is none that can be read. */
    static String subject(byte[] source) {
        try {
            String[] values = new InternetHeaders(new ByteArrayInputStream(source), true).getHeader("Subject");
            return values == null || values.length == 0 ? "" : decoded(values[0]);
        } catch (MessagingException unreadable) {
            return "";
        }
    }

    private static String decoded(String value) {
        String unfolded = MimeUtility.unfold(value);
        try {
            return MimeUtility.decodeText(unfolded);
        } catch (UnsupportedEncodingException unknownCharset) {
            return unfolded;
        }
    }

    private static final class Collector {
        private Optional<String> text = Optional.empty();
        private Optional<String> html = Optional.empty();
        private final List<Attachment> attachments = new ArrayList<>();

        void add(Part part, int depth) throws MessagingException, IOException {
            boolean attached = Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition()) || part.getFileName() != null;
            if (part.isMimeType("multipart/*") && depth < DEEPEST) {
                Multipart parts = (Multipart) part.getContent();
                for (int i = 0; i < parts.getCount(); i++) {
                    BodyPart inner = parts.getBodyPart(i);
                    add(inner, depth + 1);
                }
            } else if (part.isMimeType("text/plain") && !attached && text.isEmpty()) {
                text = Optional.of(String.valueOf(part.getContent()));
            } else if (part.isMimeType("text/html") && !attached && html.isEmpty()) {
                html = Optional.of(String.valueOf(part.getContent()));
            } else {
                String name = Optional.ofNullable(part.getFileName())
                        .map(ParsedMail::decoded)
                        .orElse("part");
                attachments.add(new Attachment(name, id(part), type(part), part));
            }
        }

        private static String id(Part part) throws MessagingException {
            String id = part instanceof MimePart mime ? mime.getContentID() : null;
            return id == null ? "" : id.strip().replaceFirst("^<(.*)>$", "$1");
        }

        private static String type(Part part) throws MessagingException {
            String type = part.getContentType().toLowerCase(Locale.ROOT);
            int end = type.indexOf(';');
            return (end < 0 ? type : type.substring(0, end)).strip();
        }
    }
}
