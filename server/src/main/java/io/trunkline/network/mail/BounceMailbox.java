package io.trunkline.network.mail;

/** The mailbox that mails come back to; reading changes nothing in it. */
public interface BounceMailbox {
    /**
     * A place in a mailbox (RFC 9051 2.3.1.1): what has arrived since has a higher number.
     *
     * @param validity changes when the numbers begin anew
     * @param uid of the last mail that was looked at; 0 before the first
     */
    record Place(long validity, long uid) {
        public static final Place BEGINNING = new Place(0, 0);
    }

    /** Told of each mail in the order of arrival. */
    @FunctionalInterface
    interface Reader {
        /**
         * What was found.
         *
         * @param place of this mail
         * @return whether to go on
         */
        boolean found(Place place, Returned returned);
    }

    /**
     * Looks at what has arrived since.
     *
     * @param since where the last look ended; where the mailbox has begun its numbers anew, it is looked at from its
     *     beginning
     * @param most mails of this look; further ones wait for the next
     * @throws MailboxUnavailable where it cannot be reached, lets nobody in, or breaks off
     */
    void read(Place since, int most, Reader reader) throws MailboxUnavailable;

    /** The mailbox could not be read, or no further; its message names no person. */
    final class MailboxUnavailable extends Exception {
        private static final long serialVersionUID = 1;

        MailboxUnavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
