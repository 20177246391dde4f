package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Whatever the SM-DP+ does, an order completes or is canceled with the reason, and nothing of the stock is lost. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmdpFaultsTest {
    private static final String PATH = "/enterprise/orders";
    private static final String FAULT = """
            [{"operation": "%s", "fault": "%s", "code": "%s", "delay_ms": %d, "times": %d}]""";

    private static final String LOST_CANCELLATION = """
            [{"operation": "confirmOrder", "fault": "refuse", "code": "8.2.6/3.3"},
             {"operation": "cancelOrder", "fault": "%s", "delay_ms": %d, "times": 2}]""";
    private static final String UNHEARD = """
            [{"operation": "%s", "fault": "%s", "times": 1},
             {"operation": "%s", "fault": "error_500", "times": 100000},
             {"operation": "cancelOrder", "fault": "error_500", "times": 100000}]""";
    private static final String UNKNOWN_SERVICE =
            "UPDATE order_templates SET services = ?::jsonb WHERE organization_id = ?";

    private final AtomicInteger worlds = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;
    private Ledger ledger;

    @BeforeAll
    void start() {
        server = RunningServer.start(Map.of(
                "trunkline.smdp.request-timeout", "500ms",
                "trunkline.orders.step-deadline", "2s",
                "trunkline.orders.lease", "1500ms"));
        stocked(0);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void stocked(int count) {
        world = server.world("faults-" + worlds.incrementAndGet()).stock(count);
        api = world.api();
        ledger = new Ledger(world);
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    private JsonNode ordered() {
        Api.Answer placed = api.post(PATH, world.apiOrder());
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return api.awaitOrder(placed.link("self")).json();
    }

    private static void completed(JsonNode order) {
        assertThat(order.path("status").stringValue("")).as(order.toString()).isEqualTo("completed");
    }

    private static void canceled(JsonNode order, String code) {
        assertThat(order.path("status").stringValue("")).as(order.toString()).isEqualTo("canceled");
        assertThat(order.path("cancel_reason").path("code").stringValue("")).isEqualTo(code);
        assertThat(order.path("cancel_reason").path("detail").stringValue("")).isNotEmpty();
        assertThat(order.path("sim_profile").path("delivery").path("state").stringValue(""))
                .isEqualTo("failed");
        assertThat(order.path("sim_profile").path("_links").has("qr_code")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "downloadOrder, hang",
        "downloadOrder, drop_before",
        "downloadOrder, drop_after",
        "downloadOrder, late",
        "downloadOrder, twice",
        "downloadOrder, garbage",
        "downloadOrder, error_500",
        "confirmOrder, hang",
        "confirmOrder, drop_before",
        "confirmOrder, drop_after",
        "confirmOrder, late",
        "confirmOrder, twice",
        "confirmOrder, garbage",
        "confirmOrder, error_500"
    })
    void aLostAnswerIsAskedForAgainWithTheSameIdentifiers(String operation, String fault) {
        stocked(2);
        world.faults("smdp", FAULT.formatted(operation, fault, "8.2.1/1.2", fault.equals("late") ? 900 : 0, 1));
        JsonNode order = ordered();

        completed(order);
        JsonNode profile = ledger.smdp(order.path("sim_profile").path("iccid").stringValue());
        assertThat(profile.path("state").stringValue()).isEqualTo("Released");
        assertThat(profile.path("download_orders").intValue()).isEqualTo(1);
        assertThat(profile.path("confirm_orders").intValue()).isEqualTo(1);
        String code = order.path("sim_profile")
                .path("_links")
                .path("qr_code")
                .path("href")
                .stringValue();
        assertThat(api.get(code, "Accept", "application/json").json().path("matching_id"))
                .isEqualTo(profile.path("matching_id"));
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L), Map.entry("in_use", 1L));
    }

    @Test
    void aWithdrawalThatIsRefusedUntilItsDeadlineIsGivenUpAndShown() {
        stocked(1);
        JsonNode order = ordered();
        completed(order);
        world.faults("smdp", FAULT.formatted("cancelOrder", "refuse", "8.1.1/3.10", 0, 1_000));
        Api.Answer placed = api.post(PATH, """
                {"type": "terminate_subscription", "account_id": "%s", "subscription_id": "%s"}""".formatted(
                        order.path("account_id").stringValue(),
                        order.path("subscription_id").stringValue()));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        completed(api.awaitOrder(placed.link("self")).json());
        ledger.settle().balances();
        assertThat(api.get(placed.link("self")).json().path("milestones").findValuesAsString("name"))
                .containsExactly("accepted", "line_removed", "completed", "profile_not_withdrawn");
        assertThat(ledger.profiles()).containsOnly(Map.entry("retired", 1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"downloadOrder", "confirmOrder"})
    void aRefusalForNowIsTriedAgain(String operation) {
        stocked(1);
        world.faults("smdp", FAULT.formatted(operation, "refuse", "8.9/5.1", 0, 2));
        completed(ordered());
        ledger.settle().balances();
    }

    @ParameterizedTest
    @CsvSource({
        // What is wrong with the request or the type is not the profile's fault.
        "downloadOrder, 8.2.5/3.9, free",
        "confirmOrder, 8.2.6/3.3, free",
        "confirmOrder, 8.9/9.9, free",
        // A profile that the SM-DP+ does not give out would be refused again and again.
        "downloadOrder, 8.2.1/3.9, retired",
        "downloadOrder, 8.2.1/3.3, retired",
        "confirmOrder, 8.2.1/1.2, retired"
    })
    void aRefusalForGoodCancelsWithTheReasonAndGivesBackWhatWasReserved(String operation, String code, String state) {
        stocked(1);
        world.faults("smdp", FAULT.formatted(operation, "refuse", code, 0, 1));
        JsonNode order = ordered();

        canceled(order, "smdp_refused");
        assertThat(order.path("cancel_reason").path("detail").stringValue()).contains(code);
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry(state, 1L));
        // A number that the HLR has known rests before it is given to somebody else.
        if (operation.equals("confirmOrder")) {
            assertThat(ledger.numbers()).containsOnly(Map.entry("quarantined", 1L));
        } else {
            assertThat(ledger.numbers()).isEmpty();
        }
        Api.Answer subscription = api.get(
                "/enterprise/subscriptions/" + order.path("subscription_id").stringValue());
        assertThat(subscription.json().path("status").stringValue()).isEqualTo("terminated");
        assertThat(subscription.json().path("terminated_at").isString()).isTrue();
        assertThat(api.get(subscription.link("sim_profile"))
                        .json()
                        .path("state")
                        .stringValue())
                .isEqualTo("deleted");
        assertThat(api.get(subscription.link("sim_profile") + "/qr-code").status())
                .isEqualTo(410);
        if (state.equals("free")) {
            world.stock(1, 0);
            completed(ordered());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hang", "drop_before", "drop_after", "late", "garbage", "error_500"})
    void aCancellationIsTriedUntilItIsKnown(String fault) {
        stocked(1);
        world.faults("smdp", LOST_CANCELLATION.formatted(fault, fault.equals("late") ? 900 : 0));
        canceled(ordered(), "smdp_refused");
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L));
    }

    @ParameterizedTest
    @CsvSource({"downloadOrder, hang", "downloadOrder, drop_after", "confirmOrder, error_500", "confirmOrder, garbage"})
    void whatStaysUnknownAtItsDeadlineIsParkedUntilTheCancellationIsConfirmed(String operation, String fault) {
        stocked(1);
        // The repetition would tell that the first one took effect: it must not be heard either.
        world.faults("smdp", UNHEARD.formatted(operation, fault, operation));
        canceled(ordered(), "smdp_unreachable");

        assertThat(ledger.profiles()).containsOnly(Map.entry("in_doubt", 1L));
        // The HLR confirms at once that it has nothing, the SM-DP+ does not.
        Api.await("the SM-DP+ alone to be left", () -> ledger.undone().equals(List.of("undo_download_order")));
        String known = operation.equals("confirmOrder") ? "quarantined" : "in_doubt";
        assertThat(ledger.numbers()).containsOnly(Map.entry(known, 1L));
        canceled(ordered(), "stock_exhausted");
        world.noFaults();
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L));
        world.stock(1, 0);
        completed(ordered());
    }

    @Test
    void withoutAProfileTheOrderIsCanceledAndHoldsNothing() {
        stocked(0);
        world.stock(1, 0);
        JsonNode order = ordered();
        canceled(order, "stock_exhausted");
        assertThat(order.path("sim_profile").path("iccid").isNull()).isTrue();
        assertThat(order.path("phone_numbers").isEmpty()).isTrue();
        Api.Answer subscription = api.get(
                "/enterprise/subscriptions/" + order.path("subscription_id").stringValue());
        assertThat(subscription.link("sim_profile")).isEmpty();
        assertThat(api.get(subscription.link("self") + "/sim-profile").status()).isEqualTo(404);
        assertThat(api.get(subscription.link("self") + "/sim-profile/qr-code").status())
                .isEqualTo(410);
        ledger.settle().balances();
    }

    @Test
    void withoutANumberTheProfileGoesBack() {
        stocked(1);
        world.sql()
                .update(
                        "UPDATE order_templates SET phone_numbers = ?::jsonb WHERE organization_id = ?",
                        "[{\"country\": \"ZZ\", \"count\": 1, \"is_primary\": true}]",
                        world.organization());
        JsonNode order = ordered();
        canceled(order, "stock_exhausted");
        assertThat(order.path("cancel_reason").path("detail").stringValue()).contains("ZZ");
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L));
    }

    @Test
    void aDefectOfOursEndsAnOrderAtItsDeadlineAndUndoesIt() {
        stocked(1);
        world.sql().update(UNKNOWN_SERVICE, "[{\"type\": \"fax\", \"enabled\": true}]", world.organization());
        canceled(ordered(), "internal_error");
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L));
    }

    @Test
    void theLastProfilesGoToAsManyOrdersAndTheRestIsCanceled() {
        stocked(5);
        var placed = new java.util.ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            placed.add(api.post(PATH, world.apiOrder()).link("self"));
        }
        long completed = placed.stream()
                .map(link -> api.awaitOrder(link).json().path("status").stringValue(""))
                .filter("completed"::equals)
                .count();
        assertThat(completed).isEqualTo(5);
        ledger.settle().balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("in_use", 5L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.2.1/3.9", "8.2.1/3.3", "8.2.1/1.2"})
    void whatCannotBeCanceledAtTheSmdpIsNotInDoubtForEverButNotGivenOutAgain(String code) {
        stocked(2);
        world.faults("smdp", """
                [{"operation": "confirmOrder", "fault": "refuse", "code": "8.2.6/3.3"},
                 {"operation": "cancelOrder", "fault": "refuse", "code": "%s"}]""".formatted(code));
        canceled(ordered(), "smdp_refused");
        ledger.settle();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L), Map.entry("retired", 1L));
        assertThat(ledger.numbers()).containsOnly(Map.entry("quarantined", 1L));
    }
}
