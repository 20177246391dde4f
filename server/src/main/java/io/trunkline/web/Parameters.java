package io.trunkline.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of one request. Each is asked for by name; {@link #check} then refuses the request with all
 * violations at once, among them parameters that nobody asked for: a misspelt filter must not return everything.
 */
public final class Parameters {
    static final int DEFAULT_LIMIT = 10;
    static final int MAX_LIMIT = 100;
    static final int MAX_CURSOR = 128;
    private static final int MAX_VALUE = 256;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,9}");

    private final HttpServletRequest request;
    private @Nullable Map<String, String[]> values;
    private final Set<String> known = new HashSet<>();
    private final List<Violation> violations = new ArrayList<>();

    Parameters(HttpServletRequest request) {
        this.request = request;
    }

    /** Read when first asked for: reading them takes a form's body, which is to be refused as a body. */
    private Map<String, String[]> values() {
        if (values == null) {
            try {
                values = request.getParameterMap();
            } catch (IllegalStateException e) {
                throw Problem.of(ErrorCode.INVALID_REQUEST, "the query is not percent-encoded UTF-8")
                        .refusal();
            }
        }
        return values;
    }

    private Optional<String> single(String name) {
        known.add(name);
        String[] given = values().get(name);
        if (given == null) {
            return Optional.empty();
        }
        if (given.length > 1) {
            refuse(name, Violation.Code.REPEATED, name + " came " + given.length + " times, expected once");
            return Optional.empty();
        }
        if (given[0].length() > MAX_VALUE) {
            refuse(
                    name,
                    Violation.Code.RANGE,
                    name + " has " + given[0].length() + " characters, expected at most " + MAX_VALUE);
            return Optional.empty();
        }
        return Optional.of(given[0]);
    }

    /** One of a list of values. */
    public Optional<String> oneOf(String name, String... allowed) {
        return single(name).filter(value -> {
            boolean holds = Arrays.asList(allowed).contains(value);
            if (!holds) {
                refuse(name, Violation.Code.NOT_ALLOWED, quoted(value) + " is none of " + String.join(", ", allowed));
            }
            return holds;
        });
    }

    /** A value that the reader understands; what it does not is refused with the pattern. */
    public <T> Optional<T> matching(String name, String pattern, Function<String, Optional<T>> reader) {
        return single(name).flatMap(value -> {
            Optional<T> read = reader.apply(value);
            if (read.isEmpty()) {
                refuse(name, Violation.Code.PATTERN, quoted(value) + " does not match " + pattern);
            }
            return read;
        });
    }

    public void refuse(String name, Violation.Code code, String detail) {
        violations.add(Violation.parameter(name, code, detail));
    }

    int limit() {
        return single("limit")
                .map(value -> {
                    int limit = WHOLE_NUMBER.matcher(value).matches() ? Integer.parseInt(value) : 0;
                    if (limit < 1 || limit > MAX_LIMIT) {
                        refuse(
                                "limit",
                                Violation.Code.RANGE,
                                quoted(value) + " is not a number from 1 to " + MAX_LIMIT);
                        return DEFAULT_LIMIT;
                    }
                    return limit;
                })
                .orElse(DEFAULT_LIMIT);
    }

    Optional<String> cursor() {
        return single("cursor").filter(value -> {
            boolean holds = !value.isEmpty() && value.length() <= MAX_CURSOR;
            if (!holds) {
                refuse(
                        "cursor",
                        Violation.Code.RANGE,
                        "a cursor has 1 to " + MAX_CURSOR + " characters, not " + value.length());
            }
            return holds;
        });
    }

    /** The parameters but {@code limit} and {@code cursor}, in one spelling: what a cursor is bound to. */
    String filters() {
        return new TreeMap<>(values())
                .entrySet().stream()
                        .filter(entry -> !entry.getKey().equals("limit")
                                && !entry.getKey().equals("cursor"))
                        .map(entry -> entry.getKey() + "=" + String.join(",", entry.getValue()))
                        .collect(Collectors.joining("&"));
    }

    /** The parameters but {@code cursor}, as they came: what a link to another page carries along. */
    Map<String, String[]> carried() {
        var carried = new TreeMap<>(values());
        carried.remove("cursor");
        return carried;
    }

    /** Refuses the request when anything is not valid. */
    public void check() {
        for (String name : values().keySet()) {
            if (!known.contains(name)) {
                refuse(
                        name,
                        Violation.Code.UNKNOWN,
                        "there is no parameter " + quoted(name) + " here"
                                + (known.isEmpty()
                                        ? ", nor any other"
                                        : ", but "
                                                + String.join(
                                                        ", ",
                                                        known.stream().sorted().toList())));
            }
        }
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations).refusal();
        }
    }

    static String quoted(String value) {
        String shown = value.length() > 60 ? value.substring(0, 60) + "…" : value;
        return '"' + shown + '"';
    }
}
