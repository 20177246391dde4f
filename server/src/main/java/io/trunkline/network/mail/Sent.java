package io.trunkline.network.mail;

import java.util.List;

/**
 * A mail that a server has taken over.
 *
 * @param reply what the server said to the content, often with its queue's id
 * @param refused the recipients that it did not take; empty where it took all
 */
public record Sent(String reply, List<RefusedRecipient> refused) {
    public Sent {
        refused = List.copyOf(refused);
    }

    /**
     * A recipient that the server did not take.
     *
     * @param code the reply code, with the enhanced one (RFC 3463) where the server gives it
     * @param detail the server's text
     * @param retryable whether the server may take it later (4xx)
     */
    public record RefusedRecipient(String address, String code, String detail, boolean retryable) {}
}
