package io.trunkline.stories;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Sends requests as bytes, also those that no HTTP client would send. */
final class RawHttp {
    private final String host;
    private final int port;

    RawHttp(String url) {
        URI uri = URI.create(url);
        this.host = uri.getHost();
        this.port = uri.getPort();
    }

    /** An answer; header names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return Api.JSON.readTree(body);
        }
    }

    /** One request on a connection of its own. Lines of the head are separated by {@code \n} here. */
    Answer send(String head, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String whole = head + "\nHost: " + host + ":" + port + "\nConnection: close"
                + (content.length > 0 ? "\nContent-Length: " + content.length : "") + "\n\n";
        try (var socket = new Socket(host, port)) {
            socket.setSoTimeout(20_000);
            var request = new ByteArrayOutputStream();
            request.write(whole.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
            request.write(content);
            socket.getOutputStream().write(request.toByteArray());
            socket.getOutputStream().flush();
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(head, e);
        }
    }

    private static Answer read(InputStream in) throws IOException {
        String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int end = all.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("no answer but \"" + all + "\"");
        }
        String[] lines = all.substring(0, end).split("\r\n", -1);
        var headers = new TreeMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        String body = all.substring(end + 4);
        return new Answer(
                Integer.parseInt(lines[0].split(" ", -1)[1]),
                headers,
                "chunked".equals(headers.get("transfer-encoding")) ? unchunked(body) : body);
    }

    private static String unchunked(String body) {
        var whole = new StringBuilder();
        int at = 0;
        while (true) {
            int end = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, end), 16);
            if (size == 0) {
                return whole.toString();
            }
            whole.append(body, end + 2, end + 2 + size);
            at = end + 2 + size + 2;
        }
    }
}
