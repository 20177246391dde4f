package io.trunkline.network.smsc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text as the segments in which it is sent. No character is ever cut: neither the escape from what it escapes, nor
 * one half of a surrogate pair from the other.
 *
 * @param parts the octets of each, without a header; one where the text is whole
 */
public record Segments(Encoding encoding, List<byte[]> parts) {
    /** In the default alphabet where that has all characters, else in UCS-2. */
    public static Segments of(String text) {
        return of(text, fits(text) ? Encoding.GSM7 : Encoding.UCS2);
    }

    /**
     * In this encoding.
     *
     * @throws IllegalArgumentException where it lacks a character
     */
    public static Segments of(String text, Encoding encoding) {
        List<byte[]> characters =
                text.codePoints().mapToObj(c -> octets(c, encoding)).toList();
        int all = characters.stream().mapToInt(octets -> octets.length).sum();
        int most = all <= encoding.octetsWhole() ? encoding.octetsWhole() : encoding.octetsOfSegment();
        var parts = new ArrayList<byte[]>();
        var part = new ByteArrayOutputStream(most);
        for (byte[] character : characters) {
            if (part.size() + character.length > most) {
                parts.add(part.toByteArray());
                part.reset();
            }
            part.writeBytes(character);
        }
        parts.add(part.toByteArray());
        return new Segments(encoding, List.copyOf(parts));
    }

    /** Whether the default alphabet has all characters of the text. */
    public static boolean fits(String text) {
        return text.codePoints().allMatch(Gsm7::has);
    }

    public int count() {
        return parts.size();
    }

    /** All octets in one. */
    public byte[] whole() {
        var all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] octets(int codePoint, Encoding encoding) {
        if (encoding == Encoding.UCS2) {
            return Character.toString(codePoint).getBytes(StandardCharsets.UTF_16BE);
        }
        byte[] septets = Gsm7.septets(codePoint);
        if (septets == null) {
            throw new IllegalArgumentException(
                    "the GSM alphabet lacks U+%04X; expected only characters that it has".formatted(codePoint));
        }
        return septets;
    }
}
