package io.trunkline.simulators.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;

/**
 * A server socket that is bound already. The SMTP library binds what it is given, which would fail; with the port
 * given up to it instead, somebody else could take the port between.
 */
final class BoundSocket extends ServerSocket {
    private final ServerSocket bound;

    BoundSocket(ServerSocket bound) throws IOException {
        this.bound = bound;
    }

    @Override
    public void bind(SocketAddress address, int backlog) {
        // It is bound.
    }

    @Override
    public Socket accept() throws IOException {
        Socket socket = bound.accept();
        // Otherwise a reply waits for the client's delayed acknowledgement.
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public void close() throws IOException {
        super.close();
        bound.close();
    }

    @Override
    public boolean isBound() {
        return bound.isBound();
    }

    @Override
    public boolean isClosed() {
        return bound.isClosed();
    }

    @Override
    public int getLocalPort() {
        return bound.getLocalPort();
    }

    @Override
    public InetAddress getInetAddress() {
        return bound.getInetAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return bound.getLocalSocketAddress();
    }
}
