package io.trunkline.simulators.http;

import io.trunkline.simulators.sockets.Client;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of one connection, one after the other. */
final class HttpConnection {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private final Socket socket;
    private final HttpListener.Limits limits;
    private final HttpListener.Handler handler;
    private final Client client;
    private final OutputStream out;

    HttpConnection(Socket socket, HttpListener.Limits limits, HttpListener.Handler handler) throws IOException {
        this.socket = socket;
        this.limits = limits;
        this.handler = handler;
        this.client = new Client(socket);
        this.out = socket.getOutputStream();
    }

    void serve() throws IOException {
        RequestReader reader = new RequestReader(client.in(), out, limits);
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
            case Answer.Late(Reply reply, Duration delay) -> client.staysFor(delay) && write(request, reply, 1);
            case Answer.Hang(Duration longest) -> {
                client.awaitLeaving(longest);
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
}
