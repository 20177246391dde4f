package io.trunkline.network.mail;

import java.util.List;

/** What lies in a bounce mailbox. */
public sealed interface Returned {
    /**
     * A delivery status notification (RFC 3464).
     *
     * @param traces where the report may name the mail that it is about: whom it is addressed to, the envelope's id
     */
    record Report(List<String> traces, List<Recipient> recipients) implements Returned {
        public Report {
            traces = List.copyOf(traces);
            recipients = List.copyOf(recipients);
        }
    }

    /** Something else: an absence notice, an answer of a person, advertising. */
    record Other() implements Returned {}

    /** Nobody can tell what it is. */
    record Unreadable(String why) implements Returned {}

    /**
     * What became of the mail to one recipient.
     *
     * @param address to whom it finally went (RFC 3464 2.3.2)
     * @param original whom it was sent to (2.3.1); empty where the report does not say
     * @param status as {@code 5.1.1} (RFC 3463)
     * @param diagnostic what the last mail server said, in one line of at most {@link #MAX_DIAGNOSTIC} characters;
     *     empty where the report does not say
     */
    record Recipient(String address, String original, Action action, String status, String diagnostic) {
        static final int MAX_DIAGNOSTIC = 500;
    }

    /** RFC 3464 2.3.3. */
    enum Action {
        FAILED,
        /** Not yet delivered; it is tried on. */
        DELAYED,
        /** Delivered, handed on, or split: no reason to tell anybody. */
        OTHER
    }
}
