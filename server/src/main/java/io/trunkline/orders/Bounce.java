package io.trunkline.orders;

import io.trunkline.web.Json;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A mail that its server had taken and then could not deliver to one of its recipients.
 *
 * @param address as it was ordered; where the mail went on from there, {@link #recipient} is another
 * @param recipient where it could not be delivered
 * @param status as {@code 5.1.1} (RFC 3463); empty where it is not told
 * @param diagnostic what the last mail server said; empty where it is not told
 */
record Bounce(String address, String recipient, String status, String diagnostic, Instant at) {
    void write(Json json) {
        json.text("address", address)
                .text("recipient", recipient)
                .text("status", status.isEmpty() ? null : status)
                .text("diagnostic", diagnostic.isEmpty() ? null : diagnostic)
                .time("at", at);
    }

    /** As they are kept. */
    static String kept(List<Bounce> bounces) {
        return Json.text(json -> json.objects(
                "bounces",
                bounces,
                (entry, one) -> entry.text("address", one.address())
                        .text("recipient", one.recipient())
                        .text("status", one.status())
                        .text("diagnostic", one.diagnostic())
                        .time("at", one.at())));
    }

    static List<Bounce> of(String kept) {
        return Json.parse(kept).path("bounces").valueStream().map(Bounce::of).toList();
    }

    private static Bounce of(JsonNode one) {
        return new Bounce(
                one.path("address").stringValue(""),
                one.path("recipient").stringValue(""),
                one.path("status").stringValue(""),
                one.path("diagnostic").stringValue(""),
                Instant.parse(one.path("at").stringValue("")));
    }
}
