package io.trunkline.simulators.hlr;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Says commands and hears answers, frame by frame. */
public final class CtrlClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    public CtrlClient(String host, int port) throws IOException {
        this.socket = new Socket(host, port);
        this.socket.setSoTimeout(10_000);
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** The answer to one command. */
    public String ask(String command) throws IOException {
        say(command);
        return hear();
    }

    public void say(String... commands) throws IOException {
        var frames = new ByteArrayOutputStream();
        for (String command : commands) {
            frames.write(0);
            frames.write(command.length() + 1);
            frames.write(0xee);
            frames.write(0);
            frames.writeBytes(command.getBytes(StandardCharsets.US_ASCII));
        }
        socket.getOutputStream().write(frames.toByteArray());
    }

    public String hear() throws IOException {
        int length = in.readUnsignedShort();
        if (in.readUnsignedByte() != 0xee || in.readUnsignedByte() != 0) {
            throw new IOException("not of the control interface");
        }
        return new String(in.readNBytes(length - 1), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
