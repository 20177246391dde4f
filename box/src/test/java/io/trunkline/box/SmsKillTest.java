package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.SmsId;
import io.trunkline.web.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The server, the SMSC or everything is killed while texts are sent to an SMSC that misbehaves at random: each accepted
 * recipient comes to an end, twice only where the policy allows it and counted, and no receipt is lost. Rounds take the
 * policies in turn. {@code -Dtrunkline.test.kill-rounds=50} for more rounds, {@code -Dtrunkline.test.seed} for the same
 * ones again.
 */
class SmsKillTest {
    private static final int ROUNDS = Integer.getInteger("trunkline.test.kill-rounds", 1);
    private static final long SEED = Long.getLong("trunkline.test.seed", System.nanoTime());
    private static final List<String> POLICIES = List.of("at-least-once", "at-most-once");
    private static final List<String> KINDS =
            List.of("hang", "drop_before", "drop_after", "late", "garbage", "error_500", "twice", "refuse");
    private static final int TEXTS = 12;
    private static final int RECIPIENTS = 50;
    private static final long LONGEST_PAUSE_NANOS = 700_000_000;
    private static final String SETTINGS = """
            trunkline.sms.policy=%s
            trunkline.sms.lease=3s
            trunkline.sms.poll=100ms
            trunkline.sms.first-retry=50ms
            trunkline.sms.longest-retry=500ms
            trunkline.smsc.response-timeout=1s
            trunkline.smsc.longest-backoff=500ms
            """;

    private static final String OPEN =
            "SELECT 'open', count(*) FROM sms_recipients WHERE state IN ('accepted', 'sent')";
    private static final String RECEIVED = "SELECT 'received', count(*) FROM sms_parts WHERE receipt IS NOT NULL";
    private static final String RECIPIENTS_NOW =
            "SELECT sms_id, msisdn, state, coalesce(error_code, '-'), repeats FROM sms_recipients";

    private final Random random = new Random(SEED);
    /** The id that the first 200 told, by key. */
    private final Map<String, String> accepted = new ConcurrentHashMap<>();

    @Test
    void eachRecipientComesToAnEndThoughServerAndSmscAreKilled() throws Exception {
        try (BoxProcess box = BoxProcess.create()) {
            for (int round = 0; round < ROUNDS; round++) {
                String policy = POLICIES.get(round % POLICIES.size());
                Path settings = box.home().resolve(policy + ".properties");
                Files.writeString(settings, SETTINGS.formatted(policy));
                box.up("--config", settings.toString());
                try (BoxClient client = new BoxClient(box)) {
                    killInTheMiddle(box, client, round);
                    box.up("--config", settings.toString());
                    client.renew();
                    repeatUnanswered(box, client, round);
                    client.network("DELETE", "/smsc/faults", "");
                    await(box, OPEN, 0);
                    booksAndPhonesAgree(box, client);
                }
                if (round < ROUNDS - 1) {
                    assertThat(box.terminate()).isZero();
                }
            }
        }
    }

