package io.trunkline.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.openapi.Description.Operation;
import io.trunkline.security.Licences;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Violation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The description says what the server does: nothing less, nothing more. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescriptionTest {
    private static final Pattern KNOWN = Pattern.compile(", but (.*)$");
    /** Answered by a filter before there are routes. */
    private static final String TOKEN = "POST /auth/realms/enterprise-apis/protocol/openid-connect/token";

    private RunningServer server;
    private World world;
    private Api api;

    @BeforeAll
    void start(RunningServer shared) {
        server = shared;
        world = server.world("description");
        api = world.api();
    }

    private Set<String> routes() {
        var routes = new TreeSet<String>(Set.of(TOKEN));
        server.bean(RequestMappingHandlerMapping.class).getHandlerMethods().forEach((route, handler) -> {
            if (handler.getBeanType().getPackageName().startsWith("io.trunkline")) {
                for (String path : route.getPatternValues()) {
                    for (RequestMethod method : route.getMethodsCondition().getMethods()) {
                        routes.add(method + " " + path);
                    }
                }
            }
        });
        // The operator's own, described in docs/operating.md.
        routes.removeIf(route -> route.contains(" /operator/"));
        // A page for people, and its parts.
        routes.removeIf(route -> route.equals("GET /docs") || route.startsWith("GET /docs/"));
        return routes;
    }

    @Test
    void the_described_operations_are_the_routes() {
        assertThat(Description.OURS.operations().stream().map(Operation::toString))
                .as("operations of the description (module api) and routes of the server")
                .containsExactlyInAnyOrderElementsOf(routes());
    }

    @Test
    void the_described_query_parameters_are_those_that_the_server_knows() {
        for (Operation operation : Description.OURS.operations()) {
            if (!operation.reads() || !operation.isOfApi()) {
                continue;
            }
            String path = operation.path().replaceAll("\\{[^}]*}", "x");
            JsonNode problem = api.get(path + "?no_such_parameter=1").json();
            String detail = problem.path("errors").path(0).path("detail").stringValue("");
            assertThat(detail).as(operation + ": " + problem).startsWith("there is no parameter \"no_such_parameter\"");
            Matcher known = KNOWN.matcher(detail);
            Set<String> names = known.find() ? Set.of(known.group(1).split(", ", -1)) : Set.of();
            assertThat(operation.names("query")).as(operation.toString()).isEqualTo(new TreeSet<>(names));
        }
    }

    @Test
    void the_described_licences_are_those_that_the_server_asks_for() {
        Map<String, Set<String>> needed = new TreeMap<>(Licences.needed(server));
        var described = new TreeMap<String, Set<String>>();
        Description.OURS.operations().stream()
                .filter(Operation::isOfApi)
                .forEach(operation -> described.put(operation.toString(), operation.licences()));

        assertThat(described).isEqualTo(needed);
        assertThat(Description.OURS
                        .document()
                        .at("/components/securitySchemes/oauth2/flows/clientCredentials/scopes")
                        .propertyNames())
                .containsExactlyInAnyOrderElementsOf(Licences.all());
    }

    @Test
    void the_licences_are_those_of_the_contract() {
        Map<String, String> exceptions = Map.of(
                "product-offerings", "order-templates",
                "sim-profile", "subscriptions",
                "phone-numbers", "subscriptions",
                "services", "subscriptions",
                "qr-code", "orders",
                "balances", "usage",
                "sms", "messages",
                "deliveries", "orders");
        for (Operation operation : Description.OURS.operations()) {
            List<String> parts = Arrays.stream(operation.path().split("/", -1))
                    .filter(part -> !part.isEmpty() && !part.contains("{"))
                    .toList();
            if (operation.isOfApi() && parts.size() > 1) {
                String first = exceptions.getOrDefault(parts.get(1), parts.get(1));
                String licence = exceptions.getOrDefault(parts.getLast(), first);
                assertThat(operation.licences()).as(operation.toString()).isEqualTo(Set.of(licence));
            }
        }
    }

    @Test
    void every_operation_of_the_api_tells_what_can_be_refused() {
        for (Operation operation : Description.OURS.operations()) {
            if (!operation.isOfApi()) {
                continue;
            }
            var refusals = new TreeSet<>(Set.of("400", "401", "406", "429", "431", "500", "503"));
            if (!operation.licences().isEmpty()) {
                refusals.add("403");
            }
            if (operation.path().contains("{")) {
                refusals.add("404");
            }
            if (!operation.consumes().isEmpty()) {
                refusals.addAll(Set.of("413", "415"));
            }
            if (operation.names("header").contains("Idempotency-Key")) {
                refusals.addAll(Set.of("409", "422"));
            }
            if (operation.names("header").contains("If-Match")) {
                refusals.add("412");
            }
            JsonNode responses = operation.node().path("responses");
            assertThat(responses.propertyNames()).as(operation.toString()).containsAll(refusals);
            responses.propertyNames().stream()
                    .filter(status -> status.startsWith("4") || status.startsWith("5"))
                    .forEach(status -> assertThat(Description.OURS
                                    .resolved(responses.path(status))
                                    .path("content")
                                    .propertyNames())
                            .as(operation + " " + status)
                            .containsExactly("application/problem+json"));
        }
    }

    @Test
    void the_codes_of_problems_are_those_of_the_code() {
        assertThat(enumOf("ErrorCode"))
                .containsExactlyElementsOf(
                        Stream.of(ErrorCode.values()).map(ErrorCode::code).toList());
        assertThat(enumOf("ViolationCode"))
                .containsExactlyElementsOf(Stream.of(Violation.Code.values())
                        .map(code -> code.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static List<String> enumOf(String schema) {
        return Description.OURS
                .document()
                .path("components")
                .path("schemas")
                .path(schema)
                .path("enum")
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
    }

    @Test
    void what_requests_hold_is_closed_as_the_server_closes_it() {
        Description.OURS.operations().stream()
                .filter(Operation::isOfApi)
                .forEach(operation -> operation
                        .node()
                        .path("requestBody")
                        .path("content")
                        .forEach(media -> closed(media.path("schema"), operation.toString())));
    }

    private static void closed(JsonNode given, String what) {
        JsonNode schema = Description.OURS.resolved(given);
        if (schema.has("properties")) {
            assertThat(schema.path("additionalProperties").booleanValue(true))
                    .as(what + ": " + schema)
                    .isFalse();
        }
        schema.path("properties").forEach(property -> closed(property, what));
        schema.path("oneOf").forEach(choice -> closed(choice, what));
        closedItems(schema, what);
    }

    private static void closedItems(JsonNode schema, String what) {
        if (schema.has("items")) {
            closed(schema.path("items"), what);
        }
    }

    @Test
    void it_is_served_in_both_forms_with_the_public_base_in_it() {
        Api anybody = new Api(server.url(), "", "");
        Api.Answer yaml = anybody.anonymous("GET", "/openapi.yaml");
        Api.Answer json = anybody.anonymous("GET", "/openapi.json");

        assertThat(yaml.header("Content-Type")).isEqualTo(new MediaType("application", "yaml").toString());
        assertThat(json.header("Content-Type")).isEqualTo(MediaType.APPLICATION_JSON_VALUE);
        assertThat(new YAMLMapper().readTree(yaml.text())).isEqualTo(json.json());
        assertThat(json.json().path("servers").path(0).path("url").stringValue())
                .isEqualTo(server.url());
        assertThat(json.text()).doesNotContain(Description.BASE);
        assertThat(anybody.anonymous("GET", "/openapi.yaml", "If-None-Match", yaml.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(anybody.anonymous("HEAD", "/openapi.json").header("ETag")).isEqualTo(json.header("ETag"));
    }

    @Test
    void every_name_in_it_is_used() {
        String text = Description.OURS.document().toString();
        for (String kind : List.of("schemas", "responses", "parameters", "headers", "examples")) {
            JsonNode components = Description.OURS.document().path("components").path(kind);
            List<String> unused = components.propertyNames().stream()
                    .filter(name -> !text.contains("#/components/" + kind + "/" + name + "\""))
                    .toList();
            assertThat(unused).as(kind + " that nothing refers to").isEmpty();
        }
    }
}
