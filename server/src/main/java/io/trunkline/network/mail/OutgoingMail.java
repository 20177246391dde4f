package io.trunkline.network.mail;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One mail: plain text, the same as HTML where there is one, and attachments. What stands in its header cannot hold a
 * line break or another control character, and its addresses are bare ({@code name@example.com}, no display name):
 * constructing any other one is refused with an {@link IllegalArgumentException}.
 *
 * @param messageId with its angle brackets, as {@code <01J…@example.com>} (RFC 5322 3.6.4); the same for every
 *     repetition
 * @param from absent: the address and name of the settings
 * @param fromName beside that address; absent: the name of the settings, unless {@code from} is given
 * @param to 1 to {@link #MAX_RECIPIENTS}
 * @param cc 0 to {@link #MAX_RECIPIENTS}
 * @param text any Unicode, lines ended by {@code \n}
 * @param html what a reader who shows HTML sees in place of the text
 * @param correlationId 1 to 128 printable ASCII characters, sent as {@code X-Correlation-ID}
 * @param date what {@code Date} says: when the mail was decided, the same for every repetition
 * @param recipients whom this sending is for, where others of {@code to} and {@code cc} have the mail already; empty:
 *     all of them
 * @param returns whereto what cannot be delivered comes back; absent: to the sender
 * @param repeated whether an earlier sending had an unknown outcome; says so in {@code X-Trunkline-Repeated}
 */
public record OutgoingMail(
        String messageId,
        @Nullable String from,
        @Nullable String fromName,
        @Nullable String replyTo,
        List<String> to,
        List<String> cc,
        String subject,
        String text,
        @Nullable Html html,
        List<Attachment> attachments,
        String correlationId,
        Instant date,
        List<String> recipients,
        @Nullable Returns returns,
        boolean repeated) {
    public static final int MAX_RECIPIENTS = 100;
    /** RFC 5322 2.1.1 bounds a line; a subject of this length is folded into several. */
    public static final int MAX_SUBJECT = 500;

    public static final int MAX_NAME = 200;

    private static final Pattern MESSAGE_ID =
            Pattern.compile("<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,120}@[A-Za-z0-9.-]{1,120}>");
    private static final Pattern CORRELATION = Pattern.compile("[\\x20-\\x7e]{1,128}");

    public OutgoingMail {
        to = List.copyOf(to);
        cc = List.copyOf(cc);
        attachments = List.copyOf(attachments);
        recipients = List.copyOf(recipients);
        if (!MESSAGE_ID.matcher(messageId).matches()) {
            throw new IllegalArgumentException(
                    "a Message-ID is <LOCAL@DOMAIN>, not " + messageId.length() + " characters of another form");
        }
        if (to.isEmpty() || to.size() > MAX_RECIPIENTS || cc.size() > MAX_RECIPIENTS) {
            throw new IllegalArgumentException("a mail has 1 to " + MAX_RECIPIENTS + " recipients and up to as many "
                    + "copies, got " + to.size() + " and " + cc.size());
        }
        to.forEach(Addresses::parse);
        cc.forEach(Addresses::parse);
        recipients.forEach(Addresses::parse);
        if (from != null) {
            Addresses.parse(from);
        }
        if (fromName != null) {
            requireLine("sender's name", fromName, MAX_NAME);
        }
        if (replyTo != null) {
            Addresses.parse(replyTo);
        }
        requireLine("subject", subject, MAX_SUBJECT);
        if (!CORRELATION.matcher(correlationId).matches()) {
            throw new IllegalArgumentException("a correlation id is 1 to 128 printable ASCII characters, got "
                    + correlationId.length() + " characters");
        }
    }

    /** Whether mail can be addressed to it: what this record's constructor asks of an address. */
    public static boolean isAddress(String text) {
        return Addresses.isAddress(text);
    }

    /** Without what it says and to whom: the text may hold an activation code. */
    @Override
    public String toString() {
        return "OutgoingMail[messageId=" + messageId + ", repeated=" + repeated + "]";
    }

    static void requireLine(String what, String text, int maxLength) {
        if (text.length() > maxLength) {
            throw new IllegalArgumentException(
                    "a mail's " + what + " has at most " + maxLength + " characters, not " + text.length());
        }
        if (text.chars().anyMatch(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029')) {
            throw new IllegalArgumentException("a mail's " + what + " is one line without control characters");
        }
    }

    /**
     * How the mail that reports a failure is known again.
     *
     * @param address of the envelope (RFC 5321 4.4): of all mails this one's
     * @param envelopeId that server and report repeat (RFC 3461 4.4), of letters and digits
     */
    public record Returns(String address, String envelopeId) {
        private static final Pattern ENVELOPE_ID = Pattern.compile("[A-Za-z0-9]{1,100}");

        public Returns {
            Addresses.parse(address);
            if (!ENVELOPE_ID.matcher(envelopeId).matches()) {
                throw new IllegalArgumentException(
                        "an envelope id is 1 to 100 letters and digits, got " + envelopeId.length() + " characters");
            }
        }
    }

    /**
     * The mail as HTML. Nothing of it is fetched from elsewhere: its pictures come with it.
     *
     * @param text a whole document
     * @param pictures those that it shows by {@code cid:ID}
     */
    public record Html(String text, List<Picture> pictures) {
        public Html {
            pictures = List.copyOf(pictures);
        }
    }

    /**
     * A picture within the HTML (RFC 2392).
     *
     * @param id of all mails of the world this one's: {@code LOCAL@DOMAIN}
     * @param contentType as {@code image/png}
     * @param content is not copied; nobody changes it
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Picture(String id, String contentType, byte[] content) {
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,120}@[A-Za-z0-9.-]{1,120}");
        private static final Pattern TYPE = Pattern.compile("image/[a-z0-9.+-]{1,60}");

        public Picture {
            if (!ID.matcher(id).matches()) {
                throw new IllegalArgumentException(
                        "a picture's id is LOCAL@DOMAIN, not " + id.length() + " characters of another form");
            }
            if (!TYPE.matcher(contentType).matches()) {
                throw new IllegalArgumentException("a picture's content type is image/SUBTYPE, as image/png, got "
                        + contentType.length() + " characters of another form");
            }
        }
    }

    /**
     * A file beside the text.
     *
     * @param name as it is offered for saving, at most 200 characters
     * @param contentType as {@code image/png}, with parameters where it needs some
     * @param content is not copied; nobody changes it
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Attachment(String name, String contentType, byte[] content) {
        private static final int MAX_NAME = 200;
        private static final Pattern TYPE =
                Pattern.compile("[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}(; ?[a-z0-9-]{1,40}=[A-Za-z0-9.+-]{1,60})*");

        public Attachment {
            requireLine("attachment name", name, MAX_NAME);
            if (name.isEmpty() || name.contains("/") || name.contains("\\")) {
                throw new IllegalArgumentException("an attachment's name is a file's name without a path");
            }
            if (!TYPE.matcher(contentType).matches()) {
                throw new IllegalArgumentException("an attachment's content type is TYPE/SUBTYPE, as image/png, got "
                        + contentType.length() + " characters of another form");
            }
        }
    }
}
