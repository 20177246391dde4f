package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.OrderId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Orders of every type, neighbours that misbehave at random, a server that is killed at random: whatever was accepted
 * ends, and then the books of the platform, the SM-DP+ and the HLR say the same. {@code
 * -Dtrunkline.test.kill-rounds=50} for more rounds, {@code -Dtrunkline.test.seed} for the same ones again.
 */
class FaultsAndKillsTest {
    private static final int ROUNDS = Integer.getInteger("trunkline.test.kill-rounds", 1);
    private static final long SEED = Long.getLong("trunkline.test.seed", System.nanoTime());
    private static final int LINES = 24;
    private static final int NEW_LINES = 12;
    private static final List<String> KINDS =
            List.of("hang", "drop_before", "drop_after", "late", "garbage", "error_500", "twice");
    private static final List<String> CHANGES = List.of(
            "suspend_subscription",
            "suspend_subscription",
            "resume_subscription",
            "resume_subscription",
            "change_sim_profile",
            "change_sim_profile",
            "terminate_subscription");
    private static final String SETTINGS = """
            trunkline.orders.lease=2s
            trunkline.orders.mail-lease=2s
            trunkline.orders.first-retry=50ms
            trunkline.orders.longest-retry=500ms
            trunkline.orders.sim-change-wait=1s
            trunkline.smdp.request-timeout=1s
            trunkline.mail.read-timeout=1s
            """;

    private static final String STATES = "SELECT state, count(*) FROM %s GROUP BY state";
    /** A line, its number, and every IMSI that it has had. */
    private static final String LINES_NOW = """
            SELECT s.id, s.status, coalesce((SELECT string_agg(n.msisdn, ',') FROM phone_numbers n
                WHERE n.organization_id = s.organization_id AND n.subscription_id = s.id AND n.held_to IS NULL), ''),
                coalesce((SELECT string_agg(p.imsi, ',') FROM sim_profiles p
                WHERE p.organization_id = s.organization_id AND p.subscription_id = s.id), '')
            FROM subscriptions s""";

    private static final String USED_ONCE = """
            SELECT o.id, o.iccid FROM orders o JOIN profile_stock k ON k.iccid = o.iccid AND k.order_id = o.id
            WHERE o.status = 'completed' AND o.iccid IS NOT NULL AND k.state = 'in_use'""";

    private final Random random = new Random(SEED);
    /** Accepted orders by key. */
    private final Map<String, String> accepted = new ConcurrentHashMap<>();
    /** The lines that changes are ordered for. */
    private final List<String> lines = new ArrayList<>();

    @Test
    void whateverGoesWrongEveryOrderEndsAndAllBooksAgree() throws Exception {
        try (BoxProcess box = BoxProcess.create()) {
            Path settings = Files.writeString(box.home().resolve("settings.properties"), SETTINGS);
            String[] options = {"--config", settings.toString()};
            box.up(options);
            try (BoxClient client = new BoxClient(box)) {
                String account = client.firstAccount();
                Map<String, Long> numbers = states(box, "number_stock");
                Map<String, Long> profiles = states(box, "profile_stock");
                lines(client, account);
                for (int round = 0; round < ROUNDS; round++) {
                    killInTheMiddle(box, client, account, "round" + round + "-");
                    box.up(options);
                    client.renew();
                }
                List.of("smdp", "hlr", "mail").forEach(peer -> client.network("DELETE", "/" + peer + "/faults", ""));
                everyOrderEnds(box, client);
                nothingIsLost(box, numbers, profiles);
                theNeighboursAgree(box, client);
            }
        }
    }

    private static Map<String, Long> states(BoxProcess box, String stock) throws Exception {
        try (Books books = Books.of(box)) {
            return books.counts(STATES.formatted(stock));
        }
    }

    private void lines(BoxClient client, String account) {
        for (int i = 0; i < LINES; i++) {
            keep("line-" + i, client.order(account, "line-" + i, "line-" + i + "@books.example"));
        }
        for (String order : List.copyOf(accepted.values())) {
            lines.add(ended(client, order).path("subscription_id").stringValue());
        }
        assertThat(lines).hasSize(LINES);
    }

