package io.trunkline.network.mail;

import io.trunkline.network.Outcome;

/** Hands mail over to whoever delivers it. */
public interface Mailer {
    /**
     * Sends one mail. After {@link Outcome.Unknown} it may be sent again, under the same Message-ID and marked as
     * repeated.
     *
     * <p>Accepted where at least one recipient was; those who were not are in {@link Sent#refused}. A rejection's code
     * is the reply code with the enhanced one (RFC 3463) where the server gives it, as {@code 550 5.1.1}, or
     * {@code unreachable}, {@code no_session}, {@code no_answer}, {@code busy}. Its detail names the refused
     * recipients: it is personal data.
     */
    Outcome<Sent> send(OutgoingMail mail);
}
