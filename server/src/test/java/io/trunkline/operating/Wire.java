package io.trunkline.operating;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection on which a test writes whatever it likes: HTTP/1.1 as well as what is none. */
final class Wire implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;

    private Wire(Socket socket) {
        this.socket = socket;
    }

    /** To a server's URL on loopback. */
    static Wire to(String url) throws IOException {
        var socket = new Socket(
                InetAddress.getLoopbackAddress(), java.net.URI.create(url).getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return new Wire(socket);
    }

    /** An answer; of status 0 where the connection was closed without one. */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    Wire write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads one answer, its body by Content-Length or chunks. */
    Answer read() throws IOException {
        InputStream in = socket.getInputStream();
        String status = line(in);
        if (status.isEmpty()) {
            return new Answer(0, Map.of(), "");
        }
        var headers = new TreeMap<String, String>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        String body = headers.containsKey("content-length")
                ? new String(in.readNBytes(Integer.parseInt(headers.get("content-length"))), StandardCharsets.UTF_8)
                : "chunked".equals(headers.get("transfer-encoding")) ? chunks(in) : "";
        return new Answer(Integer.parseInt(status.split(" ", -1)[1]), headers, body);
    }

    private static String chunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toString(StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the other side closes it within the patience of a test. */
    boolean isClosedByPeer() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
