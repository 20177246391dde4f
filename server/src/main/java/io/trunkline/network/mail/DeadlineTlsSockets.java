package io.trunkline.network.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/** The same as {@link DeadlineSockets} where the first octet is encrypted already. */
final class DeadlineTlsSockets extends SSLSocketFactory {
    private final SSLSocketFactory sockets;
    private final ScheduledExecutorService timer;
    private final Duration deadline;

    DeadlineTlsSockets(SSLSocketFactory sockets, ScheduledExecutorService timer, Duration deadline) {
        this.sockets = sockets;
        this.timer = timer;
        this.deadline = deadline;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = sockets.createSocket();
        var _ = timer.schedule(() -> expire(socket), deadline.toMillis(), TimeUnit.MILLISECONDS);
        return socket;
    }

    private static void expire(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nobody can use it any more, which is all that is wanted.
            return;
        }
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return sockets.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return sockets.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return sockets.createSocket(host, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return sockets.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return sockets.createSocket(address, port, localAddress, localPort);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }
}
