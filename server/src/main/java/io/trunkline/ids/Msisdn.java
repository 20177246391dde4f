package io.trunkline.ids;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An MSISDN: an international number (ITU-T E.164).
 *
 * @param digits 1 to 15 digits, without a leading {@code +}
 */
public record Msisdn(String digits) {
    private static final Pattern SHAPE = Pattern.compile("\\d{1,15}");

    public Msisdn {
        if (!SHAPE.matcher(digits).matches()) {
            throw new IllegalArgumentException("an MSISDN is 1 to 15 digits, not \"" + digits + "\"");
        }
    }

    /** Judges by the reference's pattern, {@code ^(\+\d{1,15}|\d{1,15})$}; empty where it does not match. */
    public static Optional<Msisdn> parse(String text) {
        String digits = text.startsWith("+") ? text.substring(1) : text;
        return SHAPE.matcher(digits).matches() ? Optional.of(new Msisdn(digits)) : Optional.empty();
    }

    @Override
    public String toString() {
        return digits;
    }
}
