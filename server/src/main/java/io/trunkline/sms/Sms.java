package io.trunkline.sms;

import io.trunkline.ids.Msisdn;
import io.trunkline.ids.SmsId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.network.smsc.Encoding;
import io.trunkline.web.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A text to one or more recipients.
 *
 * @param person who holds the number that it is sent from, and whose key seals its words
 * @param text empty where its retention is over, or the person erased
 * @param counts how many recipients are in each state; absent is none
 * @param sendAt empty where it was to be sent at once
 */
record Sms(
        SmsId id,
        Msisdn from,
        SubscriptionId subscription,
        SubscriberId person,
        Optional<String> text,
        Encoding encoding,
        int segments,
        boolean canceled,
        Map<Recipient.State, Integer> counts,
        Instant createdAt,
        Optional<Instant> sendAt) {
    static final String PATH = "/enterprise/sms";

    /** How far all of it has come. */
    enum Status {
        SCHEDULED,
        SENDING,
        DONE,
        CANCELED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static String path(SmsId id) {
        return PATH + "/" + id;
    }

    /** What the words are sealed for. */
    static String context(SmsId id) {
        return "sms/" + id.value();
    }

    Sms with(Optional<String> words) {
        return new Sms(id, from, subscription, person, words, encoding, segments, canceled, counts, createdAt, sendAt);
    }

    Status status(Instant now) {
        if (canceled) {
            return Status.CANCELED;
        }
        if (count(Recipient.State.ACCEPTED) + count(Recipient.State.SENT) == 0) {
            return Status.DONE;
        }
        return sendAt.filter(at -> at.isAfter(now)).isPresent() ? Status.SCHEDULED : Status.SENDING;
    }

    private int count(Recipient.State state) {
        return counts.getOrDefault(state, 0);
    }

    void write(Json json, Instant now) {
        Status status = status(now);
        json.text("sms_id", id.text())
                .text("from", from.digits())
                .text("text", text.orElse(null))
                .text("status", status.text())
                .text("encoding", encoding.word())
                .number("segments", segments)
                .object("recipients", recipients -> {
                    recipients.number(
                            "total",
                            counts.values().stream().mapToInt(Integer::intValue).sum());
                    for (Recipient.State state : Recipient.State.values()) {
                        recipients.number(state.text(), count(state));
                    }
                })
                .time("created_at", createdAt)
                .time("send_at", sendAt.orElse(null))
                .links(links -> {
                    links.link("self", path(id))
                            .link("recipients", path(id) + "/recipients")
                            .link("subscription", "/enterprise/subscriptions/" + subscription);
                    if (status == Status.SCHEDULED) {
                        links.link("cancel", path(id));
                    }
                });
    }
}
