package io.trunkline.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code Prefer} header (RFC 7240): {@code transclude="subscriber;account", msisdn=string}. Order and spacing are
 * free; of a preference that comes twice the first one counts; what nobody knows, and what cannot be read, is ignored.
 */
public final class Preferences {
    private static final String TRANSCLUDE = "transclude";

    private final Map<String, String> given;
    private final Set<String> transcluded;
    private final List<String> embedded = new ArrayList<>();
    private final List<String> applied = new ArrayList<>();

    private Preferences(Map<String, String> given) {
        this.given = given;
        this.transcluded =
                Set.copyOf(Arrays.asList(given.getOrDefault(TRANSCLUDE, "").split("[;,\\s]+", -1)));
    }

    static Preferences of(List<String> headers) {
        var given = new LinkedHashMap<String, String>();
        headers.forEach(header -> new Reader(header).readInto(given));
        return new Preferences(given);
    }

    /** Whether a resource is to be embedded; if so, {@code Preference-Applied} names it. */
    public boolean transcludes(String resource) {
        if (!transcluded.contains(resource)) {
            return false;
        }
        if (!embedded.contains(resource)) {
            embedded.add(resource);
        }
        return true;
    }

    /** Whether a preference of this name has this value; if so, {@code Preference-Applied} says so. */
    public boolean applies(String name, String value) {
        if (!value.equals(given.get(name))) {
            return false;
        }
        String preference = name + "=" + value;
        if (!applied.contains(preference)) {
            applied.add(preference);
        }
        return true;
    }

    /** The value of {@code Preference-Applied}, empty where nothing was applied. */
    String applied() {
        var all = new ArrayList<String>();
        if (!embedded.isEmpty()) {
            all.add(TRANSCLUDE + "=\"" + String.join(";", embedded) + "\"");
        }
        all.addAll(applied);
        return String.join(", ", all);
    }

    /** Reads {@code token [ "=" word ] *( ";" [ parameter ] )}, separated by commas (RFC 7240 2). */
    private static final class Reader {
        private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        void readInto(Map<String, String> given) {
            while (at < text.length()) {
                preference(given);
                skipToComma();
            }
        }

        private void preference(Map<String, String> given) {
            skipSpace();
            String name = token().toLowerCase(Locale.ROOT);
            if (name.isEmpty()) {
                return;
            }
            skipSpace();
            Optional<String> value = Optional.of("");
            if (at < text.length() && text.charAt(at) == '=') {
                at++;
                skipSpace();
                value = at < text.length() && text.charAt(at) == '"' ? quoted() : Optional.of(token());
            }
            value.ifPresent(read -> given.putIfAbsent(name, read));
        }

        private String token() {
            int from = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            return text.substring(from, at);
        }

        private static boolean isTokenCharacter(char c) {
            return (c >= '0' && c <= '9')
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || TOKEN_MARKS.indexOf(c) >= 0;
        }

        /** Empty where the quotes do not end. */
        private Optional<String> quoted() {
            var value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return Optional.of(value.toString());
                }
                if (c == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            return Optional.empty();
        }

        private void skipSpace() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        /** Past the parameters of a preference, whose quotes may hold commas. */
        private void skipToComma() {
            while (at < text.length() && text.charAt(at) != ',') {
                if (text.charAt(at) == '"') {
                    quoted();
                } else {
                    at++;
                }
            }
            at++;
        }
    }
}
