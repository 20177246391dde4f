package io.trunkline.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;

/** HTTP/1.1 on plain sockets, a thread for each: where there is no wrk, and where single requests are timed. */
final class JdkClient implements LoadClient {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int BUFFER_BYTES = 1 << 16;

    @Override
    public String name() {
        return "a client of the JDK's sockets";
    }

    @Override
    public Sample run(String url, List<Call> calls, int connections, Duration duration) {
        long start = System.nanoTime();
        double cpu = cpuSeconds();
        var running = new ArrayList<FutureTask<Latencies>>();
        for (int i = 0; i < connections; i++) {
            var task = new FutureTask<>(() -> send(url, calls, start + duration.toNanos()));
            running.add(task);
            Thread.ofPlatform().name("client-" + i).daemon().start(task);
        }
        Latencies all = Latencies.together(running);
        return new Sample(
                all.count(),
                (System.nanoTime() - start) / NANOS_PER_SECOND,
                all.percentile(50),
                all.percentile(99),
                cpuSeconds() - cpu);
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(used -> used.toMillis() / 1e3)
                .orElse(0.0);
    }

    private static Latencies send(String url, List<Call> calls, long end) throws IOException {
        var latencies = new Latencies();
        int at = ThreadLocalRandom.current().nextInt(calls.size());
        try (Connection connection = new Connection(url)) {
            while (System.nanoTime() < end) {
                at = (at + 1) % calls.size();
                long before = System.nanoTime();
                connection.get(calls.get(at));
                latencies.add(System.nanoTime() - before);
            }
        }
        return latencies;
    }

    /** One connection that is kept open. */
    static final class Connection implements AutoCloseable {
        private final URI url;
        private Socket socket;
        private InputStream in;

        Connection(String url) throws IOException {
            this.url = URI.create(url);
            socket = open();
            in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        }

        private Socket open() throws IOException {
            var opened = new Socket(url.getHost(), url.getPort());
            opened.setTcpNoDelay(true);
            return opened;
        }

        /**
         * The body.
         *
         * @throws IllegalStateException where it is not answered with 200
         */
        byte[] get(Call call) throws IOException {
            return exchange("GET", call, "", " 200");
        }

        /**
         * Sends JSON and answers the body.
         *
         * @throws IllegalStateException where it is not answered with 201
         */
        byte[] post(Call call, String json) throws IOException {
            return exchange("POST", call, json, " 201");
        }

        /**
         * Sends JSON to what makes nothing that has a place of its own, and answers the body.
         *
         * @throws IllegalStateException where it is not answered with 200
         */
        byte[] send(Call call, String json) throws IOException {
            return exchange("POST", call, json, " 200");
        }

        private byte[] exchange(String method, Call call, String json, String expected) throws IOException {
            byte[] sent = json.getBytes(StandardCharsets.UTF_8);
            String content =
                    sent.length == 0 ? "" : "\r\nContent-Type: application/json\r\nContent-Length: " + sent.length;
            String head = method + " " + call.path() + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\n"
                    + String.join("\r\n", call.headers()) + content + "\r\n\r\n" + json;
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            String status = line();
            int length = -1;
            boolean chunked = false;
            boolean last = false;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            header.substring(header.indexOf(':') + 1).strip());
                }
                last |= lower.startsWith("connection:") && lower.contains("close");
                chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            }
            byte[] body = chunked ? chunks() : in.readNBytes(Math.max(0, length));
            if (last) {
                close();
                socket = open();
                in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            }
            if (!status.startsWith("HTTP/1.1" + expected)) {
                throw new IllegalStateException(
                        call.path() + ": " + status + " " + new String(body, StandardCharsets.UTF_8));
            }
            return body;
        }

        private byte[] chunks() throws IOException {
            var body = new java.io.ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                body.write(in.readNBytes(size));
                line();
            }
            line();
            return body.toByteArray();
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the server has closed the connection");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
