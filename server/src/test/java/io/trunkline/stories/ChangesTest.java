package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Orders on a subscription: what each makes of the line, here and in the network, and what forbids it. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangesTest {
    private static final String PATH = "/enterprise/orders";
    private static final String ORDER = """
            {"type": "%s", "account_id": "%s", "subscription_id": "%s"%s}""";
    private static final String AWAY = """
            [{"operation": "*", "fault": "error_500", "times": 100000}]""";
    private static final String REFUSED = """
            [{"operation": "*", "fault": "refuse", "code": "Value failed verification.", "times": %d}]""";
    private static final String DROPPED = """
            [{"operation": "*", "fault": "drop_after", "times": 100000}]""";
    private static final String EVENTS = """
            SELECT type FROM events WHERE organization_id = ? AND subject = ? ORDER BY id""";

    private final AtomicInteger worlds = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;
    private Ledger ledger;
    private Crashes crashes;
    private JsonNode line;

    @BeforeAll
    void start() {
        server = RunningServer.start(Map.of(
                "trunkline.orders.lease", "400ms",
                "trunkline.orders.poll", "50ms",
                "trunkline.orders.circuit-failures", "1000",
                "trunkline.hlr.command-timeout", "2s"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void activate() {
        world = server.world("changes-" + worlds.incrementAndGet()).stock(2);
        api = world.api();
        ledger = new Ledger(world);
        crashes = new Crashes(world);
        line = ended(api.post(PATH, world.apiOrder()), "completed");
    }

    @AfterEach
    void behave() {
        world.noFaults();
        crashes.stop();
    }

    private String text(JsonNode node, String field) {
        return node.path(field).stringValue("");
    }

    private String body(String type, String more) {
        return ORDER.formatted(type, text(line, "account_id"), text(line, "subscription_id"), more);
    }

    private Api.Answer order(String type) {
        return api.post(PATH, body(type, ""));
    }

    private JsonNode ended(Api.Answer placed, String status) {
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        assertThat(text(order, "status")).as(order.toString()).isEqualTo(status);
        return order;
    }

    private String state() {
        return text(
                api.get("/enterprise/subscriptions/" + text(line, "subscription_id"))
                        .json(),
                "status");
    }

    private String number() {
        return text(line.path("phone_numbers").path(0), "msisdn");
    }

    /** Whether voice and SMS, and data, are on; {@code none} where the HLR does not know the number. */
    private String network() {
        JsonNode found = Api.JSON
                .readTree(world.control("GET", "/hlr/subscribers?msisdn=" + number(), null))
                .path("subscribers")
                .path(0);
        return found.isMissingNode()
                ? "none"
                : (found.path("cs_enabled").booleanValue() ? "cs" : "--")
                        + (found.path("ps_enabled").booleanValue() ? " ps" : " --");
    }

    private List<String> milestones(JsonNode order) {
        return Api.milestones(api.get(PATH + "/" + text(order, "id")).json());
    }

    private String numberState() {
        return world.sql()
                .one("SELECT state FROM number_stock WHERE msisdn = ?", row -> row.text("state"), number())
                .orElse("gone");
    }

    private List<String> events() {
        return world.sql()
                .list(
                        EVENTS,
                        row -> row.text("type"),
                        world.organization(),
                        "subscription/" + text(line, "subscription_id"));
    }

    @Test
    void aLineIsSuspendedResumedAndTerminated() {
        assertThat(network()).isEqualTo("cs ps");

        JsonNode suspended =
                ended(api.post(PATH, body("suspend_subscription", ", \"reason\": \"investigation\"")), "completed");
        assertThat(text(suspended, "reason")).isEqualTo("investigation");
        assertThat(suspended.path("sim_profile").path("delivery").isNull()).isTrue();
        assertThat(text(suspended.path("sim_profile"), "iccid")).isEqualTo(text(line.path("sim_profile"), "iccid"));
        assertThat(suspended.path("phone_numbers")).isEqualTo(line.path("phone_numbers"));
        assertThat(milestones(suspended)).containsExactly("accepted", "line_barred", "completed");
        assertThat(state()).isEqualTo("suspended");
        assertThat(network()).isEqualTo("-- --");

        assertThat(milestones(ended(order("resume_subscription"), "completed")))
                .containsExactly("accepted", "line_restored", "completed");
        assertThat(state()).isEqualTo("active");
        assertThat(network()).isEqualTo("cs ps");

        JsonNode terminated = ended(
                api.post(PATH, body("terminate_subscription", ", \"reason\": \"left_organization\"")), "completed");
        ledger.settle();
        assertThat(milestones(terminated))
                .containsExactly("accepted", "line_removed", "completed", "profile_withdrawn");
        JsonNode subscription = api.get("/enterprise/subscriptions/" + text(line, "subscription_id"))
                .json();
        assertThat(text(subscription, "status")).isEqualTo("terminated");
        assertThat(subscription.path("terminated_at").isNull()).isFalse();
        assertThat(network()).isEqualTo("none");
        assertThat(numberState()).isEqualTo("quarantined");
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L), Map.entry("retired", 1L));
        String iccid = text(line.path("sim_profile"), "iccid");
        assertThat(text(ledger.smdp(iccid), "state")).isNotEqualTo("Released");
        assertThat(api.get("/enterprise/products?status=active&subscription_id=" + text(line, "subscription_id"))
                        .json()
                        .path("_embedded")
                        .path("products"))
                .isEmpty();
        assertThat(events())
                .containsExactly(
                        "subscription.activated",
                        "subscription.suspended",
                        "subscription.resumed",
                        "subscription.terminated");
    }

    @ParameterizedTest
    @CsvSource({
        "active, resume_subscription",
        "suspended, suspend_subscription",
        "terminated, suspend_subscription",
        "terminated, resume_subscription",
        "terminated, terminate_subscription"
    })
    void inAnotherStateItIsRefusedTellingTheState(String state, String type) {
        switch (state) {
            case "suspended" -> ended(order("suspend_subscription"), "completed");
            case "terminated" -> ended(order("terminate_subscription"), "completed");
            default -> assertThat(state).isEqualTo(state());
        }
        Api.Answer refused = order(type);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("subscription_state_conflict");
        assertThat(text(refused.json(), "detail")).contains(state);
        assertThat(refused.link("subscription")).endsWith(text(line, "subscription_id"));
        assertThat(state()).isEqualTo(state);
    }

    @Test
    void whatIsWrongWithARequestIsToldAllAtOnce() {
        Api.Answer refused = api.post(PATH, """
                {"type": "suspend_subscription", "account_id": "%s", "subscription_id": "sub_%s",
                 "reason": "bored", "sim_profile": {}}""".formatted(world.secondAccount(), "0".repeat(26)));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.violations())
                .containsExactlyInAnyOrder("/reason not_allowed", "/sim_profile unknown", "/subscription_id not_found");
        String mine = text(line, "account_id");
        Api.Answer other = api.post(
                PATH,
                body("resume_subscription", "")
                        .replace(mine, world.secondAccount().text()));
        assertThat(other.violations()).containsExactly("/account_id mismatch");
    }

    @Test
    void aSecondOrderIsLedToTheFirstAndTheFirstCanBeCanceled() {
        world.faults("hlr", AWAY);
        Api.Answer first = order("suspend_subscription");
        Api.Answer second = order("terminate_subscription");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("order_in_flight");
        assertThat(second.link("order")).isEqualTo(first.link("self"));
        assertThat(api.get(second.link("order")).link("cancel")).isEqualTo(first.link("self"));

        Api.Answer canceled = api.call("DELETE", first.link("cancel"), null);
        assertThat(canceled.status()).isEqualTo(200);
        assertThat(text(canceled.json(), "status")).isEqualTo("canceled");
        assertThat(text(canceled.json().path("cancel_reason"), "code")).isEqualTo("requested");
        assertThat(canceled.link("cancel")).isEmpty();
        assertThat(api.call("DELETE", first.link("self"), null).text()).isEqualTo(canceled.text());
        world.noFaults();
        ledger.settle();
        assertThat(state()).isEqualTo("active");
        assertThat(network()).isEqualTo("cs ps");
        ended(order("terminate_subscription"), "completed");
    }

    @Test
    void ofOrdersThatArePlacedAtTheSameMomentOneIsTaken() throws Exception {
        world.faults("hlr", AWAY);
        var placed = new ArrayList<Future<Api.Answer>>();
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 12; i++) {
                String type = i % 2 == 0 ? "suspend_subscription" : "terminate_subscription";
                placed.add(people.submit(() -> order(type)));
            }
        }
        var taken = new ArrayList<String>();
        var led = new HashSet<String>();
        for (Future<Api.Answer> one : placed) {
            Api.Answer answer = one.get();
            if (answer.status() == 201) {
                taken.add(answer.link("self"));
            } else {
                assertThat(answer.code()).as(answer.text()).isEqualTo("order_in_flight");
                led.add(answer.link("order"));
            }
        }
        assertThat(taken).hasSize(1);
        assertThat(led).containsExactly(taken.getFirst());
        api.call("DELETE", taken.getFirst(), null);
        world.noFaults();
        ledger.settle();
        assertThat(network()).isEqualTo("cs ps");
    }

    @Test
    void aCompletedOrderCannotBeCanceled() {
        Api.Answer refused = api.call("DELETE", PATH + "/" + text(line, "id"), null);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("order_not_cancelable");
        assertThat(state()).isEqualTo("active");
    }

    @Test
    void aCanceledActivationGivesBackWhatItHadReserved() {
        world.faults("smdp", AWAY);
        Api.Answer placed = api.post(PATH, world.apiOrder());
        api.await(
                placed.link("self"),
                answer -> !answer.json().path("sim_profile").path("iccid").isNull());
        Api.Answer canceled = api.call("DELETE", placed.link("cancel"), null);
        assertThat(text(canceled.json(), "status")).isEqualTo("canceled");
        world.noFaults();
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L), Map.entry("in_use", 1L));
    }

    @Test
    void aLostPhoneDoesNotWaitForAnotherOrder() {
        ended(order("suspend_subscription"), "completed");
        world.faults("hlr", AWAY);
        Api.Answer resume = order("resume_subscription");
        // It is suspended as it is: the urgent one is refused for the state, after the other has given way.
        Api.Answer lost = api.post(PATH, body("suspend_subscription", ", \"reason\": \"lost_or_stolen\""));
        assertThat(lost.code()).isEqualTo("subscription_state_conflict");
        JsonNode gone = api.get(resume.link("self")).json();
        assertThat(text(gone, "status")).isEqualTo("canceled");
        assertThat(text(gone.path("cancel_reason"), "code")).isEqualTo("superseded");
        world.noFaults();
        ledger.settle();
        assertThat(network()).isEqualTo("-- --");

        ended(order("resume_subscription"), "completed");
        world.faults("hlr", AWAY);
        Api.Answer termination = order("terminate_subscription");
        Api.Answer urgent = api.post(PATH, body("suspend_subscription", ", \"reason\": \"lost_or_stolen\""));
        assertThat(urgent.status()).isEqualTo(201);
        assertThat(text(api.get(termination.link("self")).json(), "status")).isEqualTo("canceled");
        world.noFaults();
        ended(urgent, "completed");
        ledger.settle();
        assertThat(network()).isEqualTo("-- --");
        assertThat(state()).isEqualTo("suspended");
    }

    @ParameterizedTest
    @CsvSource({
        "suspend_subscription, bar, suspended, -- --",
        "resume_subscription, unbar, active, cs ps",
        "terminate_subscription, remove_line, terminated, none",
        "terminate_subscription, withdraw_profile, terminated, none"
    })
    void aStepThatIsCutOffAfterItsEffectIsTakenAgain(String type, String step, String state, String network) {
        if (type.equals("resume_subscription")) {
            ended(order("suspend_subscription"), "completed");
        }
        crashes.at(step, 3, 1.0);
        JsonNode order = ended(order(type), "completed");
        ledger.settle();
        assertThat(crashes.count()).isGreaterThanOrEqualTo(3);
        assertThat(state()).isEqualTo(state);
        assertThat(network()).isEqualTo(network);
        assertThat(milestones(order)).doesNotHaveDuplicates();
    }

    /** It is refused, with every command that it has; and canceled in doubt, so that its undo is taken, and cut off. */
    @ParameterizedTest
    @CsvSource({
        "suspend_subscription, 3, bar, active, cs ps",
        "resume_subscription, 3, unbar, suspended, -- --",
        "terminate_subscription, 1, remove_line, active, cs ps"
    })
    void whatFailsForGoodLeavesTheLineAsItWas(String type, int commands, String step, String state, String network) {
        if (type.equals("resume_subscription")) {
            ended(order("suspend_subscription"), "completed");
        }
        world.faults("hlr", REFUSED.formatted(commands));
        JsonNode refused = ended(order(type), "canceled");
        assertThat(text(refused.path("cancel_reason"), "code")).isEqualTo("hlr_refused");
        ledger.settle();
        assertThat(state()).isEqualTo(state);
        assertThat(network()).isEqualTo(network);

        world.faults("hlr", DROPPED);
        Api.Answer doubtful = order(type);
        crashes.at("undo_" + step, 2, 1.0);
        assertThat(text(api.call("DELETE", doubtful.link("cancel"), null).json(), "status"))
                .isEqualTo("canceled");
        world.noFaults();
        ledger.settle();
        assertThat(state()).isEqualTo(state);
        assertThat(network()).isEqualTo(network);
        assertThat(numberState()).isEqualTo("in_use");
    }
}
