package io.trunkline.network.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * Sockets that close themselves at a deadline. A timeout for each read does not end a session in which something comes
 * every few seconds.
 */
final class DeadlineSockets extends SocketFactory {
    private final ScheduledExecutorService timer;
    private final Duration deadline;

    DeadlineSockets(ScheduledExecutorService timer, Duration deadline) {
        this.timer = timer;
        this.deadline = deadline;
    }

    @Override
    public Socket createSocket() {
        return new DeadlineSocket(timer, deadline);
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw connected();
    }

    private static UnsupportedOperationException connected() {
        return new UnsupportedOperationException("only unconnected sockets: they connect with a timeout");
    }

    private static final class DeadlineSocket extends Socket {
        private final Future<?> alarm;

        DeadlineSocket(ScheduledExecutorService timer, Duration deadline) {
            this.alarm = timer.schedule(this::expire, deadline.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void expire() {
            try {
                super.close();
            } catch (IOException e) {
                // Nobody can use it any more, which is all that is wanted.
                return;
            }
        }

        @Override
        public void close() throws IOException {
            alarm.cancel(false);
            super.close();
        }
    }
}
