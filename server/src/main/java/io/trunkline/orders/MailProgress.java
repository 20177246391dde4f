package io.trunkline.orders;

import io.trunkline.network.mail.Sent;
import io.trunkline.web.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * How far a mail has come whose recipients do not all take it at the same time.
 *
 * @param begun whether one of them has it
 * @param left whom it is still to be sent to; empty before it has begun: all of them
 * @param refused who will not get it, each with what the mail server said
 */
record MailProgress(boolean begun, List<String> left, List<String> refused) {
    static final MailProgress NONE = new MailProgress(false, List.of(), List.of());

    MailProgress {
        left = List.copyOf(left);
        refused = List.copyOf(refused);
    }

    /** One of them has taken it; who was refused for now is left. */
    MailProgress after(Sent sent) {
        var nobody = new ArrayList<>(refused);
        var later = new ArrayList<String>();
        for (Sent.RefusedRecipient one : sent.refused()) {
            if (one.retryable()) {
                later.add(one.address());
            } else {
                nobody.add(one.address() + ": " + one.code() + " " + one.detail());
            }
        }
        return new MailProgress(true, later, nobody);
    }

    /** Nobody else will get it. */
    MailProgress ended(String code, String detail) {
        Stream<String> others = left.stream().map(address -> address + ": " + code + " " + detail);
        return new MailProgress(
                begun, List.of(), Stream.concat(refused.stream(), others).toList());
    }

    String text() {
        return Json.text(json -> json.texts("left", left).texts("refused", refused));
    }

    static MailProgress of(String text) {
        JsonNode kept = Json.parse(text);
        return new MailProgress(true, texts(kept.path("left")), texts(kept.path("refused")));
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }
}
