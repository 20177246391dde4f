package io.trunkline.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object of a request, read field by field. What breaks a rule is noted with its pointer and read as absent, so
 * that one answer lists everything. A JSON {@code null} is as good as an absent field.
 */
public final class Shape {
    private final JsonNode node;
    private final String pointer;
    private final List<Violation> violations;
    private final Set<String> known = new HashSet<>();

    Shape(JsonNode node, String pointer, List<Violation> violations) {
        this.node = node;
        this.pointer = pointer;
        this.violations = violations;
    }

    /**
     * An object that we have written ourselves.
     *
     * @throws IllegalArgumentException where it is none
     */
    public static Shape ofOurs(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("expected an object, got " + typeOf(node));
        }
        return new Shape(node, "", new ArrayList<>());
    }

    /** How long a text may be, in code points. */
    public record Length(int min, int max) {}

    public boolean has(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value != null && !value.isNull();
    }

    /** Whether the field is there and null: in a merge patch (RFC 7396) that takes it away. */
    public boolean clears(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value != null && value.isNull();
    }

    /** The same object by itself: pointers begin at it, and what is not valid is noted there. */
    public Shape apart(List<Violation> itsOwn) {
        return new Shape(node, "", itsOwn);
    }

    public void refuse(String name, Violation.Code code, String detail) {
        violations.add(Violation.pointer(at(name), code, detail));
    }

    private String at(String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private Optional<JsonNode> value(String name, boolean required) {
        if (!has(name)) {
            if (required) {
                refuse(name, Violation.Code.REQUIRED, name + " is required");
            }
            return Optional.empty();
        }
        return Optional.of(node.get(name));
    }

    private Optional<String> string(String name, boolean required) {
        return value(name, required).flatMap(value -> {
            if (!value.isString()) {
                refuse(name, Violation.Code.TYPE, "expected a string, got " + typeOf(value));
                return Optional.empty();
            }
            return Optional.of(value.stringValue());
        });
    }

    /** A line of text: no control characters, not blank. */
    public Optional<String> text(String name, boolean required, Length length) {
        return string(name, required).filter(value -> isLine(at(name), value, length));
    }

    private boolean isLine(String place, String value, Length length) {
        int size = value.codePointCount(0, value.length());
        if (size < length.min() || size > length.max()) {
            violations.add(Violation.pointer(
                    place,
                    Violation.Code.RANGE,
                    "expected " + length.min() + " to " + length.max() + " characters, got " + size));
            return false;
        }
        if (value.codePoints().anyMatch(c -> Character.isISOControl(c) || isLoneSurrogate(c))) {
            violations.add(Violation.pointer(place, Violation.Code.PATTERN, "control characters are not allowed"));
            return false;
        }
        if (length.min() > 0 && value.isBlank()) {
            violations.add(Violation.pointer(place, Violation.Code.PATTERN, "blank is as good as nothing"));
            return false;
        }
        return true;
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    public Optional<String> oneOf(String name, boolean required, String... allowed) {
        return string(name, required).filter(value -> {
            boolean holds = Arrays.asList(allowed).contains(value);
            if (!holds) {
                refuse(
                        name,
                        Violation.Code.NOT_ALLOWED,
                        Parameters.quoted(value) + " is not supported, expected "
                                + (allowed.length == 1 ? allowed[0] : "one of " + String.join(", ", allowed)));
            }
            return holds;
        });
    }

    /** Some of a list of values, each once; empty where the field is absent. */
    public List<String> anyOf(String name, String... allowed) {
        List<JsonNode> entries = array(name, false, new Length(1, allowed.length))
                .map(array -> array.valueStream().toList())
                .orElse(List.of());
        var values = new ArrayList<String>();
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            String place = at(name) + "/" + i;
            if (!entry.isString()) {
                violations.add(
                        Violation.pointer(place, Violation.Code.TYPE, "expected a string, got " + typeOf(entry)));
            } else if (!Arrays.asList(allowed).contains(entry.stringValue())) {
                violations.add(Violation.pointer(
                        place,
                        Violation.Code.NOT_ALLOWED,
                        Parameters.quoted(entry.stringValue()) + " is none of " + String.join(", ", allowed)));
            } else if (values.contains(entry.stringValue())) {
                violations.add(Violation.pointer(
                        place, Violation.Code.REPEATED, entry.stringValue() + " is there more than once"));
            } else {
                values.add(entry.stringValue());
            }
        }
        return List.copyOf(values);
    }

    /** A whole number of at least {@code least}. */
    public Optional<Long> number(String name, boolean required, long least) {
        return value(name, required).flatMap(value -> {
            if (!value.isIntegralNumber()) {
                refuse(name, Violation.Code.TYPE, "expected a whole number, got " + typeOf(value));
                return Optional.empty();
            }
            if (!value.canConvertToLong() || value.longValue() < least) {
                refuse(
                        name,
                        Violation.Code.RANGE,
                        "expected " + least + " to " + Long.MAX_VALUE + ", got " + Parameters.quoted(value.asString()));
                return Optional.empty();
            }
            return Optional.of(value.longValue());
        });
    }

    /** A text that the reader understands; what it does not is refused with the pattern. */
    public <T> Optional<T> matching(
            String name, boolean required, String pattern, Function<String, Optional<T>> reader) {
        return string(name, required).flatMap(value -> {
            Optional<T> read = reader.apply(value);
            if (read.isEmpty()) {
                refuse(name, Violation.Code.PATTERN, Parameters.quoted(value) + " does not match " + pattern);
            }
            return read;
        });
    }

    /** Texts that all hold; each that does not is noted with its own pointer. */
    public Optional<List<String>> texts(
            String name, boolean required, Length count, Length length, Function<String, Optional<String>> fault) {
        return array(name, required, count).flatMap(array -> entries(name, array, length, fault));
    }

    private Optional<JsonNode> array(String name, boolean required, Length count) {
        return value(name, required).filter(value -> {
            if (!value.isArray()) {
                refuse(name, Violation.Code.TYPE, "expected an array, got " + typeOf(value));
                return false;
            }
            if (value.size() < count.min() || value.size() > count.max()) {
                refuse(
                        name,
                        Violation.Code.RANGE,
                        "expected " + count.min() + " to " + count.max() + " entries, got " + value.size());
                return false;
            }
            return true;
        });
    }

    private Optional<List<String>> entries(
            String name, JsonNode array, Length length, Function<String, Optional<String>> fault) {
        var texts = new ArrayList<String>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode entry = array.get(i);
            String place = at(name) + "/" + i;
            if (!entry.isString()) {
                violations.add(
                        Violation.pointer(place, Violation.Code.TYPE, "expected a string, got " + typeOf(entry)));
            } else if (isLine(place, entry.stringValue(), length)) {
                fault.apply(entry.stringValue())
                        .ifPresent(detail -> violations.add(Violation.pointer(place, Violation.Code.PATTERN, detail)));
                texts.add(entry.stringValue());
            }
        }
        return texts.size() == array.size() ? Optional.of(List.copyOf(texts)) : Optional.empty();
    }

    public Optional<Shape> object(String name, boolean required) {
        return value(name, required).flatMap(value -> {
            if (!value.isObject()) {
                refuse(name, Violation.Code.TYPE, "expected an object, got " + typeOf(value));
                return Optional.empty();
            }
            return Optional.of(new Shape(value, at(name), violations));
        });
    }

    /** Objects that are read one by one; what is none is noted. Absent as well where the count is wrong. */
    public Optional<List<Shape>> objects(String name, boolean required, Length count) {
        return array(name, required, count).map(array -> {
            var shapes = new ArrayList<Shape>();
            for (int i = 0; i < array.size(); i++) {
                String place = at(name) + "/" + i;
                if (array.get(i).isObject()) {
                    shapes.add(new Shape(array.get(i), place, violations));
                } else {
                    violations.add(Violation.pointer(
                            place, Violation.Code.TYPE, "expected an object, got " + typeOf(array.get(i))));
                }
            }
            return List.copyOf(shapes);
        });
    }

    public Optional<Boolean> bool(String name, boolean required) {
        return value(name, required).flatMap(value -> {
            if (!value.isBoolean()) {
                refuse(name, Violation.Code.TYPE, "expected true or false, got " + typeOf(value));
                return Optional.empty();
            }
            return Optional.of(value.booleanValue());
        });
    }

    /** Notes the fields that nobody asked for: a misspelt field must not be ignored. */
    public void end() {
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                refuse(
                        name,
                        Violation.Code.UNKNOWN,
                        "there is no field " + Parameters.quoted(name) + " here, but "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    static String typeOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            case MISSING -> "nothing";
        };
    }
}
