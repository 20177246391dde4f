package io.trunkline.simulators.smsc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Text on the wire: the GSM 7 bit default alphabet with its extension table (3GPP TS 23.038 6.2.1), and UCS-2. */
final class Alphabet {
    static final int DEFAULT = 0;
    static final int LATIN_1 = 3;
    static final int UCS_2 = 8;

    private static final char ESCAPE = '\u001b';
    private static final char UNKNOWN = '\ufffd';
    private static final String BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private static final String EXTENDED = "\f^{}\\[~]|€";
    private static final int[] EXTENDED_CODES = {0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65};

    private Alphabet() {}

    /** As a handset shows one segment: what is cut in half here is broken here. */
    static String decode(int dataCoding, byte[] octets) {
        return switch (dataCoding) {
            case UCS_2 -> new String(octets, StandardCharsets.UTF_16BE);
            case LATIN_1 -> new String(octets, StandardCharsets.ISO_8859_1);
            default -> decodeDefault(octets);
        };
    }

    static String name(int dataCoding) {
        return switch (dataCoding) {
            case UCS_2 -> "ucs2";
            case LATIN_1 -> "latin1";
            default -> "gsm7";
        };
    }

    private static String decodeDefault(byte[] septets) {
        StringBuilder text = new StringBuilder(septets.length);
        for (int i = 0; i < septets.length; i++) {
            int code = septets[i] & 0xff;
            if (code >= BASIC.length()) {
                text.append(UNKNOWN);
            } else if (BASIC.charAt(code) != ESCAPE) {
                text.append(BASIC.charAt(code));
            } else if (i + 1 == septets.length) {
                text.append(UNKNOWN);
            } else {
                i++;
                text.append(extended(septets[i]));
            }
        }
        return text.toString();
    }

    private static char extended(int code) {
        for (int i = 0; i < EXTENDED_CODES.length; i++) {
            if (EXTENDED_CODES[i] == code) {
                return EXTENDED.charAt(i);
            }
        }
        return UNKNOWN;
    }

    static boolean isDefault(String text) {
        return text.chars().allMatch(c -> c != ESCAPE && (BASIC.indexOf(c) >= 0 || EXTENDED.indexOf(c) >= 0));
    }

    /** One character as septets, an octet each. */
    static byte[] encodeDefault(char c) {
        ByteArrayOutputStream septets = new ByteArrayOutputStream(2);
        int basic = BASIC.indexOf(c);
        if (basic >= 0) {
            septets.write(basic);
        } else {
            septets.write(BASIC.indexOf(ESCAPE));
            septets.write(EXTENDED_CODES[EXTENDED.indexOf(c)]);
        }
        return septets.toByteArray();
    }
}
