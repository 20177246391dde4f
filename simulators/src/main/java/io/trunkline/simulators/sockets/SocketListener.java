package io.trunkline.simulators.sockets;

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
public final class SocketListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketListener.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    /** Serves one connection on its own virtual thread; it is closed afterwards. */
    @FunctionalInterface
    public interface Service {
        void serve(Socket socket) throws IOException;
    }

    private final String name;
    private final ServerSocket server;
    private final Service service;
    private final Semaphore free;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private SocketListener(String name, ServerSocket server, int connections, Service service) {
        this.name = name;
        this.server = server;
        this.service = service;
        this.free = new Semaphore(connections);
        this.acceptor = Thread.ofPlatform().name(name + "-accept").daemon().unstarted(this::accept);
    }

    /**
     * Takes over the bound socket; it is closed with the listener.
     *
     * @param connections how many at once; further ones wait in the backlog
     */
    public static SocketListener start(String name, ServerSocket server, int connections, Service service) {
        SocketListener listener = new SocketListener(name, server, connections, service);
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
            service.serve(socket);
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
