package io.trunkline.simulators.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request as it was read. Header names are looked up without regard to case. */
public final class Request {
    private final String method;
    private final String path;
    private final Map<String, String> query;
    private final Map<String, String> headers;
    private final Map<String, String> variables;
    private final byte[] body;

    Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
        this(method, path, query, headers, Map.of(), body);
    }

    private Request(
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            Map<String, String> variables,
            byte[] body) {
        this.method = method;
        this.path = path;
        this.query = Map.copyOf(query);
        this.headers = Map.copyOf(headers);
        this.variables = Map.copyOf(variables);
        this.body = body;
    }

    Request with(Map<String, String> pathVariables) {
        return new Request(method, path, query, headers, pathVariables, body);
    }

    public String method() {
        return method;
    }

    /** The path as sent, without the query. */
    public String path() {
        return path;
    }

    /** Decoded parameters of the query. */
    public Map<String, String> query() {
        return query;
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The decoded value of a {@code {name}} in the route's path. */
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the route has no variable \"" + name + "\", only " + variables.keySet());
        }
        return value;
    }

    public byte[] body() {
        return body.clone();
    }

    boolean keepsAlive() {
        return header("Connection").stream().noneMatch(value -> value.equalsIgnoreCase("close"));
    }
}
