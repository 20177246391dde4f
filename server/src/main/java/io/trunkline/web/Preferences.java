package io.trunkline.web;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code Prefer} header (RFC 7240): {@code transclude="subscriber;account"}. Order and spacing are free; what
 * nobody knows is ignored.
 */
public final class Preferences {
    private static final Pattern PREFERENCE = Pattern.compile("\\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\\s*"
            + "(?:=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,;\"]*)))?[^,\"]*(?:,|$)");

    private final Set<String> transcluded;
    private final List<String> applied = new ArrayList<>();

    private Preferences(Set<String> transcluded) {
        this.transcluded = transcluded;
    }

    static Preferences of(List<String> headers) {
        var transcluded = new LinkedHashSet<String>();
        for (String header : headers) {
            Matcher matcher = PREFERENCE.matcher(header);
            int from = 0;
            while (from < header.length() && matcher.find(from) && matcher.start() == from && matcher.end() > from) {
                if (matcher.group(1).toLowerCase(Locale.ROOT).equals("transclude")) {
                    String value = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
                    for (String name : value == null ? new String[0] : value.split("[;,\\s]+", -1)) {
                        transcluded.add(name);
                    }
                }
                from = matcher.end();
            }
        }
        return new Preferences(transcluded);
    }

    /** Whether a resource is to be embedded; if so, {@code Preference-Applied} names it. */
    public boolean transcludes(String resource) {
        if (!transcluded.contains(resource)) {
            return false;
        }
        if (!applied.contains(resource)) {
            applied.add(resource);
        }
        return true;
    }

    /** The value of {@code Preference-Applied}, empty where nothing was applied. */
    String applied() {
        return applied.isEmpty() ? "" : "transclude=\"" + String.join(";", applied) + "\"";
    }
}
