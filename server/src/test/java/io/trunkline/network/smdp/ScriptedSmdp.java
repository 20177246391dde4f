package io.trunkline.network.smdp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A peer that says over its socket exactly what a test wants, and remembers what it was asked. */
final class ScriptedSmdp implements AutoCloseable {
    static final String SUCCESS = "{\"header\":{\"functionExecutionStatus\":{\"status\":\"Executed-Success\"}}}";

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

    /** What happens once a request was read; the connection goes on afterwards. */
    interface Turn {
        void answer(Asked asked, Socket socket) throws IOException;
    }

    record Asked(String head, String body) {
        String line() {
            return head.lines().findFirst().orElse("");
        }

        String header(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        JsonNode json() {
            return new JsonMapper().readTree(body);
        }
    }

    private final ServerSocket listener;
    private final String scheme;
    private final Turn turn;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    private ScriptedSmdp(ServerSocket listener, String scheme, Turn turn) {
        this.listener = listener;
        this.scheme = scheme;
        this.turn = turn;
        threads.execute(this::listen);
    }

    static ScriptedSmdp start(Turn turn) throws IOException {
        return new ScriptedSmdp(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http", turn);
    }

    static ScriptedSmdp start(ServerSocket tls, Turn turn) {
        return new ScriptedSmdp(tls, "https", turn);
    }

    /** Always this. */
    static ScriptedSmdp answering(byte[] answer) throws IOException {
        return start((_, socket) -> write(socket, answer));
    }

    static void write(Socket socket, byte[] answer) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(answer);
        out.flush();
    }

    /** A whole answer; headers as they stand on the wire. */
    static byte[] http(int status, String body, String... headers) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder("HTTP/1.1 " + status + " Said\r\nContent-Length: " + content.length + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return (head + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    private void listen() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException closed) {
            threads.shutdown();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (true) {
                Asked next = read(in);
                asked.add(next);
                turn.answer(next, socket);
            }
        } catch (IOException over) {
            connections.remove(socket);
        }
    }

    private static Asked read(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client left");
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        Matcher length = LENGTH.matcher(text);
        byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
        return new Asked(text, new String(body, StandardCharsets.UTF_8));
    }

    List<Asked> asked() {
        return asked;
    }

    Asked onlyOne() {
        if (asked.size() != 1) {
            throw new AssertionError("one request expected, got " + asked);
        }
        return asked.getFirst();
    }

    URI url() {
        return URI.create(scheme + "://127.0.0.1:" + listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.close();
    }
}
