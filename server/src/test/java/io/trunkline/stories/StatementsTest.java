package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.ids.SubscriptionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many statements each operation runs, whatever the number of rows. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatementsTest {
    private static final String ALL = "transclude=\"subscriber;account;sim_profile;phone_numbers;services\"";

    /** With everything embedded. */
    private static final String UNANSWERED = """
            [{"operation": "downloadOrder", "fault": "error_500", "times": 100000}]""";

    private static final Map<String, Integer> STATEMENTS = Map.ofEntries(
            Map.entry("DELETE /enterprise/orders/batches/{id}", 3),
            Map.entry("DELETE /enterprise/orders/{id}", 5),
            Map.entry("DELETE /enterprise/sms/{id}", 9),
            Map.entry("GET /enterprise", 0),
            Map.entry("GET /enterprise/accounts", 1),
            Map.entry("GET /enterprise/accounts/{id}", 1),
            Map.entry("GET /enterprise/order-templates", 1),
            Map.entry("GET /enterprise/order-templates/{id}", 1),
            Map.entry("GET /enterprise/orders", 4),
            Map.entry("GET /enterprise/orders/batches", 1),
            Map.entry("GET /enterprise/orders/batches/{id}", 1),
            Map.entry("GET /enterprise/orders/batches/{id}/rows", 2),
            Map.entry("GET /enterprise/orders/{id}", 4),
            Map.entry("GET /enterprise/product-offerings", 1),
            Map.entry("GET /enterprise/product-offerings/{id}", 1),
            Map.entry("GET /enterprise/products", 2),
            Map.entry("GET /enterprise/products/{id}", 2),
            Map.entry("GET /enterprise/sms", 2),
            Map.entry("GET /enterprise/sms/inbound", 2),
            Map.entry("GET /enterprise/sms/opt-outs", 1),
            Map.entry("GET /enterprise/sms/{id}", 2),
            Map.entry("GET /enterprise/sms/{id}/recipients", 2),
            Map.entry("GET /enterprise/subscribers", 1),
            Map.entry("GET /enterprise/subscribers/{id}", 1),
            Map.entry("GET /enterprise/subscriptions", 6),
            Map.entry("GET /enterprise/subscriptions/{id}", 6),
            Map.entry("GET /enterprise/subscriptions/{id}/balances", 2),
            Map.entry("GET /enterprise/subscriptions/{id}/phone-numbers", 2),
            Map.entry("GET /enterprise/subscriptions/{id}/services", 2),
            Map.entry("GET /enterprise/subscriptions/{id}/sim-profile", 2),
            Map.entry("GET /enterprise/subscriptions/{id}/sim-profile/deliveries", 3),
            Map.entry("GET /enterprise/subscriptions/{id}/sim-profile/previous", 3),
            Map.entry("GET /enterprise/subscriptions/{id}/sim-profile/qr-code", 3),
            Map.entry("DELETE /enterprise/usage/exports/{id}", 3),
            Map.entry("GET /enterprise/usage/exports", 1),
            Map.entry("GET /enterprise/usage/exports/{id}", 1),
            Map.entry("GET /enterprise/usage/exports/{id}/download", 3),
            Map.entry("GET /enterprise/usage/items", 1),
            Map.entry("GET /enterprise/usage/items/{id}", 1),
            Map.entry("GET /enterprise/usage/summary", 1),
            Map.entry("PATCH /enterprise/subscribers/{id}", 5),
            Map.entry("POST /enterprise/messages", 7),
            Map.entry("POST /enterprise/orders", 12),
            Map.entry("POST /enterprise/orders/batches", 14),
            Map.entry("POST /enterprise/sms", 7),
            Map.entry("POST /enterprise/subscriptions/{id}/sim-profile/deliveries", 8),
            Map.entry("POST /enterprise/usage/exports", 4));

    private RunningServer server;
    private World world;
    private Api api;
    private Operations operations;
    private String sender = "";

    @BeforeAll
    void prepare(RunningServer running) {
        server = running;
        world = server.world("statements").stock(6);
        api = world.api();
        new Population(world, 3).grow(150);
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder("a@costs.example", "b@costs.example"));
        api.awaitOrder(placed.link("self"));
        Changing.newSimFor(world, api, placed.json().path("subscription_id").stringValue());
        deliveredOften(placed.json().path("subscription_id").stringValue());
        sender = Texting.numberOf(api, placed.json().path("subscription_id").stringValue());
        String toMany =
                Lists.ids(Lists.rows(api.get("/enterprise/sms?limit=1"))).getFirst();
        String largeBatch = Lists.ids(Lists.rows(api.get("/enterprise/orders/batches?limit=1")))
                .getFirst();
        String export = Lists.ids(Lists.rows(api.get("/enterprise/usage/exports?limit=1")))
                .getFirst();
        operations = new Operations(api)
                .with("/enterprise/sms", toMany)
                .with("/enterprise/usage/exports", export)
                .with("/enterprise/orders/batches", largeBatch)
                .with(
                        "/enterprise/subscriptions",
                        placed.json().path("subscription_id").stringValue());
    }

    /** As if the code of its newest profile had been delivered a hundred times. */
    private void deliveredOften(String line) {
        String again = """
                INSERT INTO deliveries (organization_id, id, order_id, subscription_id, subscriber_id, type, state,
                    message_id, created_at, updated_at)
                SELECT organization_id, gen_random_uuid(), order_id, subscription_id, subscriber_id, 'api', 'sent',
                    'again-' || n, created_at, updated_at
                FROM (SELECT * FROM deliveries WHERE subscription_id = ? ORDER BY id DESC LIMIT 1) d,
                    generate_series(1, 150) n""";
        server.bean(Database.class)
                .owner()
                .update(again, SubscriptionId.parse(line).orElseThrow());
    }

    private int count(Supplier<Api.Answer> request) {
        Database database = server.bean(Database.class);
        long before = database.requestStatements();
        Api.Answer answer = request.get();
        int statements = (int) (database.requestStatements() - before);
        assertThat(answer.status()).as(answer.text()).isBetween(200, 202);
        return statements;
    }

    private int count(Operations.Operation operation) {
        String path = operations.sample(operation);
        return switch (operation.toString()) {
            case "PATCH /enterprise/subscribers/{id}" ->
                count(() -> api.call("PATCH", path, "{\"group\": \"Costs\", \"employee_id\": null}"));
            case "POST /enterprise/orders" ->
                count(() -> api.post(path, world.sampleOrder("c@costs.example", "d@costs.example")));
            case "POST /enterprise/orders/batches" -> count(() -> api.post(path, batch()));
            case "DELETE /enterprise/orders/batches/{id}" -> {
                world.faults("smdp", UNANSWERED);
                Api.Answer placed = api.post("/enterprise/orders/batches", batch());
                yield count(() -> api.call("DELETE", placed.link("cancel"), null));
            }
            case "POST /enterprise/sms", "POST /enterprise/messages" -> count(() -> api.post(path, text("")));
            case "DELETE /enterprise/sms/{id}" -> {
                String later = "\"send_at\": \"" + Instant.now().plusSeconds(3_600) + "\", ";
                String id = api.post("/enterprise/sms", text(later))
                        .json()
                        .path("sms_id")
                        .stringValue();
                yield count(() -> api.call("DELETE", "/enterprise/sms/" + id, null));
            }
            case "POST /enterprise/subscriptions/{id}/sim-profile/deliveries" ->
                count(() -> api.post(path, "{\"type\": \"api\"}"));
            case "POST /enterprise/usage/exports" -> count(() -> api.post(path, "{\"format\": \"csv\"}"));
            case "DELETE /enterprise/usage/exports/{id}" -> {
                String link = api.post("/enterprise/usage/exports", "{\"format\": \"csv\"}")
                        .link("self");
                api.await(link, answer -> !answer.link("download").isEmpty());
                yield count(() -> api.call("DELETE", link, null));
            }
            case "DELETE /enterprise/orders/{id}" -> {
                world.faults("smdp", UNANSWERED);
                Api.Answer placed = api.post("/enterprise/orders", world.apiOrder());
                yield count(() -> api.call("DELETE", placed.link("cancel"), null));
            }
            default -> {
                assertThat(operation.reads())
                        .as("say here what %s is sent, so that its statements can be counted", operation)
                        .isTrue();
                yield count(() -> api.get(path, "Prefer", ALL));
            }
        };
    }

    private String batch() {
        return "{\"orders\": [" + world.apiOrder() + "]}";
    }

    /** From the line that was ordered. */
    private String text(String more) {
        return "{%s\"from\": \"%s\", \"to\": [\"447911000001\", \"447911000002\"], \"text\": \"Hello\"}"
                .formatted(more, sender);
    }

    @Test
    void everyOperationRunsAsManyStatementsAsIsWrittenHere() {
        var counted = new TreeMap<String, Integer>();
        operations.all().forEach(operation -> counted.put(operation.toString(), count(operation)));
        assertThat(counted)
                .as("an operation is new, or runs other statements than before: make it cheap, then write it down")
                .containsExactlyInAnyOrderEntriesOf(STATEMENTS);
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    @Test
    void aPageOfAHundredCostsAsManyStatementsAsAPageOfOne() {
        var dearer = new ArrayList<String>();
        List<Operations.Operation> lists = operations.reads().stream()
                .filter(operation -> !operation.ofOne())
                .toList();
        assertThat(lists).hasSizeGreaterThan(6);
        for (Operations.Operation list : lists) {
            String path = operations.sample(list);
            String all = list.path().endsWith("/summary") ? "&group-by=day,type,cost-type,country,subscription" : "";
            Api.Answer page = api.get(path + "?limit=100" + all, "Prefer", ALL);
            assertThat(Lists.rows(page).size())
                    .as("let Population fill %s", list.path())
                    .isGreaterThan(90);
            int one = count(() -> api.get(path + "?limit=1" + all, "Prefer", ALL));
            int hundred = count(() -> api.get(path + "?limit=100" + all, "Prefer", ALL));
            int inTheMiddle = count(() -> api.get(page.link("next"), "Prefer", ALL));
            if (one != hundred || one != inTheMiddle) {
                dearer.add(list + ": " + one + ", " + hundred + ", " + inTheMiddle);
            }
        }
        assertThat(dearer).isEmpty();
    }
}
