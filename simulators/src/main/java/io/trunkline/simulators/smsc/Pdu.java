package io.trunkline.simulators.smsc;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A protocol data unit (SMPP 3.4, 3.2): a header of four integers, and what is its command's. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Pdu(int command, int status, int sequence, byte[] body) {
    static final int BIND_RECEIVER = 0x1;
    static final int BIND_TRANSMITTER = 0x2;
    static final int SUBMIT_SM = 0x4;
    static final int DELIVER_SM = 0x5;
    static final int UNBIND = 0x6;
    static final int BIND_TRANSCEIVER = 0x9;
    static final int ENQUIRE_LINK = 0x15;
    static final int GENERIC_NACK = 0x8000_0000;
    /** A response has the command of its request with this bit. */
    static final int RESPONSE = 0x8000_0000;

    static final int OK = 0x0;
    static final int INVALID_COMMAND = 0x3;
    static final int NOT_BOUND = 0x4;
    static final int SYSTEM_ERROR = 0x8;
    static final int BIND_FAILED = 0xd;
    static final int SUBMIT_FAILED = 0x45;

    private static final int HEADER = 16;
    private static final int LONGEST = 0x1_0000;

    static final class NoPduException extends IOException {
        NoPduException(int length) {
            super("a PDU of " + length + " bytes, expected " + HEADER + " to " + LONGEST);
        }
    }

    /** Empty where the other side has closed the connection. */
    static Optional<Pdu> read(DataInputStream in) throws IOException {
        byte[] first = in.readNBytes(Integer.BYTES);
        if (first.length < Integer.BYTES) {
            return Optional.empty();
        }
        int length = ByteBuffer.wrap(first).getInt();
        if (length < HEADER || length > LONGEST) {
            throw new NoPduException(length);
        }
        byte[] rest = in.readNBytes(length - Integer.BYTES);
        if (rest.length < length - Integer.BYTES) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(rest);
        int command = fields.getInt();
        int status = fields.getInt();
        int sequence = fields.getInt();
        byte[] body = new byte[fields.remaining()];
        fields.get(body);
        return Optional.of(new Pdu(command, status, sequence, body));
    }

    Pdu response(int responseStatus, byte[] responseBody) {
        return new Pdu(command | RESPONSE, responseStatus, sequence, responseBody);
    }

    byte[] bytes() {
        return ByteBuffer.allocate(HEADER + body.length)
                .putInt(HEADER + body.length)
                .putInt(command)
                .putInt(status)
                .putInt(sequence)
                .put(body)
                .array();
    }
}
