package io.trunkline.simulators.http;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections of one server socket, a virtual thread for each. */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    /**
     * What a client may ask for.
     *
     * @param connections how many at once; further ones wait in the backlog
     * @param headBytes request line and headers
     * @param headers how many
     * @param bodyBytes of one request
     * @param idle how long a connection may be silent. Longer than clients keep idle connections (30 s with the JDK's),
     *     so that it is not closed under a request that is just being sent
     */
    public record Limits(int connections, int headBytes, int headers, int bodyBytes, Duration idle) {
        public static final Limits DEFAULT = new Limits(4_096, 16_384, 100, 1 << 20, Duration.ofMinutes(2));

        public Limits withBodyBytes(int most) {
            return new Limits(connections, headBytes, headers, most, idle);
        }
    }

    /** Answers one request; called on the connection's own virtual thread. */
    @FunctionalInterface
    public interface Handler {
        Answer handle(Request request);
    }

    private final String name;
    private final ServerSocket server;
    private final Limits limits;
    private final Handler handler;
    private final Semaphore free;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private HttpListener(String name, ServerSocket server, Limits limits, Handler handler) {
        this.name = name;
        this.server = server;
        this.limits = limits;
        this.handler = handler;
        this.free = new Semaphore(limits.connections());
        this.acceptor = Thread.ofPlatform().name(name + "-accept").daemon().unstarted(this::accept);
    }

    /** Takes over the bound socket; it is closed with the listener. */
    public static HttpListener start(String name, ServerSocket server, Limits limits, Handler handler) {
        HttpListener listener = new HttpListener(name, server, limits, handler);
        listener.acceptor.start();
        return listener;
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            free.acquireUninterruptibly();
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().name(name + "-connection").start(() -> serve(socket));
            } catch (IOException failed) {
                free.release();
                if (!server.isClosed()) {
                    LOG.warn("{}: a connection could not be accepted: {}", name, failed.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            // Otherwise an answer of two segments waits for the client's delayed acknowledgement (40 ms on Linux).
            socket.setTcpNoDelay(true);
            new HttpConnection(socket, limits, handler).serve();
        } catch (IOException gone) {
            LOG.debug("{}: a connection ended: {}", name, gone.getMessage());
        } finally {
            open.remove(socket);
            free.release();
        }
    }

    /** Closes the socket and every connection; then the port is free again. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            LOG.warn("{}: the server socket did not close: {}", name, failed.getMessage());
        }
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException failed) {
                LOG.debug("{}: a connection did not close: {}", name, failed.getMessage());
            }
        }
        // As long as a thread is still within accept, the kernel keeps the port.
        try {
            if (!acceptor.join(LONGEST_CLOSE)) {
                LOG.warn("{}: still accepting {} after it was closed", name, LONGEST_CLOSE);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
