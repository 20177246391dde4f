package io.trunkline.network.smsc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038 6.2.1). */
final class Gsm7 {
    private static final int ESCAPE = 0x1b;
    private static final char UNKNOWN = '\ufffd';
    private static final int SEPTETS = 128;
    /** Sixteen a row, as the table of the specification has them in columns; at 0x1b the escape. */
    private static final String[] ROWS = {
        "@£$¥èéùìòÇ\nØø\rÅå",
        "Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ",
        " !\"#¤%&'()*+,-./",
        "0123456789:;<=>?",
        "¡ABCDEFGHIJKLMNO",
        "PQRSTUVWXYZÄÖÑÜ§",
        "¿abcdefghijklmno",
        "pqrstuvwxyzäöñüà"
    };

    private static final String TABLE = String.join("", ROWS);
    private static final Map<Character, Integer> EXTENSION = Map.of(
            '\f', 0x0a, '^', 0x14, '{', 0x28, '}', 0x29, '\\', 0x2f, '[', 0x3c, '~', 0x3d, ']', 0x3e, '|', 0x40, '€',
            0x65);
    private static final Map<Character, byte[]> CODES = codes();

    private Gsm7() {}

    private static Map<Character, byte[]> codes() {
        var codes = new HashMap<Character, byte[]>();
        for (int code = 0; code < SEPTETS; code++) {
            if (code != ESCAPE) {
                codes.put(TABLE.charAt(code), new byte[] {(byte) code});
            }
        }
        EXTENSION.forEach((c, code) -> codes.put(c, new byte[] {ESCAPE, code.byteValue()}));
        return Map.copyOf(codes);
    }

    /** One septet, or two with the escape; null where the alphabet has no such character. */
    static byte @Nullable [] septets(int codePoint) {
        return Character.isBmpCodePoint(codePoint) ? CODES.get((char) codePoint) : null;
    }

    static boolean has(int codePoint) {
        return septets(codePoint) != null;
    }

    /** What a phone wrote, a septet an octet. */
    static String decode(byte[] septets) {
        var text = new StringBuilder(septets.length);
        for (int i = 0; i < septets.length; i++) {
            int code = septets[i] & 0xff;
            if (code == ESCAPE && i + 1 < septets.length) {
                i++;
                text.append(extension(septets[i]));
            } else {
                text.append(code < SEPTETS && code != ESCAPE ? TABLE.charAt(code) : UNKNOWN);
            }
        }
        return text.toString();
    }

    private static char extension(int code) {
        return EXTENSION.entrySet().stream()
                .filter(entry -> entry.getValue() == code)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(UNKNOWN);
    }
}
