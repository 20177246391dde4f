package io.trunkline.simulators.http;

import io.trunkline.simulators.sockets.SocketListener;
import java.net.ServerSocket;
import java.time.Duration;

/** HTTP on one server socket. */
public final class HttpListener implements AutoCloseable {
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

    private final SocketListener listener;

    private HttpListener(SocketListener listener) {
        this.listener = listener;
    }

    /** Takes over the bound socket; it is closed with the listener. */
    public static HttpListener start(String name, ServerSocket server, Limits limits, Handler handler) {
        return new HttpListener(SocketListener.start(
                name, server, limits.connections(), socket -> new HttpConnection(socket, limits, handler).serve()));
    }

    public int port() {
        return listener.port();
    }

    /** Closes the socket and every connection; then the port is free again. */
    @Override
    public void close() {
        listener.close();
    }
}
