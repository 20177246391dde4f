package io.trunkline.network.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.IDN;
import java.nio.charset.StandardCharsets;

/** Reads bare addresses (RFC 5321 4.1.2): the only way from a text into an envelope or a header. */
final class Addresses {
    /** RFC 5321 4.5.3.1.3: a path of 256 octets with its angle brackets. */
    private static final int MAX_LENGTH = 254;
    /** RFC 5321 4.5.3.1.1. */
    private static final int MAX_LOCAL_PART = 64;

    private Addresses() {}

    static boolean isAddress(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The domain may be international and becomes ASCII; the local part must be ASCII, since not every relay speaks
     * SMTPUTF8 (RFC 6531).
     *
     * @throws IllegalArgumentException where it is no address; its message does not repeat it
     */
    static InternetAddress parse(String text) {
        OutgoingMail.requireLine("address", text, MAX_LENGTH);
        int at = text.lastIndexOf('@');
        if (at < 1 || at > MAX_LOCAL_PART || at == text.length() - 1) {
            throw new IllegalArgumentException("a mail address is NAME@DOMAIN with a name of at most " + MAX_LOCAL_PART
                    + " characters, got " + text.length() + " characters of another form");
        }
        String local = text.substring(0, at);
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(local)) {
            throw new IllegalArgumentException("the name in a mail address is ASCII");
        }
        String ascii = local + "@" + IDN.toASCII(text.substring(at + 1), IDN.USE_STD3_ASCII_RULES);
        try {
            var address = new InternetAddress(ascii, true);
            if (!ascii.equals(address.getAddress()) || address.getPersonal() != null || address.isGroup()) {
                throw new IllegalArgumentException("a mail address stands alone, without a display name or a list");
            }
            return address;
        } catch (AddressException e) {
            throw new IllegalArgumentException("no mail address: " + e.getMessage(), e);
        }
    }
}
