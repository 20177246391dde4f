package io.trunkline.ids;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An EID: what names an eUICC (GSMA SGP.29).
 *
 * @param digits 32; the whole number mod 97 is 1
 */
public record Eid(String digits) {
    private static final Pattern SHAPE = Pattern.compile("\\d{32}");
    private static final BigInteger MODULUS = BigInteger.valueOf(97);

    public Eid {
        if (!holds(digits)) {
            throw new IllegalArgumentException("an EID is 32 digits whose number mod 97 is 1, not \"" + digits + "\"");
        }
    }

    /** Empty where it is no EID. */
    public static Optional<Eid> parse(String text) {
        return holds(text) ? Optional.of(new Eid(text)) : Optional.empty();
    }

    private static boolean holds(String text) {
        return SHAPE.matcher(text).matches()
                && new BigInteger(text).mod(MODULUS).equals(BigInteger.ONE);
    }

    @Override
    public String toString() {
        return digits;
    }
}
