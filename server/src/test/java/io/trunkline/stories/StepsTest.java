package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Properties of every step: it can be taken twice, cut off after its effect, and undone to a clean slate. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepsTest {
    private static final String PATH = "/enterprise/orders";
    private static final int RANDOM_ORDERS = 40;
    /** Without a mail server that itself delivers twice: nobody can count that. */
    private static final List<String> KINDS =
            List.of("hang", "drop_before", "drop_after", "late", "garbage", "error_500");

    private static final String REPEATS = """
            SELECT o.id, d.repeats, d.state FROM deliveries d
            JOIN orders o ON o.organization_id = d.organization_id AND o.id = d.order_id
            WHERE d.organization_id = ?""";

    private final AtomicInteger worlds = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;
    private Ledger ledger;
    private Mailbox mailbox;
    private Crashes crashes;

    @BeforeAll
    void start() {
        server = RunningServer.start(Map.of(
                "trunkline.orders.lease", "400ms",
                "trunkline.orders.mail-lease", "400ms",
                "trunkline.orders.poll", "50ms",
                "trunkline.orders.step-deadline", "60s",
                "trunkline.mail.read-timeout", "3s",
                "trunkline.hlr.request-timeout", "1s",
                "trunkline.smdp.request-timeout", "3s"));
        mailbox = new Mailbox(server);
        stocked(0);
    }

    private void stocked(int count) {
        world = server.world("steps-" + worlds.incrementAndGet()).stock(count);
        api = world.api();
        ledger = new Ledger(world);
        crashes = new Crashes(world);
    }

    @AfterEach
    void behave() {
        world.noFaults();
        crashes.stop();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private JsonNode mailed(String to) {
        Api.Answer placed = api.post(PATH, world.sampleOrder(to, "cc-" + to));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        ledger.settle();
        return order;
    }

    @ParameterizedTest
    @CsvSource({
        "reserve, 1",
        "reserve, 3",
        "download_order, 1",
        "download_order, 3",
        "provision, 1",
        "provision, 3",
        "confirm_order, 1",
        "confirm_order, 3",
        "deliver, 1",
        "deliver, 3"
    })
    void aStepThatIsCutOffAfterItsEffectIsTakenAgainAndDoesNothingTwice(String step, int times) {
        stocked(4);
        crashes.at(step, times, 1.0);
        String to = step + times + "@steps.example";
        JsonNode order = mailed(to);

        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        assertThat(crashes.count()).isGreaterThanOrEqualTo(times);
        ledger.balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 3L), Map.entry("in_use", 1L));
        assertThat(ledger.numbers()).containsOnly(Map.entry("in_use", 1L));
        JsonNode profile = ledger.smdp(order.path("sim_profile").path("iccid").stringValue());
        assertThat(profile.path("download_orders").intValue()).isEqualTo(1);
        assertThat(profile.path("confirm_orders").intValue()).isEqualTo(1);
        mailsAreCounted(Map.of(order.path("id").stringValue(""), to));
        if (step.equals("deliver")) {
            assertThat(mailbox.of(to)).hasSizeGreaterThan(times);
        }
        milestonesAreThereOnce(order);
    }

    private void milestonesAreThereOnce(JsonNode order) {
        List<String> names = Api.milestones(
                api.get(PATH + "/" + order.path("id").stringValue("")).json());
        assertThat(names)
                .containsExactly(
                        "accepted",
                        "reserved",
                        "profile_ordered",
                        "line_provisioned",
                        "profile_released",
                        "completed",
                        "delivered");
    }

    @ParameterizedTest
    @CsvSource({"downloadOrder", "confirmOrder"})
    void aStepThatTwoTakeAtOnceBecauseItsLeaseEndedIsDoneOnce(String operation) {
        stocked(2);
        world.faults("smdp", """
                [{"operation": "%s", "fault": "late", "delay_ms": 1500}]""".formatted(operation));
        String to = operation + "@twice.example";
        JsonNode order = mailed(to);
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        ledger.balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 1L), Map.entry("in_use", 1L));
        milestonesAreThereOnce(order);
        mailsAreCounted(Map.of(order.path("id").stringValue(""), to));
    }

    @ParameterizedTest
    @CsvSource({
        // Refused; where it is cut off; what becomes of the number.
        "smdp, downloadOrder, 8.2.5/3.7, download_order, free",
        "hlr, msisdn, Invalid IMSI value., provision, free",
        "smdp, confirmOrder, 8.2.6/3.3, confirm_order, quarantined",
        "smdp, confirmOrder, 8.2.6/3.3, undo_provision, quarantined",
        "smdp, confirmOrder, 8.2.6/3.3, undo_download_order, quarantined"
    })
    void whatFailsForGoodIsUndoneToACleanSlateHoweverOftenItIsCutOff(
            String peer, String operation, String code, String step, String number) {
        stocked(2);
        world.faults(peer, """
                [{"operation": "%s", "fault": "refuse", "code": "%s", "times": 1}]""".formatted(operation, code));
        int times = step.startsWith("undo_") ? 3 : 0;
        crashes.at(step, times, 1.0);
        JsonNode order = mailed(step + "@slate.example");
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("canceled");
        ledger.balances();
        assertThat(ledger.profiles()).containsOnly(Map.entry("free", 2L));
        if (number.equals("free")) {
            assertThat(ledger.numbers()).isEmpty();
        } else {
            assertThat(ledger.numbers()).containsOnly(Map.entry(number, 1L));
        }
        assertThat(mailbox.of(step + "@slate.example")).isEmpty();
        assertThat(crashes.count()).isGreaterThanOrEqualTo(times);
    }

    @Test
    void inAnyMixOfFaultsAndCrashesEveryOrderEndsAndNothingIsLostOrGivenTwice() {
        long seed = Long.getLong("trunkline.test.seed", System.nanoTime());
        var random = new Random(seed);
        stocked(RANDOM_ORDERS);
        world.faults("smdp", mix(random, List.of("downloadOrder", "confirmOrder", "cancelOrder")));
        world.faults("hlr", mix(random, List.of("create", "msisdn", "aud3g", "info", "delete")));
        world.faults("mail", mix(random, List.of("data", "rcpt")));
        crashes.at("*", 30, 0.1);
        var addresses = new HashMap<String, String>();
        var links = new ArrayList<String>();
        for (int i = 0; i < RANDOM_ORDERS; i++) {
            String to = "to" + i + "@mix.example";
            Api.Answer placed = api.post(PATH, world.sampleOrder(to, "cc-" + to));
            assertThat(placed.status()).as("seed " + seed + placed.text()).isEqualTo(201);
            addresses.put(placed.json().path("id").stringValue(""), to);
            links.add(placed.link("self"));
        }
        links.forEach(api::awaitOrder);
        ledger.settle();
        try {
            ledger.balances();
            mailsAreCounted(addresses);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static String mix(Random random, List<String> operations) {
        var faults = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            faults.add("""
                    {"operation": "%s", "fault": "%s", "delay_ms": %d, "probability": %s, "times": %d}""".formatted(
                            operations.get(random.nextInt(operations.size())),
                            KINDS.get(random.nextInt(KINDS.size())),
                            random.nextInt(1, 1_500),
                            0.05 + random.nextDouble() * 0.4,
                            random.nextInt(1, 6)));
        }
        faults.add("{\"operation\": \"%s\", \"fault\": \"refuse\", \"probability\": 0.2, \"times\": 4}"
                .formatted(operations.getFirst()));
        return "[" + String.join(",", faults) + "]";
    }

    /** Each address has the mail once, or as often more as was counted. */
    private void mailsAreCounted(Map<String, String> addressOfOrder) {
        record Delivered(String order, int repeats, String state) {}
        List<Delivered> deliveries = world.sql()
                .list(
                        REPEATS,
                        row -> new Delivered(
                                new io.trunkline.ids.OrderId(row.uuid("id")).text(),
                                row.integer("repeats"),
                                row.text("state")),
                        world.organization());
        for (Delivered delivery : deliveries) {
            String to = addressOfOrder.getOrDefault(delivery.order(), "");
            List<Mailbox.Mail> mails = mailbox.of(to);
            if (delivery.state().equals("sent")) {
                assertThat(mails).as(delivery + " to " + to).isNotEmpty();
            }
            assertThat(mails.size()).as(delivery + " to " + to).isLessThanOrEqualTo(1 + delivery.repeats());
            assertThat(mails.stream()
                            .map(mail -> mail.header("Message-ID"))
                            .distinct()
                            .count())
                    .isLessThanOrEqualTo(1);
        }
    }
}
