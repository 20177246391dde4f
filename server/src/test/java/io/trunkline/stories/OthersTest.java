package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.openapi.Description;
import io.trunkline.openapi.Description.Operation;
import io.trunkline.security.Licence;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** For every operation of the description: what is another organization's answers as what does not exist. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OthersTest {
    private static final String NOBODY = "0".repeat(26);
    /** What can be embedded, and the licence that it needs beside the operation's. */
    private static final Map<String, Licence> EMBEDDED =
            Map.of("subscriber", Licence.SUBSCRIBERS, "account", Licence.ACCOUNTS);

    private World world;
    private Api api;
    private Operations others;
    private Api owner;

    @BeforeAll
    void prepare(RunningServer server) {
        World other = server.world("others-theirs").stock(2);
        owner = other.api();
        new Population(other, 8).grow(4);
        Api.Answer placed = owner.post("/enterprise/orders", other.sampleOrder("a@o.example", "b@o.example"));
        owner.awaitOrder(placed.link("self"));
        Changing.newSimFor(other, owner, placed.json().path("subscription_id").stringValue());
        others = new Operations(owner)
                .with(
                        "/enterprise/subscriptions",
                        placed.json().path("subscription_id").stringValue());
        world = server.world("others-ours").stock(1);
        new Population(world, 9).grow(4);
        api = world.api();
    }

    static Stream<Operation> ofOne() {
        return Description.OURS.operations().stream()
                .filter(operation -> operation.isOfApi() && operation.path().contains("{"));
    }

    static Stream<Operation> lists() {
        return Description.OURS.operations().stream()
                .filter(operation -> operation.isOfApi() && operation.reads())
                .filter(operation -> operation.parameters("query").stream()
                        .anyMatch(parameter -> !prefix(parameter).isEmpty()));
    }

    static Stream<Operation> embedding() {
        return Description.OURS.operations().stream()
                .filter(operation -> operation.parameters("header").stream()
                        .anyMatch(parameter ->
                                parameter.path("example").stringValue("").startsWith("transclude=")));
    }

    private static Api.Answer call(Api api, Operation operation, String path) {
        return operation.consumes().isEmpty()
                ? api.call(operation.method(), path, null)
                : api.call(
                        operation.method(),
                        path,
                        "{}",
                        "Content-Type",
                        operation.consumes().getFirst());
    }

    /** Without what names the request. */
    private static String told(Api.Answer answer) {
        var problem = (ObjectNode) answer.json();
        problem.remove("correlation_id");
        return answer.status() + " " + problem;
    }

    @ParameterizedTest
    @MethodSource("ofOne")
    void anotherOrganizationsIdAnswersAsOneOfNobody(Operation operation) {
        var mapped = Operations.of(operation);
        String theirs = others.sample(mapped);
        String nobodys = theirs.replaceFirst("_[0-9A-Z]{26}", "_" + NOBODY);
        assertThat(nobodys).isNotEqualTo(theirs);

        // 409, 410: it is there, and has ended. 400: it is there, and nothing is said of what to do with it.
        assertThat(call(owner, operation, theirs).status()).as("the owner's").isIn(200, 400, 409, 410);
        Api.Answer refused = call(api, operation, theirs);
        assertThat(refused.status()).isEqualTo(404);
        assertThat(told(refused)).isEqualTo(told(call(api, operation, nobodys)));
    }

    /** The prefix of the ids that a parameter takes, empty where it takes none. */
    private static String prefix(JsonNode parameter) {
        String pattern = Description.OURS
                .resolved(parameter.path("schema"))
                .path("pattern")
                .stringValue("");
        int end = pattern.indexOf("_[0-9A-Z]{26}");
        return end < 0 ? "" : pattern.substring(1, end);
    }

    @ParameterizedTest
    @MethodSource("lists")
    void anotherOrganizationsIdInAFilterFindsNothing(Operation operation) {
        Map<String, String> theirs = Map.of(
                "acc", id("/enterprise/accounts"),
                "sub", id("/enterprise/subscriptions"),
                "sbr", id("/enterprise/subscribers"));
        operation.parameters("query").stream()
                .filter(parameter -> !prefix(parameter).isEmpty())
                .forEach(parameter -> {
                    String name = parameter.path("name").stringValue();
                    String id = theirs.getOrDefault(prefix(parameter), "");
                    assertThat(id).as("add a list whose ids " + name + " takes").isNotEmpty();
                    assertThat(Lists.rows(api.get(operation.path() + "?" + name + "=" + id)))
                            .as(name)
                            .isEmpty();
                });
    }

    private String id(String list) {
        return Lists.ids(Lists.rows(owner.get(list + "?limit=1"))).getFirst();
    }

    @ParameterizedTest
    @MethodSource("embedding")
    void whatTheTokenHasNoLicenceForIsNotEmbedded(Operation operation) {
        String path = new Operations(api).sample(Operations.of(operation));
        EMBEDDED.forEach((name, licence) -> {
            String prefer = "transclude=\"subscriber;account\"";
            Api.Answer whole = api.get(path, "Prefer", prefer);
            Api.Answer limited = world.api(World.allBut(licence)).get(path, "Prefer", prefer);
            assertThat(whole.text()).as(name).contains("\"" + name + "\":{\"id\"");
            assertThat(whole.header("Preference-Applied")).contains(name);
            assertThat(limited.status()).isEqualTo(200);
            assertThat(limited.text()).as(name).doesNotContain("\"" + name + "\":{\"id\"");
            assertThat(List.of(limited.header("Preference-Applied").split("[=;\"]+", -1)))
                    .doesNotContain(name);
        });
    }
}
