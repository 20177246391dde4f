package io.trunkline.network.smdp;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a device needs to fetch a profile (SGP.22 4.1): {@code 1$smdp.example.com$MATCHING-ID[$OID][$1]}. A secret.
 *
 * @param smdpAddress the SM-DP+'s fully qualified domain name
 * @param matchingId 1 to 64 of {@code 0-9 A-Z -}
 * @param oid of the SM-DP+, where the device shall check it
 * @param confirmationCodeRequired whether the user will be asked for a code
 */
public record ActivationCode(
        String smdpAddress, String matchingId, @Nullable String oid, boolean confirmationCodeRequired) {
    /** SGP.22 4.1: without the {@code LPA:} of the QR code. */
    public static final int MAX_LENGTH = 255;

    /** SGP.22 4.1: {@code AC_Format}. */
    private static final String FORMAT = "1";

    private static final String PREFIX = "LPA:";
    private static final Pattern ADDRESS = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
            + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+");
    private static final Pattern MATCHING_ID = Pattern.compile("[0-9A-Z-]{1,64}");
    private static final Pattern OID = Pattern.compile("[0-2](\\.\\d{1,20}){1,30}");

    public ActivationCode {
        requireAddress(smdpAddress);
        requireMatchingId(matchingId);
        if (oid != null && !OID.matcher(oid).matches()) {
            throw new IllegalArgumentException(
                    "an OID is numbers with dots such as 1.3.6.1.4.1.31746, not \"" + oid + "\"");
        }
        int length =
                text(smdpAddress, matchingId, oid, confirmationCodeRequired).length();
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "an activation code has at most " + MAX_LENGTH + " characters, not " + length);
        }
    }

    public static ActivationCode of(String smdpAddress, String matchingId) {
        return new ActivationCode(smdpAddress, matchingId, null, false);
    }

    /** With or without {@code LPA:}; empty where it is no activation code. */
    public static Optional<ActivationCode> parse(String code) {
        String text = code.startsWith(PREFIX) ? code.substring(PREFIX.length()) : code;
        String[] parts = text.split("\\$", -1);
        boolean shaped = parts.length >= 3
                && parts.length <= 5
                && parts[0].equals(FORMAT)
                && (parts.length < 5 || parts[4].equals("1"));
        if (!shaped) {
            return Optional.empty();
        }
        String oid = parts.length > 3 && !parts[3].isEmpty() ? parts[3] : null;
        try {
            return Optional.of(new ActivationCode(parts[1], parts[2], oid, parts.length == 5));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As it is typed by hand. */
    public String text() {
        return text(smdpAddress, matchingId, oid, confirmationCodeRequired);
    }

    /** As a QR code holds it (SGP.22 4.1.2). */
    public String lpa() {
        return PREFIX + text();
    }

    /** Without the MatchingID: whoever has it has the profile. */
    @Override
    public String toString() {
        return "ActivationCode[smdpAddress=" + smdpAddress + "]";
    }

    /** Whether it can stand in an activation code: a fully qualified domain name. */
    static boolean isAddress(String address) {
        return ADDRESS.matcher(address).matches();
    }

    static void requireAddress(String address) {
        if (!isAddress(address)) {
            throw new IllegalArgumentException(
                    "an SM-DP+ address is a domain name such as smdp.example.com, not \"" + address + "\"");
        }
    }

    static void requireMatchingId(String matchingId) {
        if (!MATCHING_ID.matcher(matchingId).matches()) {
            throw new IllegalArgumentException(
                    "a MatchingID is 1 to 64 of 0-9, A-Z and -, got " + matchingId.length() + " characters");
        }
    }

    private static String text(String smdpAddress, String matchingId, @Nullable String oid, boolean code) {
        String text = FORMAT + "$" + smdpAddress + "$" + matchingId;
        if (code) {
            // SGP.22 4.1: the delimiter of an absent OID stays where the flag follows it.
            return text + "$" + (oid == null ? "" : oid) + "$1";
        }
        return oid == null ? text : text + "$" + oid;
    }
}
