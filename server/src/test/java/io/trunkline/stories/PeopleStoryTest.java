package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A person with two lines, who changes departments, and leaves. */
@Tag("database")
@Tag("neighbours")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeopleStoryTest {
    private static final String PATH = "/enterprise/orders";

    private World world;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("people-story").stock(2);
        api = world.api();
    }

    private JsonNode completed(String order) {
        Api.Answer placed = api.post(PATH, order);
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode done = api.awaitOrder(placed.link("self")).json();
        assertThat(text(done, "status")).as(done.toString()).isEqualTo("completed");
        return done;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).stringValue("");
    }

    private List<String> lines(String person, String status) {
        return api.get("/enterprise/subscriptions?subscriber_id=" + person + "&status=" + status)
                .json()
                .path("_embedded")
                .path("subscriptions")
                .valueStream()
                .map(line -> text(line, "id"))
                .toList();
    }

    private String terminate(String line) {
        return """
                {"type": "terminate_subscription", "account_id": "%s", "subscription_id": "%s",
                 "reason": "left_organization"}""".formatted(world.account(), line);
    }

    private String ofNumber(String number) {
        return world.sql()
                .one("SELECT state FROM number_stock WHERE msisdn = ?", row -> row.text("state"), number)
                .orElse("gone");
    }

    @Test
    void aPersonWithTwoLinesChangesDepartmentsAndLeaves() {
        JsonNode first = completed(world.apiOrder());
        String person = text(first.path("subscriber"), "id");
        String another = """
                {"type": "activate_subscription", "account_id": "%s", "subscriber": {"id": "%s"},
                 "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}}""";
        JsonNode second = completed(another.formatted(world.account(), person));
        List<String> lines = List.of(text(first, "subscription_id"), text(second, "subscription_id"));
        assertThat(text(second.path("subscriber"), "id")).isEqualTo(person);
        assertThat(lines(person, "active")).containsExactlyElementsOf(lines);

        Api.Answer moved = api.call("PATCH", "/enterprise/subscribers/" + person, "{\"group\": \"Analysis\"}");
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        for (String line : lines) {
            JsonNode shown = api.get("/enterprise/subscriptions/" + line, "Prefer", "transclude=\"subscriber\"")
                    .json();
            assertThat(text(shown.path("_embedded").path("subscriber"), "group"))
                    .as(shown.toString())
                    .isEqualTo("Analysis");
        }

        for (JsonNode order : List.of(first, second)) {
            completed(terminate(text(order, "subscription_id")));
            assertThat(ofNumber(text(order.path("phone_numbers").path(0), "msisdn")))
                    .isEqualTo("quarantined");
        }
        assertThat(lines(person, "active")).isEmpty();
        assertThat(lines(person, "terminated")).containsExactlyElementsOf(lines);
        assertThat(api.get("/enterprise/subscribers/" + person).status()).isEqualTo(200);
        Api.Answer again = api.post(PATH, terminate(lines.getFirst()));
        assertThat(again.code()).isEqualTo("subscription_state_conflict");
    }
}
