package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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

/** A line goes over from one SIM to another: number and plan stay. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimChangeTest {
    private static final String ON = " true true";
    private static final String OFF = " false false";

    private RunningServer server;
    private World world;
    private Api api;
    private Ledger ledger;
    private Crashes crashes;

    @BeforeAll
    void start() {
        server = RunningServer.start(Changing.SETTINGS);
        world = server.world("sim-change").stock(80);
        api = world.api();
        ledger = new Ledger(world);
        crashes = new Crashes(world);
        Changing.devicesReportTo(server, world);
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

    private Changing line() {
        return Changing.line(world, api);
    }

    @Test
    void theNumberMovesWhenTheNewProfileIsInstalled() {
        Changing line = line();
        String old = line.iccid();
        String number = line.number();
        line.install(old);
        JsonNode order = line.completed(line.newSim("device_change"));
        String fresh = order.path("sim_profile").path("iccid").stringValue();

        assertThat(fresh).isNotEqualTo(old).isEqualTo(line.iccid());
        assertThat(order.path("reason").stringValue()).isEqualTo("device_change");
        assertThat(line.hlr(old)).as("the old SIM works on").isEqualTo(number + ON);
        assertThat(line.hlr(fresh)).isEqualTo("-" + ON);
        assertThat(line.profile().json().path("state").stringValue()).isEqualTo("released");
        Api.Answer previous = api.get(line.profile().link("previous"));
        assertThat(previous.json().path("iccid").stringValue()).isEqualTo(old);
        assertThat(previous.link("self")).endsWith(line.path("/sim-profile/previous"));
        assertThat(previous.link("qr_code")).isEmpty();

        line.install(fresh);
        order = line.reached(order, "previous_removed");
        assertThat(line.hlr(fresh)).isEqualTo(number + ON);
        assertThat(line.hlr(old)).isEmpty();
        assertThat(line.stock(old)).isEqualTo("retired");
        assertThat(line.stock(fresh)).isEqualTo("in_use");
        assertThat(line.profile().link("previous")).isEmpty();
        assertThat(line.previous().status()).isEqualTo(404);
        assertThat(line.iccid()).isEqualTo(fresh);
        assertThat(line.number()).isEqualTo(number);
        assertThat(line.status()).isEqualTo("active");
        assertThat(Api.milestones(order))
                .containsExactly(
                        "accepted",
                        "reserved",
                        "profile_ordered",
                        "line_provisioned",
                        "profile_released",
                        "completed",
                        "delivered",
                        "number_moved",
                        "previous_removed");
        assertThat(line.smdp(old)).isEqualTo("Installed");
    }

    @Test
    void withoutAReportTheNumberMovesAfterASetTimeAndAProfileThatNobodyInstalledIsWithdrawn() {
        Changing line = line();
        String old = line.iccid();
        JsonNode order = line.completed(line.newSim(""));
        line.waitIsOver();
        line.reached(order, "profile_withdrawn");
        String fresh = line.iccid();
        assertThat(line.hlr(fresh)).isEqualTo(line.number() + ON);
        assertThat(line.hlr(old)).isEmpty();
        assertThat(line.smdp(old)).isEqualTo("Unavailable");
        assertThat(line.stock(old)).isEqualTo("retired");
    }

    @Test
    void aLostSimIsCutOffFirstAndGivesUpItsNumberAtOnce() {
        Changing line = line();
        String old = line.iccid();
        world.faults("smdp", """
                [{"operation": "downloadOrder", "fault": "drop_before", "times": 3}]""");
        Api.Answer placed = line.newSim("lost_or_stolen");
        Api.await("the old SIM to be cut off", () -> line.hlr(old).equals(line.number() + OFF));
        world.noFaults();
        JsonNode order = line.reached(line.completed(placed), "previous_removed");
        String fresh = order.path("sim_profile").path("iccid").stringValue();
        assertThat(line.hlr(fresh)).isEqualTo(line.number() + ON);
        assertThat(line.hlr(old)).isEmpty();
        List<String> milestones = Api.milestones(order);
        assertThat(milestones.indexOf("previous_cut_off")).isEqualTo(1);
    }

    @Test
    void theNewSimOfASuspendedLineStaysBarred() {
        Changing line = line();
        String old = line.iccid();
        line.completed(line.order("suspend_subscription", ""));
        JsonNode order = line.completed(line.newSim("device_change"));
        String fresh = line.iccid();
        assertThat(line.status()).isEqualTo("suspended");
        assertThat(line.hlr(fresh)).isEqualTo("-" + OFF);
        line.install(fresh);
        line.reached(order, "previous_removed");
        assertThat(line.hlr(fresh)).isEqualTo(line.number() + OFF);
        assertThat(line.hlr(old)).isEmpty();
        line.completed(line.order("resume_subscription", ""));
        assertThat(line.hlr(fresh)).isEqualTo(line.number() + ON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"suspend_subscription", "terminate_subscription"})
    void theNextOrderFirstFinishesTheMove(String type) {
        Changing line = line();
        String old = line.iccid();
        String number = line.number();
        JsonNode change = line.completed(line.newSim("device_change"));
        String fresh = line.iccid();
        JsonNode next = line.completed(line.order(type, ""));
        assertThat(Api.milestones(line.again(change))).contains("number_moved", "previous_removed");
        assertThat(line.hlr(old)).isEmpty();
        assertThat(line.hlr(fresh)).isEqualTo(type.startsWith("suspend") ? number + OFF : "");
        assertThat(next.path("sim_profile").path("iccid").stringValue()).isEqualTo(fresh);
        ledger.settleBut("move_number");
        assertThat(line.stock(old)).isEqualTo("retired");
    }

    @Test
    void anotherNewSimRevokesOneThatNobodyHasInstalled() {
        Changing line = line();
        String old = line.iccid();
        JsonNode first = line.completed(line.newSim("device_change"));
        String unused = line.iccid();
        JsonNode second = line.completed(line.newSim("device_change"));
        String fresh = line.iccid();
        ledger.settleBut("move_number");
        assertThat(List.of(old, unused)).doesNotContain(fresh);
        assertThat(Api.milestones(line.again(first))).contains("revoked").doesNotContain("number_moved");
        assertThat(line.hlr(unused)).isEmpty();
        assertThat(line.smdp(unused)).isEqualTo("Available");
        assertThat(line.stock(unused)).isEqualTo("free");
        assertThat(line.hlr(old)).isEqualTo(line.number() + ON);
        assertThat(line.previous().json().path("iccid").stringValue()).isEqualTo(old);
        line.install(fresh);
        line.reached(second, "previous_removed");
        assertThat(line.hlr(fresh)).isEqualTo(line.number() + ON);
        assertThat(line.hlr(old)).isEmpty();
    }

    @Test
    void anotherNewSimFinishesTheMoveToOneThatWasInstalledOrIsLost() {
        Changing line = line();
        String old = line.iccid();
        JsonNode first = line.completed(line.newSim("device_change"));
        String lost = line.iccid();
        JsonNode second = line.reached(line.completed(line.newSim("lost_or_stolen")), "previous_removed");
        assertThat(Api.milestones(line.again(first))).contains("number_moved", "previous_removed");
        assertThat(line.hlr(old)).isEmpty();
        assertThat(line.hlr(lost)).isEmpty();
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + ON);
        assertThat(second.path("sim_profile").path("iccid").stringValue()).isEqualTo(line.iccid());
    }

    @ParameterizedTest
    @CsvSource({
        "lost_or_stolen, cut_off_previous",
        "device_change, reserve",
        "device_change, download_order",
        "device_change, provision",
        "device_change, confirm_order",
        "lost_or_stolen, move_number",
        "lost_or_stolen, remove_previous",
        "lost_or_stolen, withdraw_previous"
    })
    void aStepThatIsCutOffAfterItsEffectIsTakenAgainAndDoesNothingTwice(String reason, String step) {
        Changing line = line();
        String old = line.iccid();
        crashes.at(step, 2, 1.0);
        JsonNode order = line.completed(line.newSim(reason));
        line.waitIsOver();
        order = line.reached(order, "profile_withdrawn");
        assertThat(crashes.count()).isGreaterThanOrEqualTo(2);
        assertThat(Api.milestones(order)).doesNotHaveDuplicates();
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + ON);
        assertThat(line.hlr(old)).isEmpty();
        assertThat(line.stock(old)).isEqualTo("retired");
        assertThat(line.stock(line.iccid())).isEqualTo("in_use");
    }

    @ParameterizedTest
    @CsvSource({
        "device_change, smdp, downloadOrder, 8.2.5/3.7",
        "lost_or_stolen, smdp, downloadOrder, 8.2.5/3.7",
        "device_change, smdp, confirmOrder, 8.1.1/2.2",
        "lost_or_stolen, smdp, confirmOrder, 8.1.1/2.2"
    })
    void anOrderThatFailsLeavesTheLineAsItWas(String reason, String peer, String operation, String code) {
        Changing line = line();
        String old = line.iccid();
        world.faults(
                peer,
                "[{\"operation\": \"%s\", \"fault\": \"refuse\", \"code\": \"%s\", \"times\": 1}]"
                        .formatted(operation, code));
        crashes.at("undo_provision", 1, 1.0);
        JsonNode order = line.done(line.newSim(reason));
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("canceled");
        ledger.settleBut("move_number");
        String unused = order.path("sim_profile").path("iccid").stringValue();
        assertThat(line.iccid()).isEqualTo(old);
        assertThat(line.profile().link("previous")).isEmpty();
        assertThat(line.hlr(old)).isEqualTo(line.number() + ON);
        assertThat(line.hlr(unused)).isEmpty();
        assertThat(line.smdp(unused)).isEqualTo("Available");
        assertThat(line.stock(unused)).isEqualTo("free");
        assertThat(line.status()).isEqualTo("active");
        assertThat(api.get("/enterprise/subscriptions?iccid=" + old)
                        .json()
                        .path("_embedded")
                        .path("subscriptions")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void anOrderThatIsCanceledOnItsWayLeavesTheLineAsItWas() {
        Changing line = line();
        String old = line.iccid();
        world.faults("smdp", """
                [{"operation": "confirmOrder", "fault": "hang", "times": 1}]""");
        Api.Answer placed = line.newSim("lost_or_stolen");
        Api.await("the old SIM to be cut off", () -> line.hlr(old).equals(line.number() + OFF));
        assertThat(api.call("DELETE", placed.link("cancel"), null).status()).isEqualTo(200);
        world.noFaults();
        ledger.settleBut("move_number");
        assertThat(line.iccid()).isEqualTo(old);
        assertThat(line.hlr(old)).isEqualTo(line.number() + ON);
    }

    @Test
    void whereNoProfileIsLeftTheOrderIsCanceledWithTheReason() {
        World empty = server.world("sim-change-empty").stock(1);
        Changing line = Changing.line(empty, empty.api());
        JsonNode order = line.done(line.newSim("lost_or_stolen"));
        assertThat(order.path("cancel_reason").path("code").stringValue()).isEqualTo("stock_exhausted");
        new Ledger(empty).settle();
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + ON);
    }

    @Test
    void aMailIsSentBeforeTheNumberWaitsToMove() {
        Changing line = line();
        JsonNode order = line.completed(line.order("change_sim_profile", """
                "sim_profile": {"sim_type": "esim", "delivery": {"type": "email", "to": ["new@sim.example"]}}"""));
        line.reached(order, "delivered");
        assertThat(new Mailbox(server).of("new@sim.example")).hasSize(1);
        line.install(line.iccid());
        line.reached(order, "previous_removed");
    }

    @Test
    void aMailThatStillWaitsDoesNotTellTheCodeOfTheProfileThatTookThePlaceOfItsOwn() {
        world.faults("mail", """
                [{"operation": "data", "fault": "refuse", "code": "451 4.7.1", "times": 10000}]""");
        String to = "late@sim-change.example";
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder(to, "cc-" + to));
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        Changing.newSimFor(world, api, order.path("subscription_id").stringValue());
        order = api.await(
                        placed.link("self"),
                        answer -> Api.milestones(answer.json()).contains("delivery_failed"))
                .json();
        assertThat(order.path("sim_profile")
                        .path("delivery")
                        .path("failure_code")
                        .stringValue(""))
                .as(order.toString())
                .isEqualTo("superseded");
        world.noFaults();
        assertThat(new Mailbox(server).of(to)).isEmpty();
    }

    @Test
    void whatARequestLacksIsToldAtOnce() {
        Changing line = line();
        assertThat(line.order("change_sim_profile", "\"reason\": \"bored\", \"add\": []")
                        .violations())
                .containsExactlyInAnyOrder("/sim_profile required", "/reason not_allowed", "/add unknown");
        line.completed(line.order("terminate_subscription", ""));
        Api.Answer late = line.newSim("device_change");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().path("code").stringValue()).isEqualTo("subscription_state_conflict");
    }

    @Test
    void whileOneIsInFlightASecondIsToldOfIt() {
        Changing line = line();
        world.faults("smdp", """
                [{"operation": "downloadOrder", "fault": "hang", "times": 1}]""");
        Api.Answer first = line.newSim("device_change");
        Api.Answer second = line.newSim("device_change");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.link("order")).isEqualTo(first.link("self"));
        world.noFaults();
        line.completed(first);
    }

    @Test
    void noProfileIsLostHoweverTheNetworkMisbehaves() {
        List<Changing> lines = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lines.add(line());
        }
        world.faults("hlr", """
                [{"operation": "*", "fault": "drop_after", "probability": 0.2, "times": 30}]""");
        world.faults("smdp", """
                [{"operation": "*", "fault": "drop_after", "probability": 0.3, "times": 30}]""");
        crashes.at("*", 20, 0.2);
        List<String> old = lines.stream().map(Changing::iccid).toList();
        List<Api.Answer> placed =
                lines.stream().map(line -> line.newSim("lost_or_stolen")).toList();
        for (int i = 0; i < lines.size(); i++) {
            Changing line = lines.get(i);
            JsonNode order = line.reached(line.completed(placed.get(i)), "profile_withdrawn");
            assertThat(line.hlr(old.get(i))).isEmpty();
            assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + ON);
            assertThat(line.stock(old.get(i))).isEqualTo("retired");
            assertThat(Api.milestones(line.again(order))).doesNotHaveDuplicates();
        }
    }
}
