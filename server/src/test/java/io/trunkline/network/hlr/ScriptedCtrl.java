package io.trunkline.network.hlr;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that says over its socket exactly what a test wants, and remembers what it was told. */
final class ScriptedCtrl implements AutoCloseable {
    /** What happens on a connection; it is closed afterwards. */
    interface Script {
        void play(Turn turn) throws IOException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    private ScriptedCtrl(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
        threads.execute(this::listen);
    }

    static ScriptedCtrl start(Script script) throws IOException {
        return new ScriptedCtrl(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /** One connection. */
    final class Turn {
        private final Socket socket;
        private final DataInputStream in;

        Turn(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
        }

        /** The next command, as {@code GET <id> <variable>}; it must be framed as it should. */
        String hear() throws IOException {
            int length = in.readUnsignedShort();
            int protocol = in.readUnsignedByte();
            int extension = in.readUnsignedByte();
            if (protocol != 0xee || extension != 0) {
                throw new IOException("a frame of protocol " + protocol + "/" + extension);
            }
            String text = new String(in.readNBytes(length - 1), StandardCharsets.US_ASCII);
            heard.add(text);
            return text;
        }

        void say(String text) throws IOException {
            raw(frame(0xee, 0, text));
        }

        void raw(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** Answers as if it had worked. */
        void sayDone(String command) throws IOException {
            String[] words = command.split(" ", 4);
            say(words[0] + "_REPLY " + words[1] + " " + words[2] + (words[0].equals("SET") ? " OK" : " 1"));
        }

        /** Until the client leaves. */
        void keepQuiet() throws IOException {
            while (in.read() >= 0) {
                // What comes is of no interest.
            }
        }
    }

    static byte[] frame(int protocol, int extension, String text) {
        var frame = new ByteArrayOutputStream();
        frame.write((text.length() + 1) >> 8);
        frame.write(text.length() + 1);
        frame.write(protocol);
        frame.write(extension);
        frame.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return frame.toByteArray();
    }

    static String id(String command) {
        return command.split(" ", 3)[1];
    }

    private void listen() {
        try {
            while (true) {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                connections.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException closed) {
            threads.shutdown();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.play(new Turn(socket));
        } catch (IOException over) {
            // The client left.
        } finally {
            connections.remove(socket);
        }
    }

    List<String> heard() {
        return heard;
    }

    int acceptedConnections() {
        return accepted.get();
    }

    int openConnections() {
        return connections.size();
    }

    /** With these limits, over one connection. */
    CtrlSettings settings(Duration commandTimeout, int concurrentCalls) {
        return new CtrlSettings(
                "127.0.0.1",
                listener.getLocalPort(),
                1,
                Duration.ofSeconds(2),
                commandTimeout,
                concurrentCalls,
                Duration.ofMillis(100),
                Duration.ofMillis(200));
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
