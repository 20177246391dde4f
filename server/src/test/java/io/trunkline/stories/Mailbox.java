package io.trunkline.stories;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** The simulated mailbox, read as a person would. */
final class Mailbox {
    private static final long PATIENCE_SECONDS = 20;

    private final RunningServer server;

    Mailbox(RunningServer server) {
        this.server = server;
    }

    /** A mail, taken apart. */
    record Mail(
            MimeMessage message,
            List<String> envelope,
            String text,
            String html,
            List<Attachment> pictures,
            List<Attachment> attachments) {
        String header(String name) {
            try {
                String[] values = message.getHeader(name);
                return values == null ? "" : String.join(",", values);
            } catch (MessagingException e) {
                throw new IllegalStateException(e);
            }
        }

        Attachment attachment() {
            if (attachments.size() != 1) {
                throw new AssertionError("one attachment expected, got " + attachments.size());
            }
            return attachments.getFirst();
        }
    }

    /** A file beside the text, or a picture within the HTML, whose name is its Content-ID. */
    @SuppressWarnings("ArrayRecordComponent")
    record Attachment(String name, String type, byte[] content) {}

    /** What lies there for this address now, newest first. */
    List<Mail> of(String address) {
        JsonNode list = Api.JSON.readTree(World.control(
                server, "GET", "/mailbox/messages?to=" + URLEncoder.encode(address, StandardCharsets.UTF_8), null));
        var mails = new ArrayList<Mail>();
        for (JsonNode entry : list.path("messages")) {
            String id = entry.path("id").stringValue("");
            var envelope = new ArrayList<String>();
            entry.path("to").forEach(recipient -> envelope.add(recipient.stringValue("")));
            mails.add(read(World.control(server, "GET", "/mailbox/messages/" + id, null), envelope));
        }
        return mails;
    }

    /** The envelope's sender of the newest mail to this address. */
    String senderOf(String address) {
        return Api.JSON
                .readTree(World.control(
                        server,
                        "GET",
                        "/mailbox/messages?to=" + URLEncoder.encode(address, StandardCharsets.UTF_8),
                        null))
                .path("messages")
                .path(0)
                .path("from")
                .stringValue("");
    }

    /** Waits for so many mails to lie there. */
    List<Mail> await(String address, int count) {
        Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
        List<Mail> mails = of(address);
        while (mails.size() < count) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError(count + " mails expected for " + address + ", got " + mails.size());
            }
            LockSupport.parkNanos(20_000_000);
            mails = of(address);
        }
        return mails;
    }

    /** What a mail is made of, however it is nested. */
    private static final class Parts {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder html = new StringBuilder();
        private final List<Attachment> pictures = new ArrayList<>();
        private final List<Attachment> attachments = new ArrayList<>();

        void add(Part part) throws MessagingException, IOException {
            if (part.getContent() instanceof Multipart several) {
                for (int i = 0; i < several.getCount(); i++) {
                    add(several.getBodyPart(i));
                }
            } else if (part.getFileName() != null) {
                attachments.add(attachment(part.getFileName(), part));
            } else if (part instanceof MimePart mime && mime.getContentID() != null) {
                pictures.add(attachment(mime.getContentID(), part));
            } else if (part.isMimeType("text/html")) {
                html.append(part.getContent());
            } else {
                text.append(part.getContent());
            }
        }

        private static Attachment attachment(String name, Part part) throws MessagingException, IOException {
            return new Attachment(
                    name, part.getContentType(), part.getInputStream().readAllBytes());
        }
    }

    private static Mail read(String source, List<String> envelope) {
        try {
            var message = new MimeMessage(
                    Session.getInstance(new Properties()),
                    new ByteArrayInputStream(source.getBytes(StandardCharsets.ISO_8859_1)));
            var parts = new Parts();
            parts.add(message);
            return new Mail(
                    message, envelope, parts.text.toString(), parts.html.toString(), parts.pictures, parts.attachments);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
