package io.trunkline.web;

import java.util.Locale;

/**
 * One value that breaks a rule.
 *
 * @param place where the value stood
 * @param name a JSON pointer (RFC 6901), or the name of a query parameter or header
 * @param detail what came and what was expected
 */
public record Violation(Place place, String name, Code code, String detail) {
    public Violation {
        name = Problem.wellFormed(name);
        detail = Problem.wellFormed(detail);
    }

    /** Where a value can stand. */
    public enum Place {
        POINTER,
        PARAMETER,
        HEADER;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The kinds of rules; the name in lower case is the {@code code} of the entry in {@code errors}. */
    public enum Code {
        /** The value is needed and absent. */
        REQUIRED,
        /** It is of another JSON type. */
        TYPE,
        /** It does not match the pattern. */
        PATTERN,
        /** It is none of the values of a list. */
        NOT_ALLOWED,
        /** It is shorter, longer, smaller or greater than allowed. */
        RANGE,
        /** It names nothing that the caller can use. */
        NOT_FOUND,
        /** Nobody knows a field or parameter of this name. */
        UNKNOWN,
        /** It came more than once. */
        REPEATED,
        /** It cannot be used in the state that things are in. */
        STATE,
        /** It does not go with another value of the request. */
        MISMATCH,
        /** The network cannot do it. */
        UNSUPPORTED,
        /** It is no cursor of ours, or of another query or organization. */
        CURSOR
    }

    /** The same where the value's object stands at this pointer. */
    public Violation under(String pointer) {
        return new Violation(place, pointer + name, code, detail);
    }

    /** The same of a value in a table: where its row begins, from 1. */
    public Violation onLine(int line) {
        return new Violation(place, name, code, detail + " (line " + line + ")");
    }

    public static Violation pointer(String pointer, Code code, String detail) {
        return new Violation(Place.POINTER, pointer, code, detail);
    }

    public static Violation parameter(String name, Code code, String detail) {
        return new Violation(Place.PARAMETER, name, code, detail);
    }

    public static Violation header(String name, Code code, String detail) {
        return new Violation(Place.HEADER, name, code, detail);
    }
}
