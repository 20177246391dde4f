package io.trunkline.network.hlr;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * CTRL over TCP (Osmocom "IPA" framing): the length of what follows the protocol byte in two bytes, the protocol, an
 * extension byte, text.
 */
final class CtrlFrames {
    private static final int OSMO_EXTENSION = 0xee;
    private static final int CTRL = 0x00;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    void add(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        int length = ascii.length + 1;
        bytes.write(length >> 8);
        bytes.write(length);
        bytes.write(OSMO_EXTENSION);
        bytes.write(CTRL);
        bytes.writeBytes(ascii);
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    /**
     * The next message; frames of other protocols that share the framing (keep-alives) are passed over.
     *
     * @throws CtrlReply.MalformedException where the extension is another one, or the frame is empty
     */
    static String read(DataInputStream in) throws IOException, CtrlReply.MalformedException {
        while (true) {
            int length = in.readUnsignedShort();
            int protocol = in.readUnsignedByte();
            byte[] content = new byte[length];
            in.readFully(content);
            if (protocol == OSMO_EXTENSION) {
                if (length < 1 || content[0] != CTRL) {
                    throw new CtrlReply.MalformedException("a frame that is not of the control interface");
                }
                return new String(content, 1, length - 1, StandardCharsets.US_ASCII);
            }
        }
    }
}
