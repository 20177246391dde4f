package io.trunkline.network.smdp;

import java.util.regex.Pattern;

/**
 * What names one call: in the peer's records and in ours.
 *
 * @param identifier the {@code functionCallIdentifier} (SGP.22 5.2.1), 1 to 128 printable ASCII characters; the same
 *     for every repetition of one attempt
 * @param correlation sent as {@code X-Correlation-ID}, 1 to 128 printable ASCII characters
 */
public record FunctionCall(String identifier, String correlation) {
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,128}");

    public FunctionCall {
        if (!PRINTABLE.matcher(identifier).matches()
                || !PRINTABLE.matcher(correlation).matches()) {
            throw new IllegalArgumentException("a call is named by 1 to 128 printable ASCII characters, got "
                    + identifier.length() + " and " + correlation.length() + " characters");
        }
    }
}
