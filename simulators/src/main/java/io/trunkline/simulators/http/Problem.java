package io.trunkline.simulators.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers of RFC 9457. */
public final class Problem {
    private Problem() {}

    /**
     * One thing that was wrong.
     *
     * @param pointer JSON pointer into the body, or {@code ?name} for a parameter of the query
     * @param detail what came and what was expected
     */
    public record Violation(String pointer, String detail) {}

    public static Reply reply(int status, String detail) {
        return reply(status, detail, List.of());
    }

    public static Reply reply(int status, String detail, List<Violation> violations) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", status);
        body.put("detail", detail);
        if (!violations.isEmpty()) {
            body.put("errors", violations);
        }
        return Reply.of(status, "application/problem+json", Json.write(body));
    }
}
