package io.trunkline.orders;

import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * How the activation code reaches the person.
 *
 * @param to mail addresses; empty unless by mail
 * @param cc mail addresses; empty unless by mail
 */
record Delivery(UUID id, Type type, List<String> to, List<String> cc, State state) {
    /** By mail, or fetched by the API. */
    enum Type {
        EMAIL,
        API;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Type of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Sent: the mail server has taken it; or, by API, the code can be fetched. */
    enum State {
        PENDING,
        SENT,
        FAILED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
