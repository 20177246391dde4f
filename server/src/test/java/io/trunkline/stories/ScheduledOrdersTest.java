package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Orders for a later time, and orders that are only tried. */
@Tag("database")
@Tag("neighbours")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScheduledOrdersTest {
    private static final String PATH = "/enterprise/orders";
    private static final String TRY = PATH + "?validate=true";
    /** The time of the organization's scheduled orders has come. */
    private static final String NOW = """
            UPDATE order_work SET due_at = now(), deadline = now() + interval '1 min'
            WHERE organization_id = ? AND step = 'start'""";

    private static final String KEPT = """
            SELECT (SELECT count(*) FROM orders WHERE organization_id = o.id)
                + (SELECT count(*) FROM order_work WHERE organization_id = o.id)
                + (SELECT count(*) FROM subscribers WHERE organization_id = o.id)
                + (SELECT count(*) FROM subscriptions WHERE organization_id = o.id)
                + (SELECT count(*) FROM deliveries WHERE organization_id = o.id)
                + (SELECT count(*) FROM events WHERE organization_id = o.id)
                + (SELECT count(*) FROM idempotency_keys WHERE organization_id = o.id) AS n
            FROM organizations o WHERE o.id = ?""";

    private static final String TRIED =
            "SELECT attempt FROM order_work WHERE organization_id = ? AND step = 'start' AND lease IS NULL";
    private static final String AWAY = "[{\"operation\": \"*\", \"fault\": \"error_500\", \"times\": 100000}]";

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
        world = server.world("scheduled-" + worlds.incrementAndGet()).stock(2);
        api = world.api();
    }

    private static String in(Duration time) {
        return Instant.now().plus(time).toString();
    }

    private static String at(String time) {
        return "\"requested_at\": \"" + time + "\"";
    }

    private String activation(String time) {
        return world.apiOrder().replaceFirst("\\{", "{" + at(time) + ", ");
    }

    private void itIsTime() {
        world.sql().update(NOW, world.organization());
    }

    private long kept() {
        return world.sql()
                .one(KEPT, row -> row.longInteger("n"), world.organization())
                .orElseThrow();
    }

    private JsonNode ended(JsonNode order, String status) {
        JsonNode ended = api.awaitOrder(PATH + "/" + text(order, "id")).json();
        assertThat(text(ended, "status")).as(ended.toString()).isEqualTo(status);
        return ended;
    }

    private JsonNode placed(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).stringValue("");
    }

    private List<String> pending() {
        return api.get(PATH + "?status=pending")
                .json()
                .path("_embedded")
                .path("orders")
                .valueStream()
                .map(order -> text(order, "id"))
                .toList();
    }

    @Test
    void anActivationWaitsForItsTimeAndReservesNothingUntilThen() {
        JsonNode order = placed(api.post(PATH, activation(in(Duration.ofDays(30)))));
        assertThat(pending()).containsExactly(text(order, "id"));
        assertThat(order.path("sim_profile").path("iccid").isNull()).isTrue();
        assertThat(order.path("phone_numbers").isEmpty()).isTrue();
        assertThat(Api.milestones(order)).containsExactly("accepted");
        itIsTime();
        JsonNode done = ended(order, "completed");
        assertThat(Api.milestones(done)).startsWith("accepted", "started", "reserved");
        assertThat(text(done, "requested_at")).isEqualTo(text(order, "requested_at"));
        assertThat(done.path("phone_numbers").size()).isEqualTo(1);
    }

    @Test
    void anOrderIsCanceledBeforeItStarts() {
        JsonNode order = placed(api.post(PATH, activation(in(Duration.ofDays(90).minusMinutes(5)))));
        Api.Answer canceled = api.call("DELETE", PATH + "/" + text(order, "id"), null);
        assertThat(canceled.status()).isEqualTo(200);
        assertThat(text(canceled.json(), "status")).isEqualTo("canceled");
        assertThat(pending()).isEmpty();
        assertThat(text(
                        api.get("/enterprise/subscriptions/" + text(order, "subscription_id"))
                                .json(),
                        "status"))
                .isEqualTo("terminated");
    }

    @Test
    void anOrderThatWaitsHoldsUpNoOtherOnItsLine() {
        Changing line = Changing.line(world, api);
        JsonNode later = placed(line.order("suspend_subscription", at(in(Duration.ofDays(2)))));
        JsonNode latest = placed(line.order("terminate_subscription", at(in(Duration.ofDays(3)))));
        line.completed(line.order("suspend_subscription", "\"reason\": \"temporary_leave\""));
        line.completed(line.order("resume_subscription", ""));
        assertThat(pending()).containsExactly(text(latest, "id"), text(later, "id"));
        api.call("DELETE", PATH + "/" + text(latest, "id"), null);
        itIsTime();
        ended(later, "completed");
        assertThat(line.status()).isEqualTo("suspended");
    }

    @Test
    void anOrderWhoseTimeComesWhileAnotherIsInFlightWaitsForIt() {
        Changing line = Changing.line(world, api);
        JsonNode later = placed(line.order("resume_subscription", at(in(Duration.ofDays(2)))));
        world.faults("hlr", AWAY);
        JsonNode first = placed(line.order("suspend_subscription", ""));
        itIsTime();
        Api.await(
                "it has been tried",
                () -> world.sql()
                                .one(TRIED, row -> row.integer("attempt"), world.organization())
                                .orElse(0)
                        > 0);
        assertThat(pending()).containsExactly(text(first, "id"), text(later, "id"));
        world.noFaults();
        ended(first, "completed");
        ended(later, "completed");
        assertThat(line.status()).isEqualTo("active");
    }

    @Test
    void whatNoLongerFitsAtItsTimeIsCanceledAndSaysWhy() {
        Changing line = Changing.line(world, api);
        JsonNode resume = placed(line.order("resume_subscription", at(in(Duration.ofHours(1)))));
        JsonNode activation = placed(api.post(PATH, activation(in(Duration.ofHours(1)))));
        world.sql()
                .update(
                        "UPDATE accounts SET status = 'closed' WHERE organization_id = ? AND id = ?",
                        world.organization(),
                        world.account());
        itIsTime();
        JsonNode refused = ended(resume, "canceled");
        assertThat(text(refused.path("cancel_reason"), "code")).isEqualTo("subscription_state_conflict");
        assertThat(text(refused.path("cancel_reason"), "detail")).contains("is active");
        assertThat(text(ended(activation, "canceled").path("cancel_reason"), "code"))
                .isEqualTo("no_longer_valid");
        assertThat(line.status()).isEqualTo("active");
    }

    @Test
    void aScheduledChangeOfProductsIsMadeAtItsTime() {
        Changing line = Changing.line(world, api);
        String addOn = world.addOn("later").text();
        JsonNode order =
                placed(line.order("change_products", "\"add\": [\"" + addOn + "\"], " + at(in(Duration.ofDays(1)))));
        itIsTime();
        JsonNode done = ended(order, "completed");
        assertThat(done.path("changes").path("add").path(0).stringValue("")).isEqualTo(addOn);
    }

    @ParameterizedTest
    @CsvSource({"-PT1M, range", "P91D, range"})
    void aTimeIsAheadAndNotTooFar(Duration ahead, String code) {
        Api.Answer answer = api.post(PATH, activation(in(ahead)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly("/requested_at " + code);
    }

    @ParameterizedTest
    @CsvSource({"tomorrow", "2030-01-01", "2030-02-30T00:00:00Z"})
    void whatIsNoTimeIsRefused(String time) {
        Api.Answer answer = api.post(PATH, activation(time));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly("/requested_at pattern");
    }

    @Test
    void anOrderThatIsTriedKeepsNothingNotEvenItsKey() {
        String body = world.apiOrder();
        long before = kept();
        Api.Answer tried = api.post(TRY, body, "Idempotency-Key", "tried");
        assertThat(tried.status()).as(tried.text()).isEqualTo(200);
        assertThat(kept()).isEqualTo(before);
        JsonNode preview = tried.json();
        assertThat(preview.path("subscription_id").isNull()).isTrue();
        assertThat(text(preview, "template_id")).isEqualTo(world.template().text());
        assertThat(text(preview.path("reserves").path("sim_profile").path("delivery"), "type"))
                .isEqualTo("api");
        assertThat(preview.path("reserves")
                        .path("phone_numbers")
                        .path(0)
                        .path("count")
                        .intValue())
                .isEqualTo(1);
        assertThat(text(preview.path("changes").path("status"), "to")).isEqualTo("active");
        Api.Answer placed = api.post(PATH, body, "Idempotency-Key", "tried");
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        assertThat(placed.header("Idempotency-Replayed")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "suspend_subscription | '\"reason\": \"lost_or_stolen\"' | suspended",
                "terminate_subscription | '' | terminated",
                "change_sim_profile | '\"sim_profile\": {\"sim_type\": \"esim\", \"delivery\": "
                        + "{\"type\": \"api\"}}' | active",
                "change_products | '\"services\": [{\"type\": \"data\", \"enabled\": false}]' | active"
            })
    void everyChangeCanBeTried(String type, String members, String status) {
        Changing line = Changing.line(world, api);
        long before = kept();
        String order = "{\"type\": \"%s\", \"account_id\": \"%s\", \"subscription_id\": \"%s\"%s}"
                .formatted(type, world.account(), line.id(), members.isEmpty() ? "" : ", " + members);
        Api.Answer tried = api.post(TRY, order);
        assertThat(tried.status()).as(tried.text()).isEqualTo(200);
        assertThat(text(tried.json().path("changes").path("status"), "from")).isEqualTo("active");
        assertThat(text(tried.json().path("changes").path("status"), "to")).isEqualTo(status);
        assertThat(text(tried.json(), "subscription_id")).isEqualTo(line.id());
        assertThat(line.status()).isEqualTo("active");
        assertThat(kept()).isEqualTo(before);
    }

    @Test
    void anOrderThatIsTriedIsRefusedAsTheOrderItselfWouldBe() {
        Changing line = Changing.line(world, api);
        String resume = "{\"type\": \"resume_subscription\", \"account_id\": \"%s\", \"subscription_id\": \"%s\"}"
                .formatted(world.account(), line.id());
        Api.Answer conflict = api.post(TRY, resume);
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.code()).isEqualTo("subscription_state_conflict");
        Api.Answer invalid = api.post(TRY, "{\"type\": \"activate_subscription\"}");
        assertThat(invalid.violations())
                .isEqualTo(
                        api.post(PATH, "{\"type\": \"activate_subscription\"}").violations());
        assertThat(api.post(PATH + "?validate=maybe", resume).violations()).containsExactly("validate not_allowed");
    }
}