    private void killInTheMiddle(BoxProcess box, BoxClient client, int round) {
        client.network("PUT", "/smsc", "{\"receipt_after_ms\": %d}".formatted(random.nextInt(300)));
        client.network("PUT", "/smsc/faults", faults());
        int before = accepted.size();
        int killAfter = 1 + random.nextInt(TEXTS);
        long pause = random.nextLong(LONGEST_PAUSE_NANOS);
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int text = 0; text < TEXTS; text++) {
                String key = key(round, text);
                String body = body(box, round, text);
                people.execute(() -> keep(key, client.post("/enterprise/sms", key, body)));
            }
            BoxProcess.await("texts under way", () -> accepted.size() - before >= killAfter);
            LockSupport.parkNanos(pause);
            kill(box);
        }
    }

    private void kill(BoxProcess box) {
        switch (random.nextInt(3)) {
            case 0 -> box.killAll();
            case 1 -> {
                box.kill("server");
                BoxProcess.await("killed", () -> !box.runs("server"));
            }
            default -> {
                // What waits for an SMSC that is gone, first.
                box.kill("simulators");
                LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
                box.kill("server");
                BoxProcess.await("killed", () -> !box.runs("server") && !box.runs("simulators"));
            }
        }
    }

    private String faults() {
        var faults = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            faults.add("""
                    {"operation": "submit", "fault": "%s", "code": "0x58", "delay_ms": %d, "probability": %s,
                     "times": %d}""".formatted(
                            KINDS.get(random.nextInt(KINDS.size())),
                            random.nextInt(1, 1_500),
                            0.02 + random.nextDouble() * 0.1,
                            random.nextInt(1, 5)));
        }
        return "[" + String.join(",", faults) + "]";
    }

    private static String key(int round, int text) {
        return "kill-" + round + "-" + text;
    }

    private static String body(BoxProcess box, int round, int text) {
        List<String> to = IntStream.range(0, RECIPIENTS)
                .mapToObj(i -> Long.toString(447_911_000_000L + ((long) round * TEXTS + text) * RECIPIENTS + i))
                .toList();
        return Json.text(json -> json.text("from", box.env().getOrDefault("TRUNKLINE_SENDER", ""))
                .texts("to", to)
                .text("text", "Once, if you please"));
    }

    private void keep(String key, BoxClient.Answer answer) {
        assertThat(answer.status())
                .as("%s, seed %d: %s", key, SEED, answer.body())
                .isIn(0, 200, 401, 409, 503);
        if (answer.status() == 200) {
            String id = answer.json().path("sms_id").stringValue();
            assertThat(accepted.merge(key, id, (first, again) -> first.equals(again) ? first : first + " and " + again))
                    .as("one key makes one text, seed %d", SEED)
                    .isEqualTo(id);
        }
    }

    private void repeatUnanswered(BoxProcess box, BoxClient client, int round) {
        for (int text = 0; text < TEXTS; text++) {
            String key = key(round, text);
            String body = body(box, round, text);
            BoxProcess.await("an answer for " + key, () -> {
                BoxClient.Answer answer = client.post("/enterprise/sms", key, body);
                keep(key, answer);
                return answer.status() == 200;
            });
        }
    }

    private static void await(BoxProcess box, String counted, long expected) throws SQLException {
        try (Books books = Books.of(box)) {
            BoxProcess.await(expected + " of " + counted, () -> count(books, counted) == expected);
        }
    }

    private static long count(Books books, String counted) {
        try {
            return books.counts(counted).values().iterator().next();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void booksAndPhonesAgree(BoxProcess box, BoxClient client) throws SQLException {
        List<List<String>> recipients;
        try (Books books = Books.of(box)) {
            recipients = books.rows(RECIPIENTS_NOW).stream()
                    .filter(row -> accepted.containsValue(new SmsId(UUID.fromString(row.getFirst())).text()))
                    .toList();
        }
        assertThat(recipients).as("seed %d", SEED).hasSize(accepted.size() * RECIPIENTS);
        int shown = 0;
        for (List<String> recipient : recipients) {
            int texts = client.network("/phones/" + recipient.get(1) + "/messages")
                    .path("messages")
                    .size();
            shown += texts;
            String end = recipient.get(2) + " " + recipient.get(3);
            // Given up where nobody could know, else delivered.
            boolean givenUp =
                    end.equals("unknown outcome_unknown") && recipient.get(4).equals("0");
            assertThat(givenUp ? "delivered -" : end)
                    .as("%s, seed %d", recipient, SEED)
                    .isEqualTo("delivered -");
            assertThat(texts)
                    .as("texts that %s has, seed %d", recipient, SEED)
                    .isBetween(givenUp ? 0 : 1, 1 + Integer.parseInt(recipient.get(4)));
        }
        // Each text that a phone shows has its receipt, also one whose response was lost.
        await(box, RECEIVED, shown);
    }
}
