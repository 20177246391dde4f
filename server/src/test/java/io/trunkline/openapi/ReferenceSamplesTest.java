package io.trunkline.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.openapi.Description.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The samples of the reference, those that are JSON, hold by the description. Its pages fold links away: {@code _links}
 * is empty there, or holds empty objects. Nothing else of them is changed.
 */
class ReferenceSamplesTest {
    private static final String LINK = "https://api.example/somewhere";

    private static JsonNode sample(String name) throws IOException {
        try (InputStream in = ReferenceSamplesTest.class.getResourceAsStream("/reference-samples/" + name + ".json")) {
            return new JsonMapper().readTree(Objects.requireNonNull(in, name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "placeOrder.request",
                "placeOrder.201",
                "getOrder.200",
                "listProducts.200",
                "getProduct.200",
                "listSubscribers.200",
                "getSubscriber.200",
                "listSubscriptions.200",
                "getSubscription.200",
                "getPhoneNumbers.200",
                "listUsageItems.200"
            })
    void a_sample_of_the_reference_holds(String name) throws IOException {
        JsonNode sample = sample(name);
        unfold(sample);
        String[] parts = name.split("\\.", -1);
        Operation operation = Description.OURS.operations().stream()
                .filter(known ->
                        known.node().path("operationId").stringValue("").equals(parts[0]))
                .findFirst()
                .orElseThrow();
        JsonNode where = parts[1].equals("request")
                ? operation.node().path("requestBody")
                : Description.OURS
                        .response(operation, Integer.parseInt(parts[1]))
                        .orElseThrow();
        JsonNode schema = where.path("content").path("application/json").path("schema");
        assertThat(schema.isMissingNode()).isFalse();

        assertThat(Schemas.AS_WRITTEN.faults(schema, sample)).isEmpty();
    }

    private static void unfold(JsonNode node) {
        if (node.path("_links") instanceof ObjectNode links) {
            links.forEach(link -> ((ObjectNode) link).put("href", LINK));
            if (!links.has("self")) {
                links.putObject("self").put("href", LINK);
            }
        }
        node.forEach(ReferenceSamplesTest::unfold);
    }
}
