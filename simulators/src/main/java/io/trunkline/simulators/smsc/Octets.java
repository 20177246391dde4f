package io.trunkline.simulators.smsc;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The types of a PDU's fields (SMPP 3.4, 3.1): octets, C-octet strings, optional parameters. */
final class Octets {
    private Octets() {}

    /** Reads them one after the other. */
    static final class Reader {
        private final ByteBuffer left;

        Reader(byte[] body) {
            this.left = ByteBuffer.wrap(body);
        }

        int octet() {
            return left.get() & 0xff;
        }

        /** @throws BufferUnderflowException where it does not end */
        String text() {
            StringBuilder text = new StringBuilder();
            for (int c = octet(); c != 0; c = octet()) {
                text.append((char) c);
            }
            return text.toString();
        }

        byte[] octets(int count) {
            byte[] octets = new byte[count];
            left.get(octets);
            return octets;
        }

        /** All that follow, by tag. */
        Map<Integer, byte[]> parameters() {
            Map<Integer, byte[]> parameters = new HashMap<>();
            while (left.remaining() >= 2 * Short.BYTES) {
                int tag = left.getShort() & 0xffff;
                parameters.put(tag, octets(left.getShort() & 0xffff));
            }
            return parameters;
        }
    }

    /** Writes them one after the other. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

        Writer octet(int value) {
            out.write(value);
            return this;
        }

        Writer text(String value) {
            out.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
            out.write(0);
            return this;
        }

        Writer octets(byte[] value) {
            out.writeBytes(value);
            return this;
        }

        Writer parameter(int tag, byte[] value) {
            return octet(tag >> 8)
                    .octet(tag)
                    .octet(value.length >> 8)
                    .octet(value.length)
                    .octets(value);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
