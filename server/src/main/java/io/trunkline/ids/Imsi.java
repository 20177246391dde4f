package io.trunkline.ids;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IMSI: what names a SIM to the mobile network (ITU-T E.212).
 *
 * @param digits 6 to 15 digits: country, network, subscriber
 */
public record Imsi(String digits) {
    private static final Pattern SHAPE = Pattern.compile("\\d{6,15}");

    public Imsi {
        if (!SHAPE.matcher(digits).matches()) {
            throw new IllegalArgumentException("an IMSI is 6 to 15 digits, not \"" + digits + "\"");
        }
    }

    /** Empty where it is no IMSI. */
    public static Optional<Imsi> parse(String text) {
        return SHAPE.matcher(text).matches() ? Optional.of(new Imsi(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return digits;
    }
}
