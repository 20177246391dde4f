package io.trunkline.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between a client and PostgreSQL and counts how often the client waits for an answer. */
final class RoundTrips implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final AtomicLong count = new AtomicLong();

    RoundTrips(int target) {
        this(0, target);
    }

    RoundTrips(int port, int target) {
        this.target = target;
        try {
            this.listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    long count() {
        return count.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                var serverSpokeLast = new AtomicBoolean(true);
                Thread.ofVirtual()
                        .start(() -> relay(client, server, () -> {
                            if (serverSpokeLast.getAndSet(false)) {
                                count.incrementAndGet();
                            }
                        }));
                Thread.ofVirtual().start(() -> relay(server, client, () -> serverSpokeLast.set(true)));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void relay(Socket from, Socket to, Runnable spoken) {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                spoken.run();
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // One side has hung up, and so does the other now.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
