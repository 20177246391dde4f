package io.trunkline.simulators.smsc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A text as a phone writes it: in as many parts as it takes. */
record PhoneText(int dataCoding, List<byte[]> parts) {
    private static final int OCTETS_WHOLE = 160;
    private static final int OCTETS_PART = 153;
    private static final int UCS_2_OCTETS_WHOLE = 140;
    private static final int UCS_2_OCTETS_PART = 134;

    static PhoneText of(String text) {
        boolean plain = Alphabet.isDefault(text);
        List<byte[]> characters = text.codePoints()
                .mapToObj(c -> plain
                        ? Alphabet.encodeDefault((char) c)
                        : Character.toString(c).getBytes(StandardCharsets.UTF_16BE))
                .toList();
        int all = characters.stream().mapToInt(octets -> octets.length).sum();
        int whole = plain ? OCTETS_WHOLE : UCS_2_OCTETS_WHOLE;
        int most = all <= whole ? whole : plain ? OCTETS_PART : UCS_2_OCTETS_PART;
        List<byte[]> parts = new ArrayList<>();
        ByteArrayOutputStream part = new ByteArrayOutputStream(most);
        for (byte[] character : characters) {
            if (part.size() + character.length > most) {
                parts.add(part.toByteArray());
                part.reset();
            }
            part.writeBytes(character);
        }
        parts.add(part.toByteArray());
        return new PhoneText(plain ? Alphabet.DEFAULT : Alphabet.UCS_2, parts);
    }

    /** With a user data header (3GPP TS 23.040 9.2.3.24.1) where there are several. */
    byte[] octets(int index, int reference) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        return new Octets.Writer()
                .octet(5)
                .octet(0)
                .octet(3)
                .octet(reference)
                .octet(parts.size())
                .octet(index + 1)
                .octets(parts.get(index))
                .bytes();
    }
}
