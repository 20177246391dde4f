package io.trunkline.ids;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An ICCID: 18 digits and their Luhn check digit, 19 in all (ITU-T E.118; 20 digits where the issuer uses them).
 *
 * @param digits without the padding {@code F} that a 19-digit ICCID may carry on the wire
 */
public record Iccid(String digits) {
    private static final Pattern SHAPE = Pattern.compile("89\\d{16,18}");

    public Iccid {
        if (!SHAPE.matcher(digits).matches() || !Luhn.holds(digits)) {
            throw new IllegalArgumentException(
                    "an ICCID is 89 and 16 to 18 more digits with a valid Luhn check digit, not \"" + digits + "\"");
        }
    }

    /** Empty where it is no ICCID. A trailing {@code F} (SGP.22 2.x, swapped BCD padding) is taken off. */
    public static Optional<Iccid> parse(String text) {
        String digits = text.endsWith("F") || text.endsWith("f") ? text.substring(0, text.length() - 1) : text;
        return SHAPE.matcher(digits).matches() && Luhn.holds(digits)
                ? Optional.of(new Iccid(digits))
                : Optional.empty();
    }

    /** Completes 18 digits with their check digit. */
    public static Iccid ofBody(String body) {
        return new Iccid(body + Luhn.checkDigit(body));
    }

    @Override
    public String toString() {
        return digits;
    }
}
