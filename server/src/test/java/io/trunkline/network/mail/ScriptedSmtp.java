package io.trunkline.network.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A mail server that takes everything, except where its script has another reply to a command that begins so. */
final class ScriptedSmtp implements AutoCloseable {
    /** The phases that are no commands. */
    static final String GREETING = "greeting";

    static final String CONTENT = "content";

    /** In place of a reply. */
    static final String DROP = "drop";

    static final String SILENCE = "silence";
    /** A reply that goes on and on, one line of it now and then. */
    static final String TRICKLE = "trickle";

    private final ServerSocket listener;
    private final Map<String, String> script = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<String> contents = new CopyOnWriteArrayList<>();
    private volatile @Nullable SSLContext tls;

    ScriptedSmtp() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        script.put(GREETING, "220 mail.example.com ESMTP");
        script.put("EHLO", "250-mail.example.com\r\n250 8BITMIME");
        script.put("DATA", "354 go on");
        script.put(CONTENT, "250 2.0.0 queued as 4711");
        script.put("QUIT", "221 bye");
        script.put("", "250 2.0.0 fine");
    }

    /** The longest beginning that fits a command decides. Before {@link #open}. */
    ScriptedSmtp on(String beginning, String reply) {
        script.put(beginning, reply);
        return this;
    }

    ScriptedSmtp withTls(SSLContext context) {
        tls = context;
        return on("EHLO", "250-mail.example.com\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN")
                .on("STARTTLS", "220 go on");
    }

    ScriptedSmtp open() {
        threads.execute(this::listen);
        return this;
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

    private void serve(Socket accepted) {
        Socket socket = accepted;
        try (accepted) {
            BufferedReader in = reader(socket);
            if (!reply(socket, GREETING)) {
                return;
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                commands.add(line);
                if (!reply(socket, line)) {
                    return;
                }
                SSLContext context = tls;
                if (context != null && line.equals("STARTTLS") && replyTo(line).startsWith("220")) {
                    SSLSocket encrypted =
                            (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
                    encrypted.setUseClientMode(false);
                    encrypted.startHandshake();
                    socket = encrypted;
                    in = reader(socket);
                }
                if (line.equals("DATA") && replyTo(line).startsWith("354")) {
                    contents.add(content(in));
                    if (!reply(socket, CONTENT)) {
                        return;
                    }
                }
            }
        } catch (IOException over) {
            connections.remove(accepted);
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** As it came over the wire, dots still doubled, without the last line. */
    private static String content(BufferedReader in) throws IOException {
        var content = new StringBuilder();
        for (String line = in.readLine(); !".".equals(line); line = in.readLine()) {
            if (line == null) {
                throw new IOException("the content was cut off");
            }
            content.append(line).append("\r\n");
        }
        return content.toString();
    }

    private String replyTo(String command) {
        String longest = "";
        for (String beginning : script.keySet()) {
            if (command.startsWith(beginning) && beginning.length() > longest.length()) {
                longest = beginning;
            }
        }
        return script.getOrDefault(longest, "");
    }

    /** False when the session is over. */
    private boolean reply(Socket socket, String command) throws IOException {
        String reply = replyTo(command);
        switch (reply) {
            case DROP -> {
                return false;
            }
            case SILENCE -> {
                return socket.getInputStream().transferTo(OutputStream.nullOutputStream()) < 0;
            }
            case TRICKLE -> {
                while (true) {
                    write(socket, "250-still here\r\n");
                    LockSupport.parkNanos(20_000_000);
                }
            }
            default -> {
                write(socket, reply + "\r\n");
                return true;
            }
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    int port() {
        return listener.getLocalPort();
    }

    List<String> commands() {
        return commands;
    }

    List<String> contents() {
        return contents;
    }

    Optional<String> command(String beginning) {
        return commands.stream()
                .filter(command -> command.startsWith(beginning))
                .findFirst();
    }

    /** Ends every session. */
    void hangUp() throws IOException {
        for (Socket connection : connections) {
            connection.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hangUp();
        threads.close();
    }
}
