package io.trunkline.orders;

import io.trunkline.ids.Eid;
import io.trunkline.web.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * How the activation code reaches the person.
 *
 * @param to mail addresses; empty unless by mail
 * @param cc mail addresses; empty unless by mail
 * @param eid the device that it is announced to; empty unless by push
 */
record Delivery(UUID id, Type type, List<String> to, List<String> cc, Optional<Eid> eid, State state) {
    boolean hasRecipients() {
        return !to.isEmpty() || !cc.isEmpty();
    }

    /** What was asked for. */
    void writeRequest(Json json) {
        json.text("type", type.text())
                .texts("to", to)
                .texts("cc", cc)
                .text("eid", eid.map(Object::toString).orElse(null));
    }

    /** By mail, fetched by the API, or announced to the device by its discovery service. */
    enum Type {
        EMAIL,
        API,
        PUSH;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All of them, as requests name them. */
        static String[] texts() {
            return Arrays.stream(values()).map(Type::text).toArray(String[]::new);
        }

        static Type of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Sent: the mail server has taken it; or, by API, the code can be fetched; or, by push, the SM-DP+ has
     * registered it with the discovery service.
     */
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
