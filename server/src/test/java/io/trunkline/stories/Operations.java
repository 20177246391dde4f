package io.trunkline.stories;

import io.trunkline.openapi.Description;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The operations of the API, found from its description, which is proved to be the routes: a new one cannot escape.
 * Each with a sample.
 */
final class Operations {
    /**
     * An operation, e.g. {@code GET /enterprise/accounts/{id}}.
     *
     * @param isList whether it answers in pages
     */
    record Operation(String method, String path, boolean isList) {
        boolean reads() {
            return method.equals("GET");
        }

        /** Of one thing, not of a list. */
        boolean ofOne() {
            return !isList && (path.contains("{") || path.equals("/enterprise"));
        }

        /** The list that holds what {@code {id}} names. */
        private String list() {
            return path.substring(0, path.indexOf("/{"));
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final List<Operation> all = new ArrayList<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Api api;

    /** Takes a client of the organization whose rows are the samples. */
    Operations(Api api) {
        this.api = api;
        Description.OURS.operations().stream()
                .filter(Description.Operation::isOfApi)
                .forEach(operation -> all.add(of(operation)));
        all.sort(Comparator.comparing(Operation::path).thenComparing(Operation::method));
    }

    static Operation of(Description.Operation operation) {
        boolean isList = operation.parameters("query").stream()
                .anyMatch(parameter -> parameter.path("name").stringValue("").equals("limit"));
        return new Operation(operation.method(), operation.path(), isList);
    }

    /** Takes this one as the sample of its list. */
    Operations with(String list, String id) {
        ids.put(list, id);
        return this;
    }

    List<Operation> all() {
        return all;
    }

    List<Operation> reads() {
        return all.stream().filter(Operation::reads).toList();
    }

    /** A path that exists. */
    String sample(Operation operation) {
        return operation.path().contains("{") ? withId(operation, id(operation)) : operation.path();
    }

    static String withId(Operation operation, String id) {
        return operation.path().replace("{id}", id);
    }

    private String id(Operation operation) {
        return ids.computeIfAbsent(operation.list(), list -> {
            List<JsonNode> rows = Lists.rows(api.get(list + "?limit=1"));
            if (rows.isEmpty()) {
                throw new IllegalStateException(
                        list + " is empty: let Population add a row, so that " + operation + " is tested");
            }
            return Lists.ids(rows).getFirst();
        });
    }
}
