package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Orders that are sent together. */
@Tag("database")
@Tag("neighbours")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchesTest {
    private static final String PATH = "/enterprise/orders/batches";
    private static final String ORDERS = "SELECT count(*) AS n FROM orders WHERE organization_id = ?";

    /** {@code -Dtrunkline.test.batch=1000} for the largest there is. */
    private static final int MANY = Integer.getInteger("trunkline.test.batch", 240);

    private static final int SINGLES = 6;

    private final AtomicInteger worlds = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;

    @BeforeAll
    void take(RunningServer running) {
        server = running;
    }

    @BeforeEach
    void prepare() {
        world = server.world("batches-" + worlds.incrementAndGet()).stock(12);
        api = world.api();
    }

    private String batch(int count, IntPredicate wrong) {
        return IntStream.range(0, count)
                .mapToObj(i -> wrong.test(i) ? world.apiOrder().replace("ada@example.com", "nobody") : world.apiOrder())
                .collect(Collectors.joining(", ", "{\"orders\": [", "]}"));
    }

    /** With an account that nobody has: what the description cannot know. */
    private String strange(int count, IntPredicate wrong) {
        return IntStream.range(0, count)
                .mapToObj(i -> wrong.test(i)
                        ? world.apiOrder().replace(world.account().text(), "acc_01HTQ8VBN4DEJP5S8BPV4657VG")
                        : world.apiOrder())
                .collect(Collectors.joining(", ", "{\"orders\": [", "]}"));
    }

    private static String orders(String... orders) {
        return "{\"orders\": [" + String.join(",", orders) + "]}";
    }

    private long orders() {
        return world.sql()
                .one(ORDERS, row -> row.longInteger("n"), world.organization())
                .orElseThrow();
    }

    private JsonNode done(Api.Answer placed) {
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return api.await(
                        placed.link("self"),
                        answer -> answer.json().path("status").stringValue("").equals("done"))
                .json();
    }

    @Test
    void aThousandWithThirtyMistakesReportExactlyThose() {
        Api.Answer refused = api.post(PATH, batch(1_000, i -> i % 33 == 7 && i < 997));
        assertThat(refused.status()).isEqualTo(400);
        List<String> expected = IntStream.range(0, 997)
                .filter(i -> i % 33 == 7)
                .mapToObj(i -> "/orders/" + i + "/subscriber/email pattern")
                .toList();
        assertThat(expected).hasSize(30);
        assertThat(refused.violations()).containsExactlyElementsOf(expected);
        assertThat(orders()).isZero();
    }

    @Test
    void eachOrderHasItsOwnFateAndTheRowsTellIt() {
        Api.Answer placed = api.post(PATH, batch(12, _ -> false), "Idempotency-Key", "twelve");
        JsonNode batch = done(placed);
        assertThat(batch.path("completed").intValue()).isEqualTo(12);
        List<JsonNode> rows = Lists.all(api, placed.link("rows") + "?limit=5");
        assertThat(rows.stream().map(row -> row.path("row").intValue()))
                .containsExactlyElementsOf(IntStream.range(0, 12).boxed().toList());
        assertThat(rows).allMatch(row -> row.path("status").stringValue("").equals("completed"));
        assertThat(api.post(PATH, batch(12, _ -> false), "Idempotency-Key", "twelve")
                        .header("Idempotency-Replayed"))
                .isEqualTo("true");
        assertThat(orders()).isEqualTo(12);
    }

    @Test
    void partialStartsTheGoodOnes() {
        Api.Answer placed = api.post(PATH + "?partial=true", strange(4, i -> i == 2));
        JsonNode batch = done(placed);
        assertThat(batch.path("completed").intValue()).isEqualTo(3);
        assertThat(batch.path("refused").intValue()).isEqualTo(1);
        JsonNode row = Lists.all(api, placed.link("rows") + "?status=refused").getFirst();
        assertThat(row.path("row").intValue()).isEqualTo(2);
        assertThat(Lists.all(api, placed.link("rows") + "?status=completed")).hasSize(3);
        assertThat(row.path("order_id").isNull()).isTrue();
        assertThat(row.path("errors").path(0).path("pointer").stringValue("")).isEqualTo("/orders/2/account_id");
    }

    @Test
    void aBatchIsCanceled() {
        world.faults("smdp", """
                [{"operation": "downloadOrder", "fault": "error_500", "times": 100000}]""");
        Api.Answer placed = api.post(PATH, batch(3, _ -> false));
        Api.Answer canceled = api.call("DELETE", placed.link("cancel"), null);
        world.noFaults();
        assertThat(canceled.status()).as(canceled.text()).isEqualTo(200);
        assertThat(canceled.json().path("canceled").intValue()).isEqualTo(3);
        assertThat(Lists.all(api, PATH)).hasSize(1);
    }

    @Test
    void moreOrdersNeedNoMoreStatements() {
        var counts = new ArrayList<Integer>();
        for (int size : List.of(1, 10)) {
            Database database = server.bean(Database.class);
            long before = database.requestStatements();
            assertThat(api.post(PATH, batch(size, _ -> false)).status()).isEqualTo(201);
            counts.add((int) (database.requestStatements() - before));
        }
        assertThat(counts.getFirst()).isEqualTo(counts.getLast());
    }

    @Test
    void aTableIsAsGoodAsJson() {
        String table = """
                type,account_id,first_name,last_name,email,delivery,to
                activate_subscription,%1$s,Ada,Lovelace,ada@example.com,email,ada@example.com
                activate_subscription,%1$s,"Grace
                B.",Hopper,grace@example.com,api,
                """.formatted(world.account());
        JsonNode mistakes = api.call(
                        "POST", PATH, table.replace("grace@", "grace"), "Content-Type", "text/csv", "Accept", "*/*")
                .json();
        assertThat(mistakes.path("errors")).hasSize(2);
        assertThat(mistakes.path("errors").get(0).path("pointer").stringValue(""))
                .isEqualTo("/orders/1/subscriber/first_name");
        assertThat(mistakes.path("errors").get(1).path("detail").stringValue(""))
                .endsWith("(line 3)");
        Api.Answer placed = api.call("POST", PATH, table.replace("\nB.", " B."), "Content-Type", "text/csv");
        assertThat(done(placed).path("completed").intValue()).isEqualTo(2);
        Api.Answer broken = api.call("POST", PATH, "type;account_id\n", "Content-Type", "text/csv");
        assertThat(broken.json().path("code").stringValue("")).isEqualTo("malformed_csv");
    }

    @Test
    void aBatchThatIsOnlyTriedTellsEverythingAndLeavesNothing() {
        Api.Answer good = api.post(PATH + "?validate=true", batch(3, _ -> false), "Idempotency-Key", "tried");
        assertThat(good.status()).as(good.text()).isEqualTo(200);
        assertThat(good.json().path("accepted").intValue()).isEqualTo(3);
        Api.Answer some = api.post(PATH + "?validate=true&partial=true", strange(3, i -> i == 1));
        assertThat(some.json().path("accepted").intValue()).isEqualTo(2);
        assertThat(some.json().path("errors").get(0).path("pointer").stringValue(""))
                .isEqualTo("/orders/1/account_id");
        assertThat(api.post(PATH + "?validate=true", batch(3, i -> i == 1)).status())
                .isEqualTo(400);
        assertThat(orders()).isZero();
        assertThat(Lists.all(api, PATH)).isEmpty();
    }

    @Test
    void ordersOnOneLineAreToldApart() {
        JsonNode first = done(api.post(PATH, batch(1, _ -> false)));
        String line = api.get(Lists.all(api, PATH + "/" + first.path("id").stringValue() + "/rows")
                        .getFirst()
                        .path("_links")
                        .path("order")
                        .path("href")
                        .stringValue())
                .json()
                .path("subscription_id")
                .stringValue();
        String suspend = "{\"type\": \"suspend_subscription\", \"account_id\": \"%s\", \"subscription_id\": \"%s\"}"
                .formatted(world.account(), line);
        Api.Answer refused = api.post(PATH, orders(suspend, suspend, world.apiOrder()));
        assertThat(refused.violations()).containsExactly("/orders/1/subscription_id repeated");
        String resume = suspend.replace("suspend", "resume");
        assertThat(api.post(PATH, orders(resume)).violations()).containsExactly("/orders/0/subscription_id state");
        JsonNode suspended = done(api.post(PATH, orders(suspend)));
        assertThat(suspended.path("completed").intValue()).isEqualTo(1);
    }

    /** Of a line of single orders none waits for more of the batch than what was under way. */
    @Test
    void manyCompleteAndSingleOnesDoNotWaitForThem() {
        world.stock(MANY + SINGLES);
        Api.Answer placed = api.post(PATH, batch(MANY, _ -> false));
        var singles = new ArrayList<JsonNode>();
        for (int i = 0; i < SINGLES; i++) {
            String link = api.post("/enterprise/orders", world.apiOrder()).link("self");
            singles.add(api.awaitOrder(link).json());
        }
        assertThat(done(placed).path("completed").intValue()).isEqualTo(MANY);
        List<Instant> completed = Lists.all(api, placed.link("rows") + "?limit=100").stream()
                .map(row -> api.get(
                                row.path("_links").path("order").path("href").stringValue())
                        .json())
                .map(order -> at(order, "completed"))
                .toList();
        assertThat(completed).hasSize(MANY);
        for (JsonNode single : singles) {
            assertThat(completed.stream()
                            .filter(at(single, "accepted")::isBefore)
                            .filter(at(single, "completed")::isAfter)
                            .count())
                    .isLessThan(MANY / 4);
        }
    }

    private static Instant at(JsonNode order, String milestone) {
        return order.path("milestones")
                .valueStream()
                .filter(one -> one.path("name").stringValue("").equals(milestone))
                .map(one -> Instant.parse(one.path("at").stringValue()))
                .findFirst()
                .orElseThrow();
    }
}
