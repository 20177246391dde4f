package io.trunkline.catalog;

import io.trunkline.web.Violation;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of the catalog file. Whatever is not as it must be is noted with its place, and reading goes on. */
final class FileEntry {
    private final Map<String, Node> fields = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();
    private final Node node;
    private final String pointer;
    private final List<Violation> violations;

    FileEntry(Node node, String pointer, List<Violation> violations) {
        this.node = node;
        this.pointer = pointer;
        this.violations = violations;
        if (!(node instanceof MappingNode mapping)) {
            refuse(node, pointer, Violation.Code.TYPE, "expected a mapping");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            if (fields.put(key, tuple.getValueNode()) != null) {
                refuse(tuple.getKeyNode(), place(key), Violation.Code.REPEATED, "\"" + key + "\" is there twice");
            }
        }
    }

    private String place(String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private void refuse(Node at, String where, Violation.Code code, String detail) {
        String line = "line " + (at.getStartMark().getLine() + 1) + ", column "
                + (at.getStartMark().getColumn() + 1);
        violations.add(Violation.pointer(where, code, line + ": " + detail));
    }

    private Node at(String name) {
        return fields.getOrDefault(name, node);
    }

    /** Notes what is wrong with a field, or with the whole where it has none of this name. */
    void refuse(String name, Violation.Code code, String detail) {
        refuse(at(name), name.isEmpty() ? pointer : place(name), code, detail);
    }

    /** To be called when all fields have been asked for. */
    void refuseUnknown() {
        fields.forEach((name, value) -> {
            if (!known.contains(name)) {
                refuse(value, place(name), Violation.Code.UNKNOWN, "there is no key \"" + name + "\" here");
            }
        });
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    boolean isScalar(String name) {
        return fields.get(name) instanceof ScalarNode;
    }

    private Optional<String> scalar(String name) {
        known.add(name);
        return Optional.ofNullable(fields.get(name)).flatMap(value -> scalar(value, place(name)));
    }

    private Optional<String> scalar(Node value, String where) {
        if (value instanceof ScalarNode scalar) {
            return Optional.of(scalar.getValue());
        }
        refuse(value, where, Violation.Code.TYPE, "expected one value");
        return Optional.empty();
    }

    private <T> T expected(String name, Optional<T> value, T otherwise) {
        if (!has(name)) {
            refuse(name, Violation.Code.REQUIRED, "\"" + name + "\" is missing");
        }
        return value.orElse(otherwise);
    }

    private Optional<String> matching(String value, String where, Node at, Pattern pattern) {
        if (pattern.matcher(value).matches()) {
            return Optional.of(value);
        }
        refuse(at, where, Violation.Code.PATTERN, "\"" + value + "\" does not match " + pattern);
        return Optional.empty();
    }

    String text(String name, Pattern pattern) {
        return expected(name, textIf(name, pattern), "");
    }

    Optional<String> textIf(String name, Pattern pattern) {
        return scalar(name).flatMap(value -> matching(value, place(name), at(name), pattern));
    }

    <T> Optional<T> oneOf(String name, Map<String, T> values) {
        return scalar(name).flatMap(value -> among(value, place(name), at(name), values));
    }

    <T> T oneOf(String name, Map<String, T> values, T otherwise) {
        return expected(name, oneOf(name, values), otherwise);
    }

    private <T> Optional<T> among(String value, String where, Node at, Map<String, T> values) {
        Optional<T> found = Optional.ofNullable(values.get(value));
        if (found.isEmpty()) {
            refuse(
                    at,
                    where,
                    Violation.Code.NOT_ALLOWED,
                    "\"" + value + "\" is none of " + String.join(", ", values.keySet()));
        }
        return found;
    }

    boolean bool(String name) {
        return boolIf(name).orElse(false);
    }

    Optional<Boolean> boolIf(String name) {
        return oneOf(name, Map.of("true", true, "false", false));
    }

    Optional<Long> numberIf(String name, long least, long most) {
        return scalar(name).flatMap(value -> {
            try {
                long number = Long.parseLong(value);
                if (number >= least && number <= most) {
                    return Optional.of(number);
                }
                refuse(name, Violation.Code.RANGE, value + " is not from " + least + " to " + most);
            } catch (NumberFormatException e) {
                refuse(name, Violation.Code.TYPE, "\"" + value + "\" is no whole number");
            }
            return Optional.empty();
        });
    }

    long number(String name, long least, long most) {
        return expected(name, numberIf(name, least, most), least);
    }

    Optional<Instant> timeIf(String name) {
        return scalar(name).flatMap(value -> {
            try {
                return Optional.of(OffsetDateTime.parse(value).toInstant());
            } catch (DateTimeException e) {
                refuse(name, Violation.Code.PATTERN, "\"" + value + "\" is no time as 2026-01-01T00:00:00Z");
                return Optional.empty();
            }
        });
    }

    /** The elements of a list; none where it is absent. */
    private List<Node> elements(String name) {
        known.add(name);
        Node value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        refuse(name, Violation.Code.TYPE, "expected a list");
        return List.of();
    }

    List<String> texts(String name, Pattern pattern) {
        return each(name, (value, where, at) -> matching(value, where, at, pattern));
    }

    <T> List<T> anyOf(String name, Map<String, T> values) {
        return each(name, (value, where, at) -> among(value, where, at, values));
    }

    private interface Element<T> {
        Optional<T> read(String value, String where, Node at);
    }

    private <T> List<T> each(String name, Element<T> reader) {
        var values = new ArrayList<T>();
        List<Node> elements = elements(name);
        for (int i = 0; i < elements.size(); i++) {
            String where = place(name) + "/" + i;
            Node at = elements.get(i);
            scalar(at, where).flatMap(value -> reader.read(value, where, at)).ifPresent(values::add);
        }
        return List.copyOf(values);
    }

    /** Mappings in a list, each read as a whole. */
    <T> List<T> entries(String name, Function<FileEntry, T> reader) {
        var values = new ArrayList<T>();
        List<Node> elements = elements(name);
        for (int i = 0; i < elements.size(); i++) {
            var entry = new FileEntry(elements.get(i), place(name) + "/" + i, violations);
            values.add(reader.apply(entry));
            entry.refuseUnknown();
        }
        return List.copyOf(values);
    }

    /** The same as JSON, to be kept. */
    String json() {
        return FileJson.of(node);
    }
}
