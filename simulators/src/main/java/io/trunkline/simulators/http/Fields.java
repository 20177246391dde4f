package io.trunkline.simulators.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the fields of one JSON object and collects everything that is wrong with it. */
public final class Fields {
    private final JsonNode object;
    private final String pointer;
    private final List<Problem.Violation> violations;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * Reads one object.
     *
     * @param pointer where the object is in the body, empty for the body itself
     * @param violations gets what is wrong
     */
    public Fields(JsonNode object, String pointer, List<Problem.Violation> violations) {
        this.object = object;
        this.pointer = pointer;
        this.violations = violations;
        if (!object.isObject()) {
            violations.add(new Problem.Violation(pointer, "expected an object, not " + shortened(object)));
        }
    }

    public static Fields of(JsonNode object) {
        return new Fields(object, "", new ArrayList<>());
    }

    /** A string, or a number written without quotes; an absent or null one is empty. */
    public Optional<String> text(String name, Pattern pattern) {
        return value(
                name,
                node -> {
                    String text = node.isString() || node.isIntegralNumber() ? node.asString() : null;
                    return Optional.ofNullable(text)
                            .filter(it -> pattern.matcher(it).matches());
                },
                "a string like " + pattern);
    }

    /** One of the words. */
    public Optional<String> word(String name, Collection<String> words) {
        return value(
                name,
                node -> node.isString() && words.contains(node.asString())
                        ? Optional.of(node.asString())
                        : Optional.empty(),
                "one of " + String.join(", ", words));
    }

    /** A whole number between the two, both included. */
    public Optional<Integer> number(String name, int least, int most) {
        return value(
                name,
                node -> node.isInt() && node.asInt() >= least && node.asInt() <= most
                        ? Optional.of(node.asInt())
                        : Optional.empty(),
                "a whole number from " + least + " to " + most);
    }

    /** True or false. */
    public Optional<Boolean> flag(String name) {
        return value(
                name, node -> node.isBoolean() ? Optional.of(node.asBoolean()) : Optional.empty(), "true or false");
    }

    /** An object within, empty where it is absent. */
    public Optional<Fields> object(String name) {
        return value(
                name,
                node -> node.isObject()
                        ? Optional.of(new Fields(node, pointer + "/" + name, violations))
                        : Optional.empty(),
                "an object");
    }

    /** A number between the two, both included. */
    public Optional<Double> fraction(String name, double least, double most) {
        return value(
                name,
                node -> node.isNumber() && node.asDouble() >= least && node.asDouble() <= most
                        ? Optional.of(node.asDouble())
                        : Optional.empty(),
                "a number from " + least + " to " + most);
    }

    public <T> T required(String name, Optional<T> value, T otherwise) {
        if (value.isEmpty()
                && (object.path(name).isMissingNode() || object.path(name).isNull())) {
            violation(name, "is missing");
        }
        return value.orElse(otherwise);
    }

    public void violation(String name, String detail) {
        violations.add(new Problem.Violation(pointer + "/" + name, name + " " + detail));
    }

    /** Adds a violation for each field that nobody has asked for. */
    public Fields refuseOthers() {
        if (object.isObject()) {
            for (String name : object.propertyNames()) {
                if (!known.contains(name)) {
                    violation(name, "is not known here; known are " + String.join(", ", known));
                }
            }
        }
        return this;
    }

    /**
     * Ends the request where something was wrong.
     *
     * @throws ProblemException 400 with all violations
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw ProblemException.of(violations);
        }
    }

    private <T> Optional<T> value(String name, Function<JsonNode, Optional<T>> reader, String expected) {
        known.add(name);
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        Optional<T> value = reader.apply(node);
        if (value.isEmpty()) {
            violation(name, "is " + shortened(node) + ", expected " + expected);
        }
        return value;
    }

    private static String shortened(JsonNode node) {
        String text = node.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
