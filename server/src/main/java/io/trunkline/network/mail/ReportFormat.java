package io.trunkline.network.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads mails that came back. */
final class ReportFormat {
    /** Fields of a report, all its recipients together: the rest is of no report that a mail of ours can cause. */
    static final int MOST_RECIPIENTS = 200;

    private static final int MOST_TRACES = 50;
    private static final int MAX_VALUE = 1_000;
    private static final String STATUS_TYPE = "message/delivery-status";
    /** The envelope's recipient, as mail servers write it down. */
    private static final String[] ADDRESSED_TO = {"To", "Delivered-To", "X-Original-To", "Envelope-To"};
    /** RFC 3463 2. */
    private static final Pattern STATUS = Pattern.compile("[245]\\.\\d{1,3}\\.\\d{1,3}");

    private final Session session;

    ReportFormat(Properties properties) {
        this.session = Session.getInstance(properties);
    }

    ReportFormat() {
        this(new Properties());
    }

    /** @param source of a mail, or its beginning: a report stands before what it is about */
    Returned read(byte[] source) {
        try {
            var message = new MimeMessage(session, new ByteArrayInputStream(source));
            if (message.getAllHeaders().asIterator().hasNext() && message.getContentType() != null) {
                return read(message);
            }
            return new Returned.Unreadable("no header");
        } catch (MessagingException | IOException | RuntimeException e) {
            // Whatever somebody has sent there: the library's parsers meet it first, and throw all kinds.
            return new Returned.Unreadable(e.getClass().getSimpleName());
        }
    }

    private static Returned read(MimeMessage message) throws MessagingException, IOException {
        var type = new ContentType(message.getContentType());
        String report = Optional.ofNullable(type.getParameter("report-type")).orElse("");
        if (!type.match("multipart/report") || !report.equalsIgnoreCase("delivery-status")) {
            return new Returned.Other();
        }
        Multipart parts = new MimeMultipart(new ByteArrayDataSource(message.getInputStream(), type.toString()));
        for (int i = 0; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            if (part.isMimeType(STATUS_TYPE) || part.isMimeType("message/global-delivery-status")) {
                return report(message, part);
            }
        }
        return new Returned.Unreadable("a report without " + STATUS_TYPE);
    }

    private static Returned report(MimeMessage message, BodyPart part) throws MessagingException, IOException {
        var traces = new ArrayList<String>();
        for (String name : ADDRESSED_TO) {
            String[] values = message.getHeader(name);
            if (values != null) {
                traces.addAll(Arrays.asList(values));
            }
        }
        var recipients = new ArrayList<Returned.Recipient>();
        try (InputStream in = part.getInputStream()) {
            // Groups of fields with an empty line between (RFC 3464 2.1): first of the message, then of each recipient.
            var fields = new InternetHeaders(in);
            traces.add(value(fields, "Original-Envelope-Id"));
            while (in.available() > 0 && recipients.size() < MOST_RECIPIENTS) {
                recipient(new InternetHeaders(in)).ifPresent(recipients::add);
            }
        }
        if (recipients.isEmpty()) {
            return new Returned.Unreadable("a report of no recipient");
        }
        return new Returned.Report(
                traces.stream()
                        .filter(trace -> !trace.isEmpty())
                        .map(trace -> cut(trace, MAX_VALUE))
                        .limit(MOST_TRACES)
                        .toList(),
                recipients);
    }

    private static Optional<Returned.Recipient> recipient(InternetHeaders fields) {
        String action = value(fields, "Action").toLowerCase(Locale.ROOT);
        String address = address(value(fields, "Final-Recipient"));
        String original = address(value(fields, "Original-Recipient"));
        if (action.isEmpty() || (address.isEmpty() && original.isEmpty())) {
            return Optional.empty();
        }
        Matcher status = STATUS.matcher(value(fields, "Status"));
        return Optional.of(new Returned.Recipient(
                address.isEmpty() ? original : address,
                original,
                switch (word(action)) {
                    case "failed" -> Returned.Action.FAILED;
                    case "delayed" -> Returned.Action.DELAYED;
                    default -> Returned.Action.OTHER;
                },
                status.find() ? status.group() : "",
                line(words(value(fields, "Diagnostic-Code")), Returned.Recipient.MAX_DIAGNOSTIC)));
    }

    /** A field may be followed by a comment (RFC 3464 2.1.1). */
    private static String word(String value) {
        return value.split("[\\s(]", 2)[0];
    }

    /** {@code rfc822;anna@example.com}. */
    private static String address(String value) {
        String bare = words(value).strip();
        if (bare.startsWith("<") && bare.endsWith(">")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        return line(bare, 254);
    }

    /** Without its type. */
    private static String words(String value) {
        return value.substring(value.indexOf(';') + 1);
    }

    private static String value(InternetHeaders fields, String name) {
        String value = fields.getHeader(name, null);
        return value == null ? "" : value.strip();
    }

    /** Printable, in one line. */
    private static String line(String text, int most) {
        return cut(text, 4 * most)
                .replaceAll("[^\\x20-\\x7e\\xa0-\\ud7ff]+", " ")
                .replaceAll(" {2,}", " ")
                .strip()
                .transform(whole -> cut(whole, most));
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
