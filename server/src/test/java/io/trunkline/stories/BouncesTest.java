package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** A mail that comes back is found in the bounce mailbox, and its order and its profile tell of it. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BouncesTest {
    private static final String FAULT = """
            [{"operation": "delivery", "fault": "%s", "code": "%s", "times": %d}]""";
    private static final List<String> FOUND =
            List.of("bounced", "no_failure", "nothing_new", "unmatched", "other", "unreadable");
    private static final String BOX = "bounces@trunkline.invalid";

    private final AtomicInteger addresses = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;
    private Mailbox mailbox;

    @BeforeAll
    void start() {
        server = RunningServer.start(Map.of(
                "trunkline.mail.bounces.every", "100ms",
                "trunkline.mail.bounces.at-once", "2",
                "trunkline.chores.poll", "100ms"));
        world = server.world("bounces").stock(20);
        api = world.api();
        mailbox = new Mailbox(server);
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
        return "to" + addresses.incrementAndGet() + "@bounces.example";
    }

    private double count(String found) {
        return server.bean(MeterRegistry.class)
                .counter("trunkline.mail.bounces", "found", found)
                .count();
    }

    private static JsonNode delivery(Api.Answer order) {
        return order.json().path("sim_profile").path("delivery");
    }

    private String ordered(String to, String cc) {
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder(to, cc));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return placed.link("self");
    }

    private Api.Answer awaitState(String order, String state) {
        return api.await(
                order, answer -> delivery(answer).path("state").stringValue("").equals(state));
    }

    private void report(String to, String content) {
        Smtp.send(server.simulators().smtpPort(), to, content);
    }

    private String bounceAddress(String to) {
        return mailbox.senderOf(to);
    }

    @Test
    @Order(1)
    void whatReachesNobodyIsBouncedWithWhatTheMailServerSaid() {
        world.faults("mail", FAULT.formatted("refuse", "550 5.1.1", 2));
        String to = address();
        String order = ordered(to, "cc-" + to);
        Api.Answer shown = awaitState(order, "bounced");
        JsonNode delivery = delivery(shown);
        assertThat(delivery.path("bounces")).hasSize(2);
        JsonNode first = delivery.path("bounces").path(0);
        assertThat(first.path("address").stringValue()).isEqualTo(to);
        assertThat(first.path("recipient").stringValue()).isEqualTo(to);
        assertThat(first.path("status").stringValue()).isEqualTo("5.1.1");
        assertThat(first.path("diagnostic").stringValue()).isEqualTo("550 5.1.1 refused on request");
        assertThat(shown.json().path("status").stringValue()).isEqualTo("completed");
        assertThat(shown.json()
                        .path("milestones")
                        .valueStream()
                        .map(one -> one.path("name").stringValue("")))
                .endsWith("delivered", "delivery_bounced");
        JsonNode history = Lists.rows(api.get("/enterprise/subscriptions/"
                        + shown.json().path("subscription_id").stringValue() + "/sim-profile/deliveries"))
                .getFirst();
        assertThat(history.path("state").stringValue()).isEqualTo("bounced");
        assertThat(history.path("bounces")).isEqualTo(delivery.path("bounces"));
        assertThat(world.sql()
                        .one(
                                "SELECT count(*) AS events FROM events WHERE type = 'delivery.bounced'"
                                        + " AND organization_id = ?",
                                row -> row.integer("events"),
                                world.organization()))
                .contains(1);
        byte[] sealed = world.sql()
                .one(
                        "SELECT sealed_bounces FROM deliveries WHERE organization_id = ? AND state = 'bounced'",
                        row -> row.bytes("sealed_bounces"),
                        world.organization())
                .orElseThrow();
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain(to, "bounces.example");
    }

    @Test
    @Order(2)
    void whereSomebodyHasTheMailItIsSentAndTellsOfTheOther() {
        world.faults("mail", FAULT.formatted("twice", "550 5.2.2", 1));
        String to = address();
        String order = ordered(to, "cc-" + to);
        Api.Answer shown =
                api.await(order, answer -> !delivery(answer).path("bounces").isEmpty());
        assertThat(delivery(shown).path("state").stringValue()).isEqualTo("sent");
        assertThat(delivery(shown).path("bounces")).hasSize(1);
        assertThat(delivery(shown).path("bounces").path(0).path("status").stringValue())
                .isEqualTo("5.2.2");
        Api.await("the second report", () -> count("nothing_new") >= 1);
        assertThat(delivery(api.get(order)).path("bounces")).hasSize(1);
    }

    @Test
    @Order(3)
    void aDelayIsNoFailure() {
        world.faults("mail", FAULT.formatted("late", "451 4.4.1", 2));
        String order = ordered(address(), address());
        Api.await("the delay", () -> count("no_failure") >= 1);
        assertThat(delivery(api.get(order)).path("state").stringValue()).isEqualTo("sent");
        assertThat(delivery(api.get(order)).path("bounces")).isEmpty();
    }

    /** Nothing of it stops the reader: the report behind it is found. */
    @Test
    @Order(4)
    void whatIsNoReportIsCountedAndLeft() {
        double unreadable = count("unreadable");
        double other = count("other");
        double unmatched = count("unmatched");
        String to = address();
        ordered(to, "cc-" + to);
        mailbox.await(to, 1);
        String returns = bounceAddress(to);
        report(returns, "Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nUntil Monday.\r\n");
        report(BOX, "Subject: large\r\n\r\n" + "0123456789abcdef\r\n".repeat(200_000));
        report(BOX, "\r\n\r\n\0\r\n");
        report(returns, Reports.failed(returns, to, "").replace("\n\nFinal", "\n\nNo-Final"));
        String forged = returns.substring(0, returns.indexOf('@') - 1) + "0@trunkline.invalid";
        String wrong = forged.equals(returns) ? forged.replace("0@", "1@") : forged;
        report(wrong, Reports.failed(wrong, to, ""));
        report("bounces+" + "0".repeat(48) + "@trunkline.invalid", Reports.failed("anybody@elsewhere.example", to, ""));
        world.faults("mail", FAULT.formatted("garbage", "550", 1));
        String garbled = address();
        ordered(garbled, address());
        mailbox.await(garbled, 1);
        world.noFaults();
        world.faults("mail", FAULT.formatted("refuse", "550 5.1.1", 2));
        awaitState(ordered(address(), address()), "bounced");
        assertThat(count("other") - other).isEqualTo(2);
        assertThat(count("unmatched") - unmatched).isEqualTo(2);
        assertThat(count("unreadable") - unreadable).isEqualTo(3);
        assertThat(delivery(api.get(ordersOf(to))).path("state").stringValue()).isEqualTo("sent");
    }

    private String ordersOf(String to) {
        return Lists.rows(api.get("/enterprise/orders?limit=100")).stream()
                .filter(order -> order.toString().contains("\"" + to + "\""))
                .map(order -> order.path("_links").path("self").path("href").stringValue(""))
                .findFirst()
                .orElseThrow();
    }

    /** A report for one mail names others: only who was addressed is told of. */
    @Test
    @Order(5)
    void aReportCannotSpeakOfWhomTheMailWasNotSentTo() {
        String to = address();
        String order = ordered(to, "cc-" + to);
        mailbox.await(to, 1);
        String returns = bounceAddress(to);
        report(returns, Reports.failed(returns, "stranger@elsewhere.example", ""));
        report(returns, Reports.failed(returns, "forwarded@elsewhere.example", to));
        Api.Answer shown =
                api.await(order, answer -> !delivery(answer).path("bounces").isEmpty());
        assertThat(delivery(shown).path("bounces")).hasSize(1);
        JsonNode only = delivery(shown).path("bounces").path(0);
        assertThat(only.path("address").stringValue()).isEqualTo(to);
        assertThat(only.path("recipient").stringValue()).isEqualTo("forwarded@elsewhere.example");
    }

    /** However often it was looked at; and where the mailbox begins its numbers anew, nothing changes. */
    @Test
    @Order(6)
    void eachMailIsTakenOnceAndTakingItAgainChangesNothing() {
        int mails = Api.JSON
                .readTree(World.control(server, "GET", "/mailbox/messages?to=" + BOX, null))
                .path("messages")
                .size();
        Api.await("all to be read", () -> taken() >= mails);
        assertThat(taken()).isEqualTo(mails);
        double bounced = count("bounced");
        List<String> deliveries = deliveries();
        world.sql().update("UPDATE bounce_mailboxes SET validity = validity + 1");
        Api.await("all to be read again", () -> taken() >= 2 * mails);
        assertThat(taken()).isEqualTo(2 * mails);
        assertThat(count("bounced")).isEqualTo(bounced);
        assertThat(deliveries()).isEqualTo(deliveries);
    }

    private double taken() {
        return FOUND.stream().mapToDouble(this::count).sum();
    }

    private List<String> deliveries() {
        return Lists.rows(api.get("/enterprise/orders?limit=100")).stream()
                .map(JsonNode::toString)
                .toList();
    }
}
