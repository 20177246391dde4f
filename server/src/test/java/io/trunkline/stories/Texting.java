package io.trunkline.stories;

import io.trunkline.ids.Id;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/** Lines that send texts, and the phones that they reach. */
public final class Texting {
    private static final AtomicLong OPTED_OUT = new AtomicLong(447_912_000_000L);

    private Texting() {}

    /** A new active line; answers its number, which may be the sender of texts. */
    public static String sender(World world, Api api) {
        Api.Answer placed = api.post("/enterprise/orders", world.apiOrder());
        api.awaitOrder(placed.link("self"));
        return numberOf(api, placed.json().path("subscription_id").stringValue());
    }

    /** One more person who wants no texts from that number. */
    public static void optOut(World world, String number) {
        Instant at = Instant.now();
        world.sql()
                .update(
                        "INSERT INTO sms_opt_outs (organization_id, id, sender, recipient, word, at)"
                                + " VALUES (?, ?, ?, ?, 'STOP', ?)",
                        world.organization(),
                        Id.newValue(at),
                        number,
                        Long.toString(OPTED_OUT.getAndIncrement()),
                        at);
    }

    /** Digits alone. */
    public static String numberOf(Api api, String subscription) {
        return api.get("/enterprise/subscriptions/" + subscription + "/phone-numbers")
                .json()
                .path("_embedded")
                .path("phone_numbers")
                .path(0)
                .path("msisdn")
                .asString();
    }

    /**
     * A request to send.
     *
     * @param more further fields, each followed by a comma
     */
    public static String request(String more, String from, List<String> to, String text) {
        return Api.JSON
                .createObjectNode()
                .put("from", from)
                .put("text", text)
                .set("to", Api.JSON.valueToTree(to))
                .toString()
                .replaceFirst("\\{", "{" + more);
    }

    /** What the phone shows, newest first. */
    public static List<JsonNode> shown(World world, String number) {
        return Api.JSON
                .readTree(world.control("GET", "/phones/" + number + "/messages", null))
                .path("messages")
                .valueStream()
                .toList();
    }

    /** Its words alone. */
    public static List<String> words(World world, String number) {
        return shown(world, number).stream()
                .map(message -> message.path("text").stringValue())
                .toList();
    }

    /** Waits until nothing is open any more. */
    public static Api.Answer awaitDone(Api api, String id) {
        return api.await(
                "/enterprise/sms/" + id,
                answer -> answer.json().path("status").stringValue("").equals("done"));
    }

    /** Sends it and answers its id. */
    public static String send(Api api, String request) {
        Api.Answer answer = api.post("/enterprise/sms", request);
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
        return answer.json().path("sms_id").stringValue();
    }
}
