package io.trunkline.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The API's description, read. */
public final class Description {
    static final String BASE = "https://trunkline.example";
    private static final String RESOURCE = "/openapi/openapi.yaml";
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /** The one that the server serves. */
    public static final Description OURS = new Description();

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<Pattern, String> paths = new LinkedHashMap<>();

    private Description() {
        try (InputStream in = Description.class.getResourceAsStream(RESOURCE)) {
            document = new YAMLMapper().readTree(Objects.requireNonNull(in, RESOURCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        absolute(document);
        document.path("paths").properties().forEach(item -> {
            paths.put(Pattern.compile(item.getKey().replaceAll("\\{[^}]*}", "[^/]+")), item.getKey());
            item.getValue().propertyNames().stream()
                    .filter(METHODS::contains)
                    .forEach(method -> operations.add(operation(item.getKey(), method, item.getValue())));
        });
    }

    /** References to places in the document work wherever a part of it is taken. */
    private static void absolute(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("$ref").isString()) {
            object.put("$ref", BASE + object.path("$ref").stringValue());
        }
        node.forEach(Description::absolute);
    }

    /**
     * An operation.
     *
     * @param method in upper case
     * @param path with {@code {id}} in it
     * @param parameters those of its path and its own, resolved
     */
    public record Operation(String method, String path, List<JsonNode> parameters, JsonNode node) {
        public boolean reads() {
            return method.equals("GET");
        }

        /** Below what needs a token. */
        public boolean isOfApi() {
            return path.equals("/enterprise") || path.startsWith("/enterprise/");
        }

        public List<JsonNode> parameters(String in) {
            return parameters.stream()
                    .filter(parameter -> parameter.path("in").stringValue("").equals(in))
                    .toList();
        }

        public Set<String> names(String in) {
            var names = new TreeSet<String>();
            parameters(in).forEach(parameter -> names.add(parameter.path("name").stringValue()));
            return names;
        }

        /** The licences that it needs, all of them. */
        public Set<String> licences() {
            var licences = new TreeSet<String>();
            node.path("security")
                    .forEach(scheme -> scheme.path("oauth2").forEach(scope -> licences.add(scope.stringValue())));
            return licences;
        }

        /** The media types of its body, none where it has no body. */
        public List<String> consumes() {
            return List.copyOf(node.path("requestBody").path("content").propertyNames());
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private Operation operation(String path, String method, JsonNode item) {
        var parameters = new ArrayList<JsonNode>();
        item.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        JsonNode node = item.path(method);
        node.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        return new Operation(method.toUpperCase(Locale.ROOT), path, parameters, node);
    }

    JsonNode document() {
        return document;
    }

    public List<Operation> operations() {
        return operations;
    }

    /** What a reference names; what is none as it is. */
    public JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").stringValue("");
        if (reference.isEmpty()) {
            return node;
        }
        JsonNode found = document.at(reference.substring(BASE.length() + 1));
        if (found.isMissingNode()) {
            throw new AssertionError("the description has no " + reference);
        }
        return resolved(found);
    }

    /** The path, with {@code {id}} in it, that this one is of. */
    Optional<String> pathOf(String path) {
        return paths.containsValue(path)
                ? Optional.of(path)
                : paths.entrySet().stream()
                        .filter(known -> known.getKey().matcher(path).matches())
                        .map(Map.Entry::getValue)
                        .findFirst();
    }

    Optional<Operation> find(String method, String path) {
        String described = method.equals("HEAD") ? "GET" : method;
        return pathOf(path)
                .flatMap(known -> operations.stream()
                        .filter(operation -> operation.path().equals(known)
                                && operation.method().equals(described))
                        .findFirst());
    }

    /** One response of an operation. */
    Optional<JsonNode> response(Operation operation, int status) {
        JsonNode responses = operation.node().path("responses");
        return responses
                .optional(Integer.toString(status))
                .or(() -> responses.optional(status / 100 + "XX"))
                .map(this::resolved);
    }
}
