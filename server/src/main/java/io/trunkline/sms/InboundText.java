package io.trunkline.sms;

import io.trunkline.ids.SmsId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.web.Json;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A text that came to a number of the organization's.
 *
 * @param from digits, or letters of an alphanumeric sender
 * @param person who held the number
 * @param text empty where its retention is over, or the person erased
 */
record InboundText(UUID id, String from, String to, SubscriberId person, Optional<String> text, Instant receivedAt) {
    static String context(UUID id) {
        return "sms_inbound/" + id;
    }

    InboundText with(Optional<String> words) {
        return new InboundText(id, from, to, person, words, receivedAt);
    }

    void write(Json json) {
        json.text("id", new SmsId(id).text())
                .text("from", from)
                .text("to", to)
                .text("text", text.orElse(null))
                .time("received_at", receivedAt);
    }
}
