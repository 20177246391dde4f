package io.trunkline.network.smsc;

import java.util.Locale;

/**
 * What became of a segment (SMPP 3.4, appendix B).
 *
 * @param messageId as {@link Smsc#submit} has answered it
 * @param error the network's own code, empty where it told none
 */
public record Receipt(String smsc, String messageId, State state, String error) {
    /** The end of a segment. */
    public enum State {
        DELIVERED,
        UNDELIVERED,
        EXPIRED,
        REJECTED,
        UNKNOWN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
