package io.trunkline.orders;

import io.trunkline.ids.Eid;
import io.trunkline.web.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * How the activation code reaches the person.
 *
 * @param to mail addresses; empty unless by mail
 * @param cc mail addresses; empty unless by mail
 * @param eid the device that it is announced to; empty unless by push
 * @param failureCode why it failed; empty unless it did
 * @param said what the mail server said; empty until it came to its end
 * @param bounces whom the mail server could not deliver it to after all
 */
record Delivery(
        UUID id,
        Type type,
        List<String> to,
        List<String> cc,
        Optional<Eid> eid,
        State state,
        Optional<String> failureCode,
        Said said,
        List<Bounce> bounces) {
    Delivery in(State now) {
        return new Delivery(id, type, to, cc, eid, now, failureCode, said, bounces);
    }

    /** Everybody once, however often and in whatever case. */
    List<String> recipients() {
        return Stream.concat(to.stream(), cc.stream())
                .map(address -> address.toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
    }

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

    /** As orders and the history show it. */
    void write(Json json) {
        writeRequest(json);
        json.text("state", state.text())
                .text("failure_code", failureCode.orElse(null))
                .text("answer", said.answer().isEmpty() ? null : said.answer());
        json.objects("refused", said.refused(), (Json entry, Said.Refused one) -> one.write(entry));
        json.objects("bounces", bounces, (Json entry, Bounce one) -> one.write(entry));
    }

    /**
     * What the mail server said of a mail.
     *
     * @param answer to all of it; empty where there is none
     * @param refused who will not get it
     */
    record Said(String answer, List<Refused> refused) {
        static final Said NOTHING = new Said("", List.of());

        Said {
            refused = List.copyOf(refused);
        }

        /**
         * A recipient that it did not take.
         *
         * @param answer what it said of that one, with its reply code
         */
        record Refused(String address, String answer) {
            /** Reads {@code ADDRESS: CODE WORDS}. */
            static Refused of(String text) {
                int end = text.indexOf(": ");
                return end < 0 ? new Refused(text, "") : new Refused(text.substring(0, end), text.substring(end + 2));
            }

            private void write(Json json) {
                json.text("address", address).text("answer", answer);
            }
        }

        boolean isNothing() {
            return answer.isEmpty() && refused.isEmpty();
        }

        /** As it is kept. */
        String kept() {
            return Json.text(json -> {
                json.text("answer", answer);
                json.objects("refused", refused, (Json entry, Refused one) -> one.write(entry));
            });
        }

        /** What is kept of earlier versions is the answer alone. */
        static Said of(String kept) {
            if (!kept.startsWith("{")) {
                return new Said(kept, List.of());
            }
            JsonNode said = Json.parse(kept);
            return new Said(
                    said.path("answer").stringValue(""),
                    said.path("refused")
                            .valueStream()
                            .map(one -> new Refused(
                                    one.path("address").stringValue(""),
                                    one.path("answer").stringValue("")))
                            .toList());
        }
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
     * registered it with the discovery service. Bounced: of those whom the mail server has taken it for, it could be
     * delivered to nobody.
     */
    enum State {
        PENDING,
        SENT,
        FAILED,
        BOUNCED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
