package io.trunkline.simulators.smsc;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One bind: its requests, one after the other, and what it is given. */
final class SmppConnection implements HandOver.Receiver {
    /** What faults of a connection may name. */
    static final List<String> OPERATIONS = List.of("bind", "submit", "enquire_link");

    private static final Logger LOG = LoggerFactory.getLogger(SmppConnection.class);
    private static final byte[] GARBAGE = {0, 0, 0, 7, (byte) 0xde, (byte) 0xad, 0x13, 0x37};
    private static final byte[] NAME = "trunkline-smsc\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    private final Socket socket;
    private final Submissions submissions;
    private final HandOver handOver;
    private final Faults faults;
    private final ScheduledExecutorService later;
    private final OutputStream out;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicInteger sequence = new AtomicInteger();
    private volatile String system = "";
    private boolean transmits;

    SmppConnection(
            Socket socket, Submissions submissions, HandOver handOver, Faults faults, ScheduledExecutorService later)
            throws IOException {
        this.socket = socket;
        this.submissions = submissions;
        this.handOver = handOver;
        this.faults = faults;
        this.later = later;
        this.out = socket.getOutputStream();
    }

    void serve() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        try {
            boolean more = true;
            while (more) {
                // Binds stay for days.
                Optional<Pdu> pdu = Pdu.read(in);
                more = pdu.isPresent() && answer(pdu.get());
            }
        } catch (BufferUnderflowException malformed) {
            LOG.debug("a request ends too early", malformed);
        } finally {
            handOver.gone(this);
        }
    }

    /** True where the connection can carry a further request. */
    private boolean answer(Pdu pdu) throws IOException {
        return switch (pdu.command()) {
            case Pdu.BIND_RECEIVER, Pdu.BIND_TRANSMITTER, Pdu.BIND_TRANSCEIVER ->
                perform("bind", pdu, Pdu.BIND_FAILED, () -> bind(pdu));
            case Pdu.SUBMIT_SM -> perform("submit", pdu, Pdu.SUBMIT_FAILED, () -> submit(pdu));
            case Pdu.ENQUIRE_LINK ->
                perform("enquire_link", pdu, Pdu.SYSTEM_ERROR, () -> pdu.response(Pdu.OK, NOTHING));
            case Pdu.DELIVER_SM | Pdu.RESPONSE -> {
                handOver.answered(this, pdu.sequence(), pdu.status() == Pdu.OK);
                yield true;
            }
            case Pdu.UNBIND -> {
                write(pdu.response(Pdu.OK, NOTHING).bytes());
                // The client closes: cut at once, its response may be lost to it.
                yield true;
            }
            default -> {
                if ((pdu.command() & Pdu.RESPONSE) == 0) {
                    write(new Pdu(Pdu.GENERIC_NACK, Pdu.INVALID_COMMAND, pdu.sequence(), NOTHING).bytes());
                }
                yield true;
            }
        };
    }

    private boolean perform(String operation, Pdu request, int refusal, Supplier<Pdu> action) throws IOException {
        Optional<Fault> fault = faults.next(operation);
        if (fault.isEmpty()) {
            write(action.get().bytes());
            return true;
        }
        switch (fault.get().fault()) {
            case REFUSE ->
                write(request.response(SmscSimulator.status(fault.get().code(), refusal), NOTHING)
                        .bytes());
            case ERROR_500 -> write(request.response(Pdu.SYSTEM_ERROR, NOTHING).bytes());
            case HANG -> {
                // Nothing is said; other requests of the bind go on.
            }
            case LATE -> writeLater(action.get(), fault.get());
            case TWICE -> {
                byte[] response = action.get().bytes();
                write(response);
                write(response);
            }
            case DROP_BEFORE -> {
                return false;
            }
            case DROP_AFTER -> {
                Pdu _ = action.get();
                return false;
            }
            case GARBAGE -> {
                Pdu _ = action.get();
                write(GARBAGE);
                return false;
            }
        }
        return true;
    }

    private void writeLater(Pdu response, Fault fault) {
        try {
            ScheduledFuture<?> _ = later.schedule(
                    () -> {
                        try {
                            write(response.bytes());
                        } catch (IOException gone) {
                            LOG.debug("nobody is there for a late response: {}", gone.getMessage());
                        }
                    },
                    fault.delayMs(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("closing, before a late response");
        }
    }

    private Pdu bind(Pdu pdu) {
        if (!system.isEmpty()) {
            return pdu.response(Pdu.BIND_FAILED, NOTHING);
        }
        Octets.Reader in = new Octets.Reader(pdu.body());
        // Whoever comes is welcome, with any password: this is nobody's network.
        String name = in.text();
        system = name.isEmpty() ? "anonymous" : name;
        transmits = pdu.command() != Pdu.BIND_RECEIVER;
        if (pdu.command() != Pdu.BIND_TRANSMITTER) {
            handOver.bound(this);
        }
        return pdu.response(Pdu.OK, NAME);
    }

    private Pdu submit(Pdu pdu) {
        if (!transmits) {
            return pdu.response(Pdu.NOT_BOUND, NOTHING);
        }
        String id = submissions.take(system, Part.read(pdu.body()));
        return pdu.response(Pdu.OK, (id + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String system() {
        return system;
    }

    @Override
    public int deliver(Outgoing one) throws IOException {
        int number = sequence.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
        write(new Pdu(Pdu.DELIVER_SM, Pdu.OK, number, one.body()).bytes());
        return number;
    }

    private void write(byte[] bytes) throws IOException {
        writing.lock();
        try {
            out.write(bytes);
        } finally {
            writing.unlock();
        }
    }
}
