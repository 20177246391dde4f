package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.OrderId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Everything is killed at once in the middle of 100 concurrent orders and a batch of more, and started again: nothing
 * that was accepted is lost, nothing is done twice. {@code -Dtrunkline.test.kill-rounds=50} for more rounds.
 */
class KillTest {
    private static final int ROUNDS = Integer.getInteger("trunkline.test.kill-rounds", 1);
    private static final int ORDERS = 100;
    private static final int BATCH = 40;
    private static final long SEED = Long.getLong("trunkline.test.seed", System.nanoTime());

    /** Accepted orders: the id that the first 201 told, by key. */
    private final Map<String, String> accepted = new ConcurrentHashMap<>();

    @Test
    void whatWasAcceptedCompletesOnceThoughEverythingIsKilled() throws Exception {
        var random = new Random(SEED);
        try (BoxProcess box = BoxProcess.create().up();
                BoxClient client = new BoxClient(box)) {
            String account = client.firstAccount();
            for (int round = 0; round < ROUNDS; round++) {
                killInTheMiddle(box, client, account, "r" + round + "-", random);
                box.up();
                client.renew();
                repeatUnanswered(client, account, "r" + round + "-");
            }
            List<JsonNode> orders = awaitCompletion(client);
            nothingTwice(client, orders);
            eachMailOnceOrCounted(box, client);
        }
    }

    private void killInTheMiddle(BoxProcess box, BoxClient client, String account, String prefix, Random random) {
        int before = accepted.size();
        int killAfter = 1 + random.nextInt(ORDERS - 1);
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ORDERS; i++) {
                String key = prefix + i;
                people.execute(() -> keep(key, client.order(account, key, address(key))));
            }
            people.execute(() -> client.batch(batch(account, prefix), prefix));
            BoxProcess.await("orders under way", () -> accepted.size() - before >= killAfter);
            // Some are accepted, some reserved, some at the SM-DP+, some released, some mailed.
            LockSupport.parkNanos(random.nextLong(600_000_000));
            box.killAll();
        }
    }

    private void keep(String key, BoxClient.Answer answer) {
        if (answer.status() == 201) {
            String id = answer.json().path("id").stringValue();
            assertThat(accepted.merge(key, id, (first, again) -> first.equals(again) ? first : first + " and " + again))
                    .as("one key makes one order, seed %d", SEED)
                    .isEqualTo(id);
        }
    }

    private void repeatUnanswered(BoxClient client, String account, String prefix) {
        for (int i = 0; i < ORDERS; i++) {
            String key = prefix + i;
            BoxProcess.await("an answer for " + key, () -> {
                BoxClient.Answer answer = client.order(account, key, address(key));
                keep(key, answer);
                return answer.status() == 201;
            });
        }
        String body = batch(account, prefix);
        BoxProcess.await("an answer for the batch of " + prefix, () -> {
            BoxClient.Answer answer = client.batch(body, prefix);
            return answer.status() == 201;
        });
        String batch = client.batch(body, prefix).json().path("id").stringValue();
        JsonNode rows = client.get("/enterprise/orders/batches/" + batch + "/rows?limit=100")
                .json()
                .path("_embedded")
                .path("rows");
        assertThat(rows).hasSize(BATCH);
        for (JsonNode row : rows) {
            String key = prefix + "b" + row.path("row").intValue();
            assertThat(accepted.put(key, row.path("order_id").stringValue())).isNull();
        }
    }

    private static String batch(String account, String prefix) {
        return IntStream.range(0, BATCH)
                .mapToObj(row -> BoxClient.activation(account, address(prefix + "b" + row)))
                .collect(Collectors.joining(",", "{\"orders\": [", "]}"));
    }

    private List<JsonNode> awaitCompletion(BoxClient client) {
        var orders = new ArrayList<JsonNode>();
        for (String id : accepted.values()) {
            BoxProcess.await("completion of " + id, () -> {
                BoxClient.Answer answer = client.get("/enterprise/orders/" + id);
                if (answer.status() == 401) {
                    client.renew();
                }
                boolean done = answer.status() == 200
                        && answer.json()
                                .path("sim_profile")
                                .path("delivery")
                                .path("state")
                                .stringValue("")
                                .equals("sent");
                if (done) {
                    orders.add(answer.json());
                }
                return done;
            });
        }
        assertThat(orders).hasSize((ORDERS + BATCH) * ROUNDS);
        assertThat(orders)
                .as("seed %d", SEED)
                .allSatisfy(
                        order -> assertThat(order.path("status").stringValue()).isEqualTo("completed"));
        return orders;
    }

    private static void nothingTwice(BoxClient client, List<JsonNode> orders) {
        client.expectOwnProfiles(orders);
        var numbers = new HashSet<String>();
        for (JsonNode order : orders) {
            for (JsonNode number : order.path("phone_numbers")) {
                assertThat(numbers.add(number.path("msisdn").stringValue()))
                        .as("number %s given out twice", number)
                        .isTrue();
            }
        }
        assertThat(numbers).hasSize(orders.size());
        JsonNode waiting =
                client.network("/smdp/profiles?state=Allocated&limit=1000").path("profiles");
        assertThat(waiting.size()).as("no profile is left half ordered").isZero();
    }

    private void eachMailOnceOrCounted(BoxProcess box, BoxClient client) throws SQLException {
        Map<String, Integer> repeats = repeats(box);
        for (Map.Entry<String, String> order : accepted.entrySet()) {
            int arrived = client.network("/mailbox/messages?to=" + address(order.getKey()))
                    .path("messages")
                    .size();
            assertThat(arrived)
                    .as("mails of %s, seed %d", order.getValue(), SEED)
                    .isBetween(1, 1 + repeats.getOrDefault(order.getValue(), 0));
        }
    }

    /** How often each order's mail was sent again because its outcome was unknown. */
    private static Map<String, Integer> repeats(BoxProcess box) throws SQLException {
        try (Books books = Books.of(box)) {
            return books.rows("SELECT order_id, repeats FROM deliveries").stream()
                    .collect(Collectors.toMap(
                            row -> new OrderId(UUID.fromString(row.getFirst())).text(),
                            row -> Integer.valueOf(row.get(1))));
        }
    }

    private static String address(String key) {
        return key + "@kill.example";
    }
}
