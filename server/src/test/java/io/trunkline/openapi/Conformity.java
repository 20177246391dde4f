package io.trunkline.openapi;

import io.trunkline.openapi.Description.Operation;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Holds what was sent and answered against the description: every answer is one that is described, and whatever the
 * server accepts is what the description allows.
 */
public final class Conformity {
    private static final JsonMapper JSON = new JsonMapper();
    /** Refusals that no operation makes: the path or method leads to none. */
    private static final Set<Integer> OF_NO_OPERATION = Set.of(401, 404, 405, 429, 431, 400, 413, 503);

    /** The page to browse the description, and what the operator's probes ask. */
    private static final List<String> NO_API = List.of("/docs", "/livez", "/readyz");

    private final String method;
    private final URI uri;
    private final @Nullable String body;
    private final HttpResponse<byte[]> answer;
    private final List<String> faults = new ArrayList<>();

    private Conformity(String method, @Nullable String body, HttpResponse<byte[]> answer) {
        this.method = method;
        this.uri = answer.request().uri();
        this.body = body;
        this.answer = answer;
    }

    /**
     * Fails where the description says otherwise.
     *
     * @param body that was sent
     */
    public static void check(String method, @Nullable String body, HttpResponse<byte[]> answer) {
        List<String> faults = faults(method, body, answer);
        if (!faults.isEmpty()) {
            throw new AssertionError("the description (module api) and the server differ: " + method + " "
                    + answer.request().uri() + " → " + answer.statusCode() + "\n  "
                    + String.join("\n  ", faults) + "\n"
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    /** What of this is no problem as the description has them. */
    public static List<String> faultsOfProblem(JsonNode problem) {
        return Schemas.CLOSED.faults(Description.OURS.document().at("/components/schemas/Problem"), problem);
    }

    static List<String> faults(String method, @Nullable String body, HttpResponse<byte[]> answer) {
        var conformity = new Conformity(method, body, answer);
        conformity.judge();
        return conformity.faults;
    }

    private void judge() {
        Optional<Operation> operation = Description.OURS.find(method, uri.getRawPath());
        if (operation.isEmpty()) {
            ofNoOperation();
            return;
        }
        Optional<JsonNode> response = Description.OURS.response(operation.get(), answer.statusCode());
        if (response.isEmpty()) {
            faults.add("the status " + answer.statusCode() + " is not described");
            return;
        }
        headers(response.get());
        content(response.get());
        if (answer.statusCode() < 300) {
            accepted(operation.get());
        }
    }

    private void ofNoOperation() {
        boolean isForPeople = NO_API.stream().anyMatch(uri.getPath()::startsWith);
        if (!isForPeople && !method.equals("OPTIONS") && !OF_NO_OPERATION.contains(answer.statusCode())) {
            faults.add("there is no such operation");
        }
    }

    private void headers(JsonNode response) {
        response.path("headers").properties().forEach(entry -> {
            JsonNode header = Description.OURS.resolved(entry.getValue());
            Optional<String> value = answer.headers().firstValue(entry.getKey());
            if (value.isEmpty() && header.path("required").booleanValue(false)) {
                faults.add("the header " + entry.getKey() + " is missing");
            }
            value.ifPresent(given -> Schemas.CLOSED
                    .faults(header.path("schema"), value(header.path("schema"), given))
                    .forEach(fault -> faults.add("header " + entry.getKey() + fault)));
        });
        for (String name : List.of("ETag", "Location", "Retry-After", "Preference-Applied", "Idempotency-Replayed")) {
            if (answer.headers().firstValue(name).isPresent()
                    && response.path("headers").path(name).isMissingNode()) {
                faults.add("the header " + name + " is not described");
            }
        }
    }

    private void content(JsonNode response) {
        String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
        JsonNode content = response.path("content");
        if (content.isMissingNode() || method.equals("HEAD")) {
            if (answer.body().length > 0) {
                faults.add("a body is not described");
            }
            return;
        }
        JsonNode media = content.path(type);
        if (media.isMissingNode()) {
            faults.add("the media type \"" + type + "\" is not described");
        } else if (isJson(type)) {
            Schemas.CLOSED
                    .faults(media.path("schema"), JSON.readTree(answer.body()))
                    .forEach(fault -> faults.add("answer " + fault));
        }
    }

    /** Not what has a value a line. */
    private static boolean isJson(String type) {
        return type.equals("application/json") || type.endsWith("+json");
    }

    /** What the server has accepted is valid by the description. */
    private void accepted(Operation operation) {
        Map<String, List<String>> query = query();
        for (JsonNode parameter : operation.parameters("query")) {
            List<String> values = query.remove(parameter.path("name").stringValue());
            if (values != null) {
                parameter(parameter, values);
            }
        }
        query.keySet().forEach(name -> faults.add("the parameter " + name + " was accepted and is not described"));
        if (body != null) {
            body(operation);
        }
    }

    private void parameter(JsonNode parameter, List<String> values) {
        JsonNode schema = parameter.path("schema");
        JsonNode value;
        if (Description.OURS.resolved(schema).path("type").stringValue("").equals("array")) {
            var array = JsonNodeFactory.instance.arrayNode();
            values.forEach(each -> List.of(each.split(",", -1)).forEach(array::add));
            value = array;
        } else {
            value = value(schema, values.getFirst());
        }
        Schemas.AS_WRITTEN
                .faults(schema, value)
                .forEach(fault -> faults.add(
                        "accepted parameter " + parameter.path("name").stringValue() + fault));
    }

    private void body(Operation operation) {
        String type =
                answer.request().headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
        JsonNode media = operation.node().path("requestBody").path("content").path(type);
        if (media.isMissingNode()) {
            faults.add("a body of type \"" + type + "\" was accepted and is not described");
        } else if (isJson(type)) {
            try {
                Schemas.AS_WRITTEN
                        .faults(media.path("schema"), JSON.readTree(body))
                        .forEach(fault -> faults.add("accepted body " + fault));
            } catch (JacksonException e) {
                faults.add("accepted body: " + e.getOriginalMessage());
            }
        }
    }

    private Map<String, List<String>> query() {
        var query = new LinkedHashMap<String, List<String>>();
        String raw = uri.getRawQuery();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                if (!pair.isEmpty()) {
                    query.computeIfAbsent(decoded(parts[0]), _ -> new ArrayList<>())
                            .add(parts.length > 1 ? decoded(parts[1]) : "");
                }
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** A header's or parameter's text as the schema sees it. */
    private static JsonNode value(JsonNode schema, String text) {
        boolean integer =
                Description.OURS.resolved(schema).path("type").stringValue("").equals("integer");
        return integer && text.matches("-?\\d{1,18}")
                ? JsonNodeFactory.instance.numberNode(Long.parseLong(text))
                : JsonNodeFactory.instance.stringNode(text);
    }
}
