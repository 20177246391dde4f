package io.trunkline.simulators.sockets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The other end of a connection, which may leave while it is kept waiting. */
public final class Client {
    private final Socket socket;
    private final InputStream in;

    public Client(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** What it sends. Waiting changes the socket's timeout: set it again before reading. */
    public InputStream in() {
        return in;
    }

    /** Waits, and comes back early with false where it closes the connection meanwhile. */
    public boolean staysFor(Duration longest) throws IOException {
        long until = System.nanoTime() + longest.toNanos();
        socket.setSoTimeout(millis(longest));
        in.mark(1);
        try {
            if (in.read() < 0) {
                return false;
            }
            in.reset();
        } catch (SocketTimeoutException stillThere) {
            return true;
        }
        // More has come: the socket cannot tell any more whether the client leaves.
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return true;
    }

    /** Waits until it leaves, at most so long. What it still sends is swallowed. */
    public void awaitLeaving(Duration longest) throws IOException {
        long until = System.nanoTime() + longest.toNanos();
        byte[] swallowed = new byte[4_096];
        for (long left = longest.toNanos(); left > 0; left = until - System.nanoTime()) {
            socket.setSoTimeout(millis(Duration.ofNanos(left)));
            try {
                if (in.read(swallowed) < 0) {
                    return;
                }
            } catch (SocketTimeoutException over) {
                return;
            }
        }
    }

    /** 0 would be for ever. */
    private static int millis(Duration longest) {
        return Math.clamp(longest.toMillis(), 1, Integer.MAX_VALUE);
    }
}
