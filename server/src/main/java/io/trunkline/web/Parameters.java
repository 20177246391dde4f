package io.trunkline.web;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
 * The query parameters of one request, read from its URL alone: a form in the body is no query. Each is asked for by
 * name; {@link #check} then refuses the request with all violations at once, among them parameters that nobody asked
 * for: a misspelt filter must not return everything.
 */
public final class Parameters {
    static final int DEFAULT_LIMIT = 10;
    static final int MAX_LIMIT = 100;
    static final int MAX_CURSOR = 128;
    private static final int MAX_VALUE = 256;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,9}");

    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();
    private final List<Violation> violations = new ArrayList<>();

    Parameters(@Nullable String query) {
        if (query == null) {
            return;
        }
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String rawName = equals < 0 ? pair : pair.substring(0, equals);
            Optional<String> name = decoded(rawName);
            Optional<String> value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
            if (name.isEmpty() || value.isEmpty()) {
                refuse(name.orElse(rawName), Violation.Code.PATTERN, quoted(pair) + " is not percent-encoded UTF-8");
            } else {
                values.computeIfAbsent(name.get(), _ -> new ArrayList<>()).add(value.get());
            }
        }
    }

    private Optional<String> single(String name) {
        known.add(name);
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1) {
            refuse(name, Violation.Code.REPEATED, name + " came " + given.size() + " times, expected once");
            return Optional.empty();
        }
        return given.stream().findFirst().filter(value -> isShort(name, value));
    }

    private boolean isShort(String name, String value) {
        if (value.length() > MAX_VALUE) {
            refuse(
                    name,
                    Violation.Code.RANGE,
                    name + " has " + value.length() + " characters, expected at most " + MAX_VALUE);
            return false;
        }
        return true;
    }

    /** One of a list of values. */
    public Optional<String> oneOf(String name, String... allowed) {
        return single(name).filter(value -> isAllowed(name, value, allowed));
    }

    /** Any of a list of values, repeated ({@code type=voice&type=sms}) or separated by commas; empty: not given. */
    public List<String> anyOf(String name, String... allowed) {
        known.add(name);
        return values.getOrDefault(name, List.of()).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .filter(value -> isAllowed(name, value, allowed))
                .distinct()
                .toList();
    }

    private boolean isAllowed(String name, String value, String... allowed) {
        boolean holds = Arrays.asList(allowed).contains(value);
        if (!holds) {
            refuse(name, Violation.Code.NOT_ALLOWED, quoted(value) + " is none of " + String.join(", ", allowed));
        }
        return holds;
    }

    /** A line of text: something, without control characters. */
    public Optional<String> text(String name) {
        return single(name).filter(value -> {
            boolean holds = !value.isBlank() && value.codePoints().noneMatch(Character::isISOControl);
            if (!holds) {
                refuse(
                        name,
                        Violation.Code.PATTERN,
                        "expected 1 to " + MAX_VALUE + " characters, not blank and none of them a control character");
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

    /** The parameters but {@code limit} and {@code cursor}, in one order: what a cursor is bound to. */
    String filters() {
        var filters = new TreeMap<>(values);
        filters.remove("limit");
        filters.remove("cursor");
        return encoded(filters);
    }

    /** A query of these parameters as they came, but with this cursor; empty, or beginning with {@code ?}. */
    String carried(Optional<String> cursor) {
        var carried = new TreeMap<>(values);
        carried.remove("cursor");
        String query = encoded(carried)
                + cursor.map(value -> (carried.isEmpty() ? "" : "&") + "cursor=" + encoded(value))
                        .orElse("");
        return query.isEmpty() ? "" : "?" + query;
    }

    /** As they came, for a link to the answer itself. */
    String asGiven() {
        return carried(values.getOrDefault("cursor", List.of()).stream().findFirst());
    }

    private static String encoded(Map<String, List<String>> parameters) {
        return parameters.entrySet().stream()
                .flatMap(
                        entry -> entry.getValue().stream().map(value -> encoded(entry.getKey()) + "=" + encoded(value)))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Empty where it is not percent-encoded UTF-8. */
    private static Optional<String> decoded(String text) {
        var bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                bytes.put((byte) (high * 16 + low));
                i += 2;
            } else if (c > 0x7e) {
                return Optional.empty();
            } else {
                bytes.put((byte) (c == '+' ? ' ' : c));
            }
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Refuses the request when anything is not valid. */
    public void check() {
        for (String name : values.keySet()) {
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
