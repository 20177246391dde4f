package io.trunkline.sms;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/** TLS in front of something that speaks none, on a port of loopback; it can go away and come back. */
final class TlsFront implements AutoCloseable {
    private final SSLContext tls;
    private final int port;
    private final int behind;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private ServerSocket listener;

    private TlsFront(SSLContext tls, ServerSocket listener, int behind) {
        this.tls = tls;
        this.listener = listener;
        this.port = listener.getLocalPort();
        this.behind = behind;
    }

    static TlsFront start(SSLContext tls, int behind) throws IOException {
        var front = new TlsFront(tls, listener(tls, 0), behind);
        front.serve();
        return front;
    }

    private static ServerSocket listener(SSLContext tls, int port) throws IOException {
        return tls.getServerSocketFactory().createServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    int port() {
        return port;
    }

    void comeBack() throws IOException {
        listener = listener(tls, port);
        serve();
    }

    private void serve() {
        ServerSocket accepting = listener;
        Thread.ofVirtual().start(() -> {
            try (accepting) {
                while (true) {
                    Socket client = accepting.accept();
                    var plain = new Socket(InetAddress.getLoopbackAddress(), behind);
                    open.add(client);
                    open.add(plain);
                    Thread.ofVirtual().start(() -> pass(client, plain));
                    Thread.ofVirtual().start(() -> pass(plain, client));
                }
            } catch (IOException gone) {
                // Closed, which is how it ends.
            }
        });
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException gone) {
            // The other side sees it, too.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    /** Goes away with all connections. */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
