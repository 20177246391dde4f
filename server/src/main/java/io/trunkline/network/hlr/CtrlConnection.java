package io.trunkline.network.hlr;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection to a CTRL interface, shared by many calls: commands are written one behind the other without waiting,
 * and answers find their command by its id. A thread writes, so that a peer that no longer reads holds up nobody but
 * it; another one reads.
 *
 * <p>After a command that was not answered in time the connection takes no more of them; it is closed when every
 * command under way has had its own answer or its own timeout.
 */
final class CtrlConnection implements AutoCloseable {
    /** Bundles of commands that are handed over and not yet being written. */
    private static final int MAX_WAITING = 256;

    private final Socket socket;
    private final OutputStream out;
    private final BlockingQueue<Bundle> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Map<Integer, Bundle.Place> underWay = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Thread writer;
    private volatile boolean retired;
    private volatile boolean closed;

    private CtrlConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.writer = Thread.ofVirtual().name("hlr-writer").unstarted(this::write);
    }

    static CtrlConnection open(InetSocketAddress address, Duration connectTimeout) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(address, Math.toIntExact(connectTimeout.toMillis()));
            var connection = new CtrlConnection(socket);
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            Thread.ofVirtual().name("hlr-reader").start(() -> connection.read(in));
            connection.writer.start();
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Whether it takes commands. */
    boolean isOpen() {
        return !closed && !retired;
    }

    /** One reply for each command, in their order; comes back within the timeout. */
    List<CtrlReply> exchange(List<CtrlCommand> commands, Duration timeout) {
        var bundle = new Bundle(commands);
        if (!isOpen() || !waiting.offer(bundle)) {
            return bundle.withdrawn("the connection to the HLR takes no more commands");
        }
        if (closed) {
            // Nobody may be there any more to take it out.
            bundle.withdraw("the connection to the HLR was closed");
        }
        List<CtrlReply> replies = bundle.await(timeout, "no answer of the HLR within " + timeout);
        if (bundle.isOverdue()) {
            retired = true;
        }
        bundle.ids().forEach(underWay::remove);
        closeIfDone();
        return replies;
    }

    private void closeIfDone() {
        if (retired && underWay.isEmpty()) {
            close();
        }
    }

    private void write() {
        try {
            while (!closed) {
                var bytes = new CtrlFrames();
                Bundle first = waiting.take();
                var bundles = new ArrayList<Bundle>(List.of(first));
                waiting.drainTo(bundles);
                bundles.forEach(bundle -> bundle.addTo(bytes, this::nextId, underWay));
                out.write(bytes.toByteArray());
            }
        } catch (IOException e) {
            fail("the connection to the HLR was lost: " + e.getMessage());
        } catch (InterruptedException e) {
            // It is being closed.
            fail("the connection to the HLR was closed");
        }
    }

    /** From 1 on; around again after a while. */
    private int nextId() {
        return ids.updateAndGet(id -> id == 999_999_999 ? 1 : id + 1);
    }

    private void read(DataInputStream in) {
        try {
            while (true) {
                String text = CtrlFrames.read(in);
                CtrlReply.Message message = CtrlReply.Message.parse(text);
                Bundle.Place place = underWay.remove(message.id());
                if (place != null) {
                    place.hear(message);
                    closeIfDone();
                }
            }
        } catch (EOFException e) {
            fail("the HLR closed the connection");
        } catch (IOException e) {
            fail("the connection to the HLR was lost: " + e.getMessage());
        } catch (CtrlReply.MalformedException e) {
            fail("the HLR sent " + e.getMessage());
        }
    }

    private void fail(String reason) {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use either way.
        }
        writer.interrupt();
        var left = new ArrayList<Bundle>();
        waiting.drainTo(left);
        left.forEach(bundle -> bundle.withdraw(reason));
        underWay.values().forEach(place -> place.lose(reason));
    }

    @Override
    public void close() {
        fail("the connection to the HLR was closed");
    }
}
