package io.trunkline.simulators.hlr;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.sockets.Client;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one connection, one after the other, in the framing that Osmocom calls IPA: two bytes of length, the
 * protocol 0xEE, the extension 0x00, text.
 */
final class CtrlConnection {
    /** What faults may name. */
    static final List<String> OPERATIONS =
            List.of("create", "delete", "msisdn", "aud3g", "cs-enabled", "ps-enabled", "info", "info-aud", "info-all");

    private static final Logger LOG = LoggerFactory.getLogger(CtrlConnection.class);
    private static final int PROTOCOL = 0xee;
    private static final int EXTENSION = 0x00;
    private static final String DEFAULT_REFUSAL = "Value failed verification.";
    private static final byte[] GARBAGE = {0, 3, (byte) 0xee, 0x77, 0x13, 0x37};

    private final Socket socket;
    private final CtrlCommands commands;
    private final Faults faults;
    private final Client client;
    private final OutputStream out;

    CtrlConnection(Socket socket, CtrlCommands commands, Faults faults) throws IOException {
        this.socket = socket;
        this.commands = commands;
        this.faults = faults;
        this.client = new Client(socket);
        this.out = socket.getOutputStream();
    }

    void serve() throws IOException {
        DataInputStream in = new DataInputStream(client.in());
        boolean more = true;
        while (more) {
            // Management connections stay for days.
            socket.setSoTimeout(0);
            int length;
            try {
                length = in.readUnsignedShort();
            } catch (EOFException left) {
                return;
            }
            int protocol = in.readUnsignedByte();
            byte[] content = in.readNBytes(length);
            if (content.length < length || protocol != PROTOCOL || length == 0 || content[0] != EXTENSION) {
                return;
            }
            more = answer(new String(content, 1, length - 1, StandardCharsets.US_ASCII));
        }
    }

    /** True where the connection can carry a further command. */
    private boolean answer(String text) throws IOException {
        CtrlCommands.Command command;
        try {
            command = CtrlCommands.parse(text);
        } catch (CtrlCommands.NoCommandException none) {
            write(none.answer());
            return true;
        }
        Optional<Fault> fault = faults.next(command.operation());
        if (fault.isEmpty()) {
            write(commands.execute(command));
            return true;
        }
        return misbehave(command, fault.get());
    }

    private boolean misbehave(CtrlCommands.Command command, Fault fault) throws IOException {
        switch (fault.fault()) {
            case REFUSE -> write(command.error(fault.codeOr(DEFAULT_REFUSAL)));
            case ERROR_500 -> write(command.error("An error has occurred."));
            case TWICE -> {
                String reply = commands.execute(command);
                write(reply);
                write(reply);
            }
            case LATE -> writeAfter(fault.delay(), commands.execute(command));
            case HANG -> {
                client.awaitLeaving(fault.hang());
                return false;
            }
            case DROP_BEFORE -> {
                return false;
            }
            case DROP_AFTER -> {
                commands.execute(command);
                return false;
            }
            case GARBAGE -> {
                commands.execute(command);
                out.write(GARBAGE);
                return false;
            }
        }
        return true;
    }

    /**
     * What comes meanwhile is acted on as it comes, as by a server whose answers are long on their way: were it kept
     * waiting, it would still have its effect after the client has given it up, left, and asked anew.
     */
    private void writeAfter(Duration delay, String reply) {
        Thread.ofVirtual().name("hlr-late-answer").start(() -> {
            long until = System.nanoTime() + delay.toNanos();
            for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            try {
                write(reply);
            } catch (IOException gone) {
                LOG.debug("the client has left before the late answer", gone);
            }
        });
    }

    private synchronized void write(String text) throws IOException {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream frame = new ByteArrayOutputStream(ascii.length + 4);
        frame.write((ascii.length + 1) >> 8);
        frame.write(ascii.length + 1);
        frame.write(PROTOCOL);
        frame.write(EXTENSION);
        frame.writeBytes(ascii);
        out.write(frame.toByteArray());
    }
}
