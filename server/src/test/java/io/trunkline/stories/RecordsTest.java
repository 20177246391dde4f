package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.ids.SubscriberId;
import io.trunkline.security.Audit;
import io.trunkline.subscribers.PersonKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What happened and who did it is written with the change itself, and tells nothing of a person in the clear. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordsTest {
    private static final String PATH = "/enterprise/orders";
    private static final String EVENTS = """
            SELECT type, subject, data FROM events WHERE organization_id = ? AND correlation_id = ? ORDER BY id""";
    private static final String ENTRIES = """
            SELECT actor_type, actor, action, subject, before, after, person_id, personal FROM audit_entries
            WHERE organization_id = ? AND correlation_id = ? ORDER BY id""";
    private static final String EVERYTHING = """
            SELECT (SELECT count(*) FROM orders WHERE organization_id = o.id) || ' '
                || (SELECT count(*) FROM subscriptions WHERE organization_id = o.id) || ' '
                || (SELECT count(*) FROM subscribers WHERE organization_id = o.id) || ' '
                || (SELECT count(*) FROM deliveries WHERE organization_id = o.id) || ' '
                || (SELECT count(*) FROM events WHERE organization_id = o.id) || ' '
                || (SELECT count(*) FROM audit_entries WHERE organization_id = o.id) || ' '
                || (SELECT count(*) FROM idempotency_keys WHERE organization_id = o.id) AS counts
            FROM organizations o WHERE id = ?""";
    private static final String COLUMNS = """
            SELECT table_name || '.' || column_name AS name FROM information_schema.columns
            WHERE table_schema = 'trunkline'""";
    private static final String REFUSE = """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'not today'; END $$""";

    private World world;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("records").stock(10);
        api = world.api();
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    private record Event(String type, String subject, JsonNode data) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(
            String who,
            String action,
            String subject,
            String before,
            String after,
            Optional<SubscriberId> person,
            byte @Nullable [] personal) {}

    private List<Event> events(String correlation) {
        return world.sql()
                .list(
                        EVENTS,
                        row -> new Event(row.text("type"), row.text("subject"), Api.JSON.readTree(row.text("data"))),
                        world.organization(),
                        correlation);
    }

    private List<Entry> entries(String correlation) {
        return world.sql()
                .list(
                        ENTRIES,
                        row -> new Entry(
                                row.text("actor_type") + " " + row.text("actor"),
                                row.text("action"),
                                row.text("subject"),
                                String.valueOf(row.textOrNull("before")),
                                String.valueOf(row.textOrNull("after")),
                                Optional.ofNullable(row.uuidOrNull("person_id")).map(SubscriberId::new),
                                row.bytesOrNull("personal")),
                        world.organization(),
                        correlation);
    }

    private JsonNode ordered(String correlation) {
        Api.Answer placed = api.post(
                PATH,
                world.sampleOrder(correlation + "@records.example", "cc@records.example"),
                "X-Correlation-ID",
                correlation);
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        new Ledger(world).settle();
        return order;
    }

    @Test
    void anOrderIsToldFromItsAcceptanceToItsDelivery() {
        JsonNode order = ordered("told");
        String id = "order/" + order.path("id").stringValue("");
        String subscription = "subscription/" + order.path("subscription_id").stringValue("");
        String subscriber = "subscriber/" + order.path("subscriber").path("id").stringValue("");

        assertThat(events("told"))
                .extracting(event -> event.type() + " " + event.subject())
                .containsExactlyInAnyOrder(
                        "subscriber.created " + subscriber,
                        "order.accepted " + id,
                        "order.completed " + id,
                        "subscription.activated " + subscription,
                        "delivery.sent " + id);
        assertThat(entries("told"))
                .extracting(entry -> entry.who() + " " + entry.action() + " " + entry.subject())
                .containsExactlyInAnyOrder(
                        "client records-client subscriber.created " + subscriber,
                        "client records-client order.placed " + id,
                        "system order-worker order.completed " + id,
                        "system order-worker subscription.activated " + subscription);
        for (Entry entry : entries("told")) {
            switch (entry.action()) {
                case "subscriber.created" ->
                    assertThat(entry.after()).isEqualTo("{\"subscriber_id\": \"" + person(order) + "\"}");
                case "order.placed" -> assertThat(entry.after()).contains("\"status\": \"pending\"", person(order));
                default -> {
                    assertThat(entry.before()).isEqualTo("{\"status\": \"pending\"}");
                    assertThat(entry.after()).containsAnyOf("\"status\": \"completed\"", "\"status\": \"active\"");
                }
            }
        }
    }

    private static String person(JsonNode order) {
        return order.path("subscriber").path("id").stringValue("");
    }

    @Test
    void aCanceledOrderIsToldWithItsReason() {
        world.faults("smdp", "[{\"operation\": \"downloadOrder\", \"fault\": \"refuse\", \"code\": \"8.2.5/3.7\"}]");
        JsonNode order = ordered("canceled");
        String reason = order.path("cancel_reason").path("code").stringValue("");
        assertThat(events("canceled"))
                .filteredOn(event -> event.type().equals("order.canceled"))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.data().path("code").stringValue("")).isEqualTo(reason));
        assertThat(events("canceled"))
                .extracting(Event::type)
                .contains("subscription.terminated")
                .doesNotContain("delivery.sent");
        assertThat(entries("canceled"))
                .filteredOn(entry -> entry.action().equals("order.canceled"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.after()).contains("canceled", reason));
    }

    @Test
    void whatIsOfAPersonIsSealedUnderThatPersonsKey() {
        ordered("sealed");
        for (Event event : events("sealed")) {
            assertThat(event.data().toString()).doesNotContain("@", "string");
        }
        List<Entry> entries = entries("sealed");
        for (Entry entry : entries) {
            assertThat(entry.before() + entry.after()).doesNotContain("@", "user@");
        }
        Entry created = entries.stream()
                .filter(entry -> entry.action().equals("subscriber.created"))
                .findFirst()
                .orElseThrow();
        byte[] sealed = created.personal();
        assertThat(sealed).isNotNull();
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("user@example.com");
        byte[] plain = world.server()
                .bean(PersonKeys.class)
                .open(
                        world.server().bean(Database.class).owner(),
                        world.organization(),
                        created.person().orElseThrow(),
                        sealed,
                        Audit.Personal.context(created.subject()))
                .orElseThrow();
        JsonNode values = Api.JSON.readTree(plain).path("after");
        assertThat(values.path("email").stringValue("")).isEqualTo("user@example.com");
        assertThat(values.path("employee_id").stringValue("")).isEqualTo("string");
    }

    @Test
    void noTableButThatOfPeopleHoldsARecipientInTheClear() {
        ordered("clear");
        List<String> columns = world.sql().list(COLUMNS, row -> row.text("name"));
        assertThat(columns).hasSizeGreaterThan(100);
        for (String column : columns) {
            String table = column.substring(0, column.indexOf('.'));
            long found = world.sql()
                    .one(
                            "SELECT count(*) AS n FROM " + table + " WHERE strpos("
                                    + column.substring(column.indexOf('.') + 1) + "::text, ?) > 0",
                            row -> row.longInteger("n"),
                            "clear@records.example")
                    .orElseThrow();
            assertThat(found).as(column).isZero();
        }
    }

    @Test
    void aRefusedOrderLeavesNothing() {
        String before = counts();
        Api.Answer answer = api.post(
                PATH,
                world.apiOrder()
                        .replace(world.account().text(), world.closedAccount().text()),
                "Idempotency-Key",
                "refused");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(counts()).isEqualTo(before);
    }

    @Test
    void anOrderWhoseRecordCannotBeWrittenIsNotMade() {
        String before = counts();
        world.sql().update(REFUSE);
        world.sql()
                .update("CREATE TRIGGER refuse BEFORE INSERT ON audit_entries FOR EACH ROW WHEN (NEW.correlation_id ="
                        + " 'unwritten' AND NEW.action = 'order.placed') EXECUTE FUNCTION refuse()");
        try {
            Api.Answer answer =
                    api.post(PATH, world.apiOrder(), "X-Correlation-ID", "unwritten", "Idempotency-Key", "unwritten");
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.code()).isEqualTo("internal");
            assertThat(answer.text()).doesNotContain("not today", "INSERT", "SQL", "Exception");
            assertThat(counts()).isEqualTo(before);
        } finally {
            world.sql().update("DROP TRIGGER refuse ON audit_entries");
            world.sql().update("DROP FUNCTION refuse");
        }
        assertThat(api.post(PATH, world.apiOrder(), "Idempotency-Key", "unwritten")
                        .status())
                .isEqualTo(201);
    }

    private String counts() {
        new Ledger(world).settle();
        return world.sql()
                .one(EVERYTHING, row -> row.text("counts"), world.organization())
                .orElseThrow();
    }
}
