package io.trunkline.simulators.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads requests from a connection (RFC 9112): Content-Length and chunked bodies, {@code Expect: 100-continue}. */
final class RequestReader {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private final OutputStream out;
    private final HttpListener.Limits limits;

    RequestReader(InputStream in, OutputStream out, HttpListener.Limits limits) {
        this.in = in;
        this.out = out;
        this.limits = limits;
    }

    /** The next request; empty where the client has closed the connection between two requests. */
    Optional<Request> next() throws IOException {
        int[] left = {limits.headBytes()};
        String line = readLine(left);
        if (line == null) {
            return Optional.empty();
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !parts[1].startsWith("/")) {
            throw new MalformedRequestException(400, "expected \"METHOD /path HTTP/1.1\" as the request line");
        }
        if (!parts[2].startsWith("HTTP/1.")) {
            throw new MalformedRequestException(505, "expected HTTP/1.1, not " + parts[2]);
        }
        Map<String, String> headers = readHeaders(left);
        if (parts[2].equals("HTTP/1.0")) {
            headers.put("connection", "close");
        }
        int mark = parts[1].indexOf('?');
        String path = mark < 0 ? parts[1] : parts[1].substring(0, mark);
        Map<String, String> query = mark < 0 ? Map.of() : parseQuery(parts[1].substring(mark + 1));
        return Optional.of(new Request(parts[0], path, query, headers, readBody(headers)));
    }

    private Map<String, String> readHeaders(int[] left) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = readLine(left); line != null && !line.isEmpty(); line = readLine(left)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() >= limits.headers()) {
                throw new MalformedRequestException(
                        colon < 1 ? 400 : 431,
                        colon < 1 ? "a header line has no name" : "more than " + limits.headers() + " headers");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            String before = headers.put(name, value);
            // RFC 9112 6.3: two lengths that differ are an attempt to smuggle a request.
            if (before != null && name.equals("content-length") && !before.equals(value)) {
                throw new MalformedRequestException(400, "two different Content-Length headers");
            }
        }
        return headers;
    }

    private byte[] readBody(Map<String, String> headers) throws IOException {
        String coding = headers.get("transfer-encoding");
        String length = headers.get("content-length");
        if (coding == null && length == null) {
            return new byte[0];
        }
        if (coding != null && (length != null || !coding.equalsIgnoreCase("chunked"))) {
            throw new MalformedRequestException(
                    length != null ? 400 : 501, "expected Content-Length or Transfer-Encoding: chunked, not " + coding);
        }
        long announced = length == null ? 0 : number(length, 10);
        if (announced > limits.bodyBytes()) {
            throw tooLarge();
        }
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            out.write(CONTINUE);
            out.flush();
        }
        return length == null ? readChunks() : readExactly((int) announced);
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int[] left = {limits.headBytes()};
            String line = readLine(left);
            if (line == null) {
                throw new MalformedRequestException(400, "the body ended within its chunks");
            }
            int semicolon = line.indexOf(';');
            long size = number(
                    semicolon < 0 ? line.strip() : line.substring(0, semicolon).strip(), 16);
            if (size + body.size() > limits.bodyBytes()) {
                throw tooLarge();
            }
            if (size == 0) {
                readHeaders(left);
                return body.toByteArray();
            }
            body.writeBytes(readExactly((int) size));
            readLine(left);
        }
    }

    private byte[] readExactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new MalformedRequestException(
                    400, "the body ended after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    private @Nullable String readLine(int[] left) throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int next = in.read(); ; next = in.read()) {
            if (next < 0) {
                if (line.isEmpty()) {
                    return null;
                }
                throw new MalformedRequestException(400, "the connection ended within a line");
            }
            if (--left[0] < 0) {
                throw new MalformedRequestException(431, "the head is larger than " + limits.headBytes() + " bytes");
            }
            if (next == '\n') {
                int end = line.length() - 1;
                return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
            }
            line.append((char) next);
        }
    }

    private static long number(String text, int radix) throws MalformedRequestException {
        if (text.isEmpty() || text.length() > 15 || text.startsWith("-") || text.startsWith("+")) {
            throw new MalformedRequestException(400, "expected a length, not \"" + text + "\"");
        }
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException notOne) {
            throw new MalformedRequestException(400, "expected a length, not \"" + text + "\"");
        }
    }

    private MalformedRequestException tooLarge() {
        return new MalformedRequestException(413, "the body is larger than " + limits.bodyBytes() + " bytes");
    }

    private static Map<String, String> parseQuery(String text) throws MalformedRequestException {
        Map<String, String> query = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                query.put(
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    static String decode(String text) throws MalformedRequestException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            throw new MalformedRequestException(400, "\"" + text + "\" is not percent-encoded");
        }
    }
}