    private void killInTheMiddle(BoxProcess box, BoxClient client, String account, String prefix) {
        for (String peer : List.of("smdp", "hlr", "mail")) {
            client.network("PUT", "/" + peer + "/faults", faults());
        }
        List<Runnable> orders = orders(client, account, prefix);
        int before = accepted.size();
        int killAfter = 1 + random.nextInt(NEW_LINES);
        long pause = random.nextLong(800_000_000);
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            orders.forEach(people::execute);
            BoxProcess.await("orders under way", () -> accepted.size() - before >= killAfter);
            LockSupport.parkNanos(pause);
            box.kill("server");
            BoxProcess.await("killed", () -> !box.runs("server"));
        }
    }

    private List<Runnable> orders(BoxClient client, String account, String prefix) {
        var orders = new ArrayList<Runnable>();
        for (int i = 0; i < NEW_LINES; i++) {
            String key = prefix + "new-" + i;
            orders.add(() -> keep(key, client.order(account, key, key + "@books.example")));
        }
        for (String line : lines) {
            String key = prefix + line;
            String body = change(account, line);
            orders.add(() -> keep(key, client.order(key, body)));
        }
        return orders;
    }

    /** Any change, also one that the line's state forbids. */
    private String change(String account, String line) {
        String type = CHANGES.get(random.nextInt(CHANGES.size()));
        String reason = random.nextBoolean() ? "lost_or_stolen" : "device_change";
        return Json.text(json -> {
            json.text("type", type).text("account_id", account).text("subscription_id", line);
            if (type.equals("change_sim_profile")) {
                json.text("reason", reason)
                        .object(
                                "sim_profile",
                                profile -> profile.text("sim_type", "esim")
                                        .object("delivery", delivery -> delivery.text("type", "api")));
            }
        });
    }

    private void keep(String key, BoxClient.Answer answer) {
        assertThat(answer.status())
                .as("%s, seed %d: %s", key, SEED, answer.body())
                .isIn(0, 201, 409, 503);
        if (answer.status() == 201) {
            accepted.put(key, answer.json().path("id").stringValue());
        }
    }

    private String faults() {
        var faults = new ArrayList<String>();
        for (int i = 0; i < 8; i++) {
            faults.add("""
                    {"operation": "*", "fault": "%s", "delay_ms": %d, "probability": %s, "times": %d}""".formatted(
                            KINDS.get(random.nextInt(KINDS.size())),
                            random.nextInt(1, 1_500),
                            0.05 + random.nextDouble() * 0.3,
                            random.nextInt(1, 8)));
        }
        return "[" + String.join(",", faults) + "]";
    }

    private static JsonNode ended(BoxClient client, String order) {
        var ended = new ArrayList<JsonNode>();
        BoxProcess.await("the end of " + order, () -> {
            BoxClient.Answer answer = client.get("/enterprise/orders/" + order);
            if (answer.status() == 401) {
                client.renew();
            }
            if (answer.status() == 200
                    && !answer.json().path("status").stringValue("").equals("pending")) {
                ended.add(answer.json());
            }
            return !ended.isEmpty();
        });
        return ended.getFirst();
    }

    /** Accepted = completed + canceled, and no work is left of them. */
    private void everyOrderEnds(BoxProcess box, BoxClient client) throws Exception {
        for (String order : accepted.values()) {
            assertThat(ended(client, order).path("status").stringValue()).isIn("completed", "canceled");
        }
        try (Books books = Books.of(box)) {
            BoxProcess.await("nothing to be left to do", () -> left(books).isEmpty());
            assertThat(books.rows("SELECT id FROM orders").stream()
                            .map(row -> new OrderId(UUID.fromString(row.getFirst())).text())
                            .collect(Collectors.toSet()))
                    .as("seed %d", SEED)
                    .containsAll(accepted.values());
            assertThat(books.rows("SELECT id FROM orders WHERE status = 'pending'"))
                    .isEmpty();
        }
    }

    private static List<List<String>> left(Books books) {
        try {
            return books.rows("SELECT step FROM order_work");
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** No number and no ICCID is lost, or waits for an order that has ended. */
    private static void nothingIsLost(BoxProcess box, Map<String, Long> numbers, Map<String, Long> profiles)
            throws Exception {
        for (String stock : List.of("number_stock", "profile_stock")) {
            Map<String, Long> before = stock.equals("number_stock") ? numbers : profiles;
            Map<String, Long> now = states(box, stock);
            assertThat(sum(now)).as("%s, seed %d", stock, SEED).isEqualTo(sum(before));
            assertThat(now.getOrDefault("reserved", 0L) + now.getOrDefault("in_doubt", 0L))
                    .as("%s %s, seed %d", stock, now, SEED)
                    .isZero();
        }
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private void theNeighboursAgree(BoxProcess box, BoxClient client) throws Exception {
        try (Books books = Books.of(box)) {
            for (List<String> line : books.rows(LINES_NOW)) {
                String id = new SubscriptionId(UUID.fromString(line.getFirst())).text();
                if (lines.contains(id)) {
                    theHlrAgrees(
                            client,
                            id,
                            line.get(1),
                            line.get(2),
                            List.of(line.get(3).split(",")));
                }
            }
            for (List<String> used : books.rows(USED_ONCE)) {
                String order = new OrderId(UUID.fromString(used.getFirst())).text();
                if (accepted.containsValue(order)) {
                    JsonNode profile = client.network("/smdp/profiles/" + used.get(1));
                    assertThat(profile.path("download_orders").intValue())
                            .as(profile.toString())
                            .isEqualTo(1);
                    assertThat(profile.path("confirm_orders").intValue())
                            .as(profile.toString())
                            .isEqualTo(1);
                }
            }
        }
    }

    private static void theHlrAgrees(BoxClient client, String line, String status, String numbers, List<String> imsis) {
        String told = line + " " + status + " " + numbers + ", seed " + SEED;
        if (status.equals("terminated")) {
            assertThat(numbers).as(told).isEmpty();
            for (String imsi : imsis) {
                assertThat(client.knows(imsi)).as(told + " at the HLR: " + imsi).isFalse();
            }
            return;
        }
        JsonNode found = client.network("/hlr/subscribers?msisdn=" + numbers).path("subscribers");
        assertThat(found.size()).as(told).isEqualTo(1);
        JsonNode entry = found.path(0);
        assertThat(imsis).as(told).contains(entry.path("imsi").stringValue());
        assertThat(entry.path("cs_enabled").booleanValue()).as(told).isEqualTo(status.equals("active"));
        assertThat(entry.path("ps_enabled").booleanValue()).as(told).isEqualTo(status.equals("active"));
    }
}
