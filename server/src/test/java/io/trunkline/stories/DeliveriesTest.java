package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.network.smdp.InboundEs2Plus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** An activation code that got lost is sent again, and the profile tells of every time. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveriesTest {
    private static final String EID = "89049032123451234512345678901235";

    private final AtomicInteger addresses = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;
    private Mailbox mailbox;

    @BeforeAll
    void start() {
        server =
                RunningServer.start(Map.of("trunkline.orders.first-retry", "10s", "trunkline.mail.read-timeout", "1s"));
        world = server.world("deliveries").stock(40);
        api = world.api();
        mailbox = new Mailbox(server);
        Changing.devicesReportTo(server, world);
        assertThat(server.bean(InboundEs2Plus.class).port()).isPositive();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    private String address() {
        return "again" + addresses.incrementAndGet() + "@deliveries.example";
    }

    private static String mailTo(String... to) {
        return "{\"type\": \"email\", \"to\": [\"" + String.join("\", \"", to) + "\"]}";
    }

    private static String path(JsonNode order) {
        return "/enterprise/subscriptions/" + order.path("subscription_id").stringValue() + "/sim-profile/deliveries";
    }

    private JsonNode ordered(String body) {
        Api.Answer placed = api.post("/enterprise/orders", body);
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        return order;
    }

    private List<JsonNode> history(JsonNode order) {
        return Lists.rows(api.get(path(order)));
    }

    private List<String> states(JsonNode order) {
        return history(order).stream()
                .map(one ->
                        one.path("type").stringValue() + " " + one.path("state").stringValue() + " "
                                + one.path("failure_code").stringValue("-"))
                .toList();
    }

    private void awaitStates(JsonNode order, String... expected) {
        Api.await(
                "the deliveries to be " + List.of(expected), () -> states(order).equals(List.of(expected)));
    }

    @Test
    void aMailIsSentAgainToAnotherAddressUnderAMessageIdOfItsOwnWithTheSameCode() {
        String first = address();
        JsonNode order = ordered(world.sampleOrder(first, "cc-" + first));
        awaitStates(order, "email sent -");
        String second = address();
        Api.Answer again = api.post(path(order), mailTo(second), "Idempotency-Key", "again-1");
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.json().path("state").stringValue()).isEqualTo("pending");
        assertThat(again.json().path("to").path(0).stringValue()).isEqualTo(second);
        Api.Answer repeated = api.post(path(order), mailTo(second), "Idempotency-Key", "again-1");
        assertThat(repeated.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(repeated.text()).isEqualTo(again.text());

        Mailbox.Mail mail = mailbox.await(second, 1).getFirst();
        Mailbox.Mail before = mailbox.await(first, 1).getFirst();
        assertThat(mail.envelope()).containsExactly(second);
        assertThat(mail.header("Message-ID")).isNotEqualTo(before.header("Message-ID"));
        assertThat(QrReader.png(mail.attachment().content()))
                .isEqualTo(QrReader.png(before.attachment().content()));
        awaitStates(order, "email sent -", "email sent -");
        assertThat(mailbox.of(second)).hasSize(1);
        assertThat(mailbox.of(first)).hasSize(1);

        JsonNode entry = history(order).getFirst();
        assertThat(entry.path("id").stringValue())
                .isEqualTo(again.json().path("id").stringValue());
        assertThat(entry.path("answer").stringValue()).startsWith("250");
        assertThat(entry.path("refused").isEmpty()).isTrue();
        assertThat(entry.path("attempts").intValue()).isEqualTo(1);
        Api.Answer page = api.get(path(order) + "?limit=1");
        assertThat(Lists.rows(api.get(page.link("next"))))
                .extracting(one -> one.path("to").path(0).stringValue())
                .containsExactly(first);
        JsonNode shown =
                api.get("/enterprise/orders/" + order.path("id").stringValue()).json();
        assertThat(shown.at("/sim_profile/delivery/to/0").stringValue()).isEqualTo(second);
        assertThat(shown.path("status").stringValue()).isEqualTo("completed");
    }

    @Test
    void whoTheMailServerRefusesShowsOnTheOrderAndInTheHistoryAndIsSealedAtRest() {
        world.faults("mail", """
                [{"operation": "rcpt", "fault": "refuse", "code": "550 5.1.1", "times": 1}]""");
        String to = address();
        JsonNode order = ordered(world.sampleOrder(to, "cc-" + to));
        awaitStates(order, "email sent -");
        JsonNode shown = api.get("/enterprise/orders/" + order.path("id").stringValue())
                .json()
                .at("/sim_profile/delivery");
        for (JsonNode delivery : List.of(shown, history(order).getFirst())) {
            assertThat(delivery.path("refused").size()).isEqualTo(1);
            assertThat(delivery.at("/refused/0/address").stringValue()).isEqualTo(to);
            assertThat(delivery.at("/refused/0/answer").stringValue()).startsWith("550 5.1.1");
        }
        byte[] sealed = world.sql()
                .one(
                        "SELECT sealed_detail FROM deliveries WHERE organization_id = ? ORDER BY id DESC LIMIT 1",
                        row -> row.bytes("sealed_detail"),
                        world.organization())
                .orElseThrow();
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("deliveries.example", "550");
    }

    @Test
    void whenEverybodyIsRefusedTheDeliveryFailsAndIsRepeatedToWhoCanBeReached() {
        world.faults("mail", """
                [{"operation": "rcpt", "fault": "refuse", "code": "550 5.1.1", "times": 2}]""");
        String to = address();
        JsonNode order = ordered(world.sampleOrder(to, "cc-" + to));
        awaitStates(order, "email failed 550 5.1.1");
        assertThat(history(order).getFirst().path("answer").stringValue()).contains(to, "cc-" + to);
        world.noFaults();
        String other = address();
        assertThat(api.post(path(order), mailTo(other)).status()).isEqualTo(201);
        awaitStates(order, "email sent -", "email failed 550 5.1.1");
        assertThat(mailbox.of(other)).hasSize(1);
    }

    @Test
    void aMailThatWaitsGivesWayToTheNewOne() {
        world.faults("mail", """
                [{"operation": "data", "fault": "refuse", "code": "451 4.7.1", "times": 1}]""");
        String to = address();
        JsonNode order = ordered(world.sampleOrder(to, "cc-" + to));
        awaitAttempt(order);
        String other = address();
        again(order, mailTo(other));
        awaitStates(order, "email sent -", "email failed superseded");
        assertThat(mailbox.of(to)).isEmpty();
        assertThat(mailbox.of(other)).hasSize(1);
    }

    @Test
    void ofAMailWhoseOutcomeIsUnknownItIsNotSaidThatItDidNotArrive() {
        world.faults("mail", """
                [{"operation": "data", "fault": "drop_after", "times": 1}]""");
        String to = address();
        JsonNode order = ordered(world.sampleOrder(to, "cc-" + to));
        awaitAttempt(order);
        String other = address();
        again(order, mailTo(other));
        awaitStates(order, "email sent -", "email failed outcome_unknown");
        assertThat(mailbox.await(to, 1)).hasSize(1);
        assertThat(mailbox.of(other)).hasSize(1);
    }

    private void awaitAttempt(JsonNode order) {
        Api.await("an attempt", () -> history(order).getFirst().path("attempts").intValue() == 1);
    }

    /** Posts until nobody is sending at that moment. */
    private void again(JsonNode order, String body) {
        Api.await("the delivery to be taken on", () -> {
            Api.Answer answer = api.post(path(order), body);
            assertThat(answer.status()).as(answer.text()).isIn(201, 409);
            assertThat(answer.code()).isIn("", "order_in_flight");
            return answer.status() == 201;
        });
    }

    @Test
    void byApiItIsDeliveredAtOnceAndByPushOnlyWhereItWasAnnounced() {
        JsonNode order = ordered(world.apiOrder());
        Api.Answer byApi = api.post(path(order), "{\"type\": \"api\"}");
        assertThat(byApi.status()).as(byApi.text()).isEqualTo(201);
        assertThat(states(order)).containsExactly("api sent -", "api sent -");
        Api.Answer push = api.post(path(order), "{\"type\": \"push\", \"eid\": \"" + EID + "\"}");
        assertThat(push.status()).isEqualTo(409);
        assertThat(push.code()).isEqualTo("profile_not_deliverable");
        assertThat(push.text()).contains("change_sim_profile", EID);

        JsonNode pushed =
                ordered(world.apiOrder().replace("\"type\": \"api\"", "\"type\": \"push\", \"eid\": \"" + EID + "\""));
        assertThat(api.post(path(pushed), "{\"type\": \"push\", \"eid\": \"" + EID + "\"}")
                        .status())
                .isEqualTo(201);
        assertThat(states(pushed)).containsExactly("push sent -", "push sent -");
    }

    @Test
    void anInstalledProfileIsNotDeliveredAgainAndWhatIsNotValidIsSaidAtOnce() {
        JsonNode order = ordered(world.apiOrder());
        assertThat(api.post(path(order), "{\"type\": \"email\", \"to\": [\"nobody\"], \"cx\": 1}")
                        .violations())
                .containsExactlyInAnyOrder("/to/0 pattern", "/cx unknown");
        String iccid = order.path("sim_profile").path("iccid").stringValue();
        world.control("POST", "/devices/" + iccid + "/download", "");
        world.control("POST", "/devices/" + iccid + "/install", "");
        api.await(
                "/enterprise/subscriptions/" + order.path("subscription_id").stringValue() + "/sim-profile",
                answer -> answer.json().path("state").stringValue().equals("installed"));
        Api.Answer refused = api.post(path(order), mailTo(address()));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("profile_not_deliverable");
        assertThat(refused.text()).contains("change_sim_profile");
        assertThat(states(order)).containsExactly("api sent -");
    }

    @Test
    void aProfileThatNoOrderMadeIsReplacedAndNotDelivered() {
        JsonNode order = ordered(world.apiOrder());
        String iccid = order.path("sim_profile").path("iccid").stringValue();
        // As with lines that were taken over from elsewhere.
        assertThat(server.bean(Database.class).owner().update("UPDATE orders SET iccid = NULL WHERE iccid = ?", iccid))
                .isEqualTo(1);
        Api.Answer refused = api.post(path(order), "{\"type\": \"api\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains(iccid, "change_sim_profile");
    }

    @Test
    void aChangedSimWaitsOnForItsInstallationAndTheMailIsSentBefore() {
        Changing line = Changing.line(world, api);
        JsonNode change = line.completed(line.newSim("device_change"));
        Api.await(
                "the move to wait",
                () -> world.sql()
                        .one(
                                "SELECT FROM order_work WHERE subscription_id = ?::uuid AND step = 'move_number'"
                                        + " AND lease IS NULL",
                                _ -> true,
                                io.trunkline.ids.SubscriptionId.parse(line.id())
                                        .orElseThrow()
                                        .value())
                        .orElse(false));
        String to = address();
        again(change, mailTo(to));
        awaitStates(change, "email sent -", "api sent -");
        assertThat(mailbox.await(to, 1)).hasSize(1);
        line.install(line.iccid());
        line.reached(change, "number_moved");
        line.reached(change, "previous_removed");
    }

    @Test
    void aLineThatHasMovedIsSentTheCodeOfItsLostSimsSuccessorAndDoesNotMoveAgain() {
        Changing line = Changing.line(world, api);
        JsonNode change = line.completed(line.newSim("lost_or_stolen"));
        line.reached(change, "previous_removed");
        Ledger ledger = new Ledger(world).settle();
        String to = address();
        again(change, mailTo(to));
        awaitStates(change, "email sent -", "api sent -");
        ledger.settle();
        assertThat(Api.milestones(line.again(change)).stream().filter("number_moved"::equals))
                .hasSize(1);
    }
}
