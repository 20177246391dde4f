package io.trunkline.simulators.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of one connection, one after the other. */
final class HttpConnection {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private final Socket socket;
    private final HttpListener.Limits limits;
    private final HttpListener.Handler handler;
    private final InputStream in;
    private final OutputStream out;

    HttpConnection(Socket socket, HttpListener.Limits limits, HttpListener.Handler handler) throws IOException {
        this.socket = socket;
        this.limits = limits;
        this.handler = handler;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    void serve() throws IOException {
        RequestReader reader = new RequestReader(in, out, limits);
        boolean more = true;
        while (more) {
            socket.setSoTimeout(Math.toIntExact(limits.idle().toMillis()));
            try {
                Optional<Request> request = reader.next();
                more = request.isPresent() && write(request.get(), answer(request.get()));
            } catch (MalformedRequestException malformed) {
                out.write(Problem.reply(malformed.status(), String.valueOf(malformed.getMessage()))
                        .bytes(true, false));
                more = false;
            }
        }
    }

    private Answer answer(Request request) {
        try {
            return handler.handle(request);
        } catch (ProblemException problem) {
            return problem.reply();
        } catch (RuntimeException broken) {
            LOG.error("{} {} failed", request.method(), request.path(), broken);
            return Problem.reply(500, "the simulator failed; its log tells why");
        }
    }

    /** True where the connection can carry a further request. */
    private boolean write(Request request, Answer answer) throws IOException {
        return switch (answer) {
            case Reply reply -> write(request, reply, 1);
            case Answer.Twice(Reply reply) -> write(request, reply, 2);
            case Answer.Late(Reply reply, Duration delay) -> clientStays(delay) && write(request, reply, 1);
            case Answer.Hang(Duration longest) -> {
                clientStays(longest);
                yield false;
            }
            case Answer.Drop() -> false;
        };
    }

    private boolean write(Request request, Reply reply, int times) throws IOException {
        byte[] bytes = reply.bytes(!request.method().equals("HEAD"), request.keepsAlive());
        for (int time = 0; time < times; time++) {
            out.write(bytes);
            out.flush();
        }
        return request.keepsAlive();
    }

    /** Waits, and comes back early with false where the client closes the connection meanwhile. */
    private boolean clientStays(Duration longest) throws IOException {
        long until = System.nanoTime() + longest.toNanos();
        long millis = Math.max(1, longest.toMillis());
        socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
        in.mark(1);
        try {
            if (in.read() < 0) {
                return false;
            }
            in.reset();
        } catch (SocketTimeoutException stillThere) {
            return true;
        }
        // A pipelined request came: the socket cannot tell any more whether the client leaves.
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return true;
    }
}
