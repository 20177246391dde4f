package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.openapi.Description;
import io.trunkline.openapi.Description.Operation;
import io.trunkline.openapi.Values;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Requests made of the description, for every operation: what it allows is refused for no reason of form, and whatever
 * is sent, every answer is one that it describes ({@link Api} sees to that, and that nothing else is accepted).
 */
@Tag("database")
@Tag("neighbours")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescribedRequestsTest {
    private static final int REQUESTS = 120;
    private static final long SEED = Long.getLong("trunkline.seed", System.nanoTime());

    /** Reasons that no schema can tell: what names nothing, states, places in other lists. */
    private static final Set<String> BEYOND_FORM = Set.of("not_found", "state", "cursor", "repeated");

    /**
     * That a time is not ahead, one day is after another, an id is not that of the resource, one of some fields has to
     * be there, or a number is none yet.
     */
    private static final Set<String> BEYOND_SCHEMAS =
            Set.of("from-date range", "/id not_allowed", "/add required", "/requested_at range", "/as_of range");

    private Api api;
    private Operations samples;

    @BeforeAll
    void prepare(RunningServer server) {
        World world = server.world("described").stock(2);
        world.server().clients().setLimit(world.organization(), world.clientId(), 1_000_000, 10_000_000);
        api = world.api();
        new Population(world, 6).grow(8);
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder("a@d.example", "b@d.example"));
        api.awaitOrder(placed.link("self"));
        Changing.newSimFor(world, api, placed.json().path("subscription_id").stringValue());
        samples = new Operations(api)
                .with(
                        "/enterprise/subscriptions",
                        placed.json().path("subscription_id").stringValue());
    }

    static Stream<Operation> operations() {
        return Description.OURS.operations().stream().filter(Operation::isOfApi);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void whatIsDescribedIsRefusedForNoReasonOfForm(Operation operation) {
        var values = new Values(SEED ^ operation.toString().hashCode());
        for (int i = 0; i < REQUESTS; i++) {
            String target = path(operation, values) + query(operation, values, false);
            String body = body(operation, values, false);
            Api.Answer answer = call(operation, target, body);
            String shown = "seed " + SEED + ": " + operation + " " + target + "\n" + body + "\n→ " + answer.text();
            assertThat(answer.status()).as(shown).isLessThan(500);
            if (answer.status() == 400) {
                assertThat(answer.violations().stream()
                                .filter(violation ->
                                        !BEYOND_SCHEMAS.contains(violation.replaceFirst("^/orders/\\d+", "")))
                                .map(violation -> violation.substring(violation.indexOf(' ') + 1)))
                        .as(shown)
                        .isSubsetOf(BEYOND_FORM);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void whatIsBrokenIsRefusedAndNeverAFailureOfOurs(Operation operation) {
        var values = new Values(~SEED ^ operation.toString().hashCode());
        int refused = 0;
        for (int i = 0; i < REQUESTS; i++) {
            String target = path(operation, values) + query(operation, values, true);
            Api.Answer answer = call(operation, target, body(operation, values, true));
            assertThat(answer.status())
                    .as("seed " + SEED + ": " + operation + " " + target + " → " + answer.text())
                    .isLessThan(500);
            refused += answer.status() >= 400 ? 1 : 0;
        }
        assertThat(refused).as("requests that are refused").isPositive();
    }

    private Api.Answer call(Operation operation, String target, @Nullable String body) {
        return body == null
                ? api.call(operation.method(), target, null)
                : api.call(
                        operation.method(),
                        target,
                        body,
                        "Content-Type",
                        operation.consumes().getFirst());
    }

    private String path(Operation operation, Values values) {
        String path = operation.path();
        if (!path.contains("{")) {
            return path;
        }
        return values.chance(2)
                ? samples.sample(Operations.of(operation))
                : Operations.withId(
                        Operations.of(operation),
                        values.of(operation.parameters("path").getFirst().path("schema"))
                                .stringValue());
    }

    private static String query(Operation operation, Values values, boolean broken) {
        var pairs = new ArrayList<String>();
        for (JsonNode parameter : operation.parameters("query")) {
            String name = parameter.path("name").stringValue();
            if (values.chance(name.equals("cursor") ? 8 : 3)) {
                JsonNode value = values.of(parameter.path("schema"));
                pairs.addAll(pairs(name, broken && values.chance(2) ? values.broken(value) : value));
            }
        }
        if (broken && values.chance(6)) {
            pairs.add("no_such_parameter=1");
        }
        return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }

    private static List<String> pairs(String name, JsonNode value) {
        Stream<JsonNode> each = value.isArray() ? value.valueStream().limit(10) : Stream.of(value);
        return each.map(one -> name + "=" + URLEncoder.encode(one.asString(""), StandardCharsets.UTF_8))
                .collect(Collectors.toList());
    }

    private static @Nullable String body(Operation operation, Values values, boolean broken) {
        if (operation.consumes().isEmpty()) {
            return null;
        }
        JsonNode schema = operation
                .node()
                .path("requestBody")
                .path("content")
                .path(operation.consumes().getFirst())
                .path("schema");
        JsonNode body = values.of(schema);
        return (broken ? values.broken(body) : body).toString();
    }
}
