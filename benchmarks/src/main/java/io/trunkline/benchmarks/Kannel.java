package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Kannel, Debian's package of that name: bearerbox with its store in files, and smsbox that takes texts by HTTP. Both
 * listen on loopback, and end with the benchmark or by themselves after a while.
 */
final class Kannel implements AutoCloseable {
    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"));
    private static final String BEARERBOX = "bearerbox";
    private static final String SMSBOX = "smsbox";
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);
    /** A request names many recipients: their addresses have to go in one line of HTTP. */
    private static final int RECIPIENTS = 100;

    private static final int CONNECTIONS = 4;
    private static final Pattern SENT = Pattern.compile("SMS: received.*?sent (\\d+) ");
    private static final String SETTINGS = """
            group = core
            admin-port = %1$d
            admin-interface = 127.0.0.1
            admin-password = bench
            status-password = bench
            smsbox-port = %2$d
            smsbox-interface = 127.0.0.1
            box-allow-ip = 127.0.0.1
            log-level = 3
            store-type = spool
            store-location = %5$s
            dlr-storage = internal

            group = smsc
            smsc = smpp
            host = 127.0.0.1
            port = %4$d
            transceiver-mode = true
            smsc-username = bench-kannel
            smsc-password = bench
            system-type = bench
            max-pending-submits = %6$d

            group = smsbox
            bearerbox-host = 127.0.0.1
            bearerbox-port = %2$d
            sendsms-interface = 127.0.0.1
            sendsms-port = %3$d
            log-level = 3

            group = sendsms-user
            username = bench
            password = bench
            concatenation = false
            max-messages = 1
            """;

    private final List<Process> processes = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Thread end = new Thread(this::kill);
    private final int adminPort;
    private final int sendPort;
    private final String from;
    private final AtomicLong next = new AtomicLong();

    private Kannel(int adminPort, int sendPort, String from) {
        this.adminPort = adminPort;
        this.sendPort = sendPort;
        this.from = from;
    }

    private static Optional<Path> program(String name) {
        return Stream.concat(
                        PLACES.stream(),
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                                .map(Path::of))
                .map(place -> place.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static boolean isInstalled() {
        return program(BEARERBOX).isPresent() && program(SMSBOX).isPresent();
    }

    /**
     * Started and bound.
     *
     * @param directory for its files; emptied
     * @param smppPort of the SMSC on loopback
     * @param window its most unanswered submissions
     * @param from the number that texts come from
     */
    static Kannel start(Path directory, int smppPort, int window, String from) {
        try {
            FileSystemUtils.deleteRecursively(directory);
            Path spool = Files.createDirectories(directory.resolve("spool"));
            List<Integer> ports = freePorts(3);
            var kannel = new Kannel(ports.get(0), ports.get(2), from);
            Path settings = directory.resolve("kannel.conf");
            Files.writeString(
                    settings, SETTINGS.formatted(ports.get(0), ports.get(1), ports.get(2), smppPort, spool, window));
            Runtime.getRuntime().addShutdownHook(kannel.end);
            kannel.run(BEARERBOX, settings, directory);
            Await.until("Kannel's bind", () -> kannel.status().contains("(online"));
            kannel.run(SMSBOX, settings, directory);
            Await.until("Kannel's smsbox", () -> kannel.status().contains("smsbox:"));
            return kannel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private void run(String name, Path settings, Path directory) throws IOException {
        processes.add(new ProcessBuilder(
                        "timeout",
                        "--kill-after=5",
                        Long.toString(LONGEST_LIFE.toSeconds()),
                        program(name).orElseThrow().toString(),
                        settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start());
    }

    private String status() {
        try {
            return get("http://127.0.0.1:" + adminPort + "/status.txt?password=bench");
        } catch (IOException e) {
            return "";
        }
    }

    private String get(String url) throws IOException {
        try {
            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException("Kannel answers " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private long sent() {
        Matcher sent = SENT.matcher(status());
        return sent.find() ? Long.parseLong(sent.group(1)) : 0;
    }

    /** Sends so many; returns how many a second, from the first request to the SMSC's last response. */
    double send(long texts) {
        long before = sent();
        long start = System.nanoTime();
        var left = new AtomicLong(texts / RECIPIENTS);
        var running = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < CONNECTIONS; i++) {
            var task = new FutureTask<>(() -> {
                while (left.getAndDecrement() > 0) {
                    String _ = get(request());
                }
                return true;
            });
            running.add(task);
            Thread.ofVirtual().start(task);
        }
        running.forEach(Await::result);
        Await.until("the last of Kannel's texts", () -> sent() - before >= texts / RECIPIENTS * RECIPIENTS);
        return texts / ((System.nanoTime() - start) / 1e9);
    }

    private String request() {
        long first = next.getAndAdd(RECIPIENTS);
        String to = LongStream.range(first, first + RECIPIENTS)
                .mapToObj(SmsClient::number)
                .collect(Collectors.joining("+"));
        return "http://127.0.0.1:" + sendPort + "/cgi-bin/sendsms?username=bench&password=bench&from=" + from + "&text="
                + URLEncoder.encode(SmsClient.WORDS, StandardCharsets.UTF_8) + "&to=" + to;
    }

    /** Seconds of CPU that it has used. */
    double cpuSeconds() {
        return Machine.cpuSeconds(processes.stream()
                .flatMap(process -> process.toHandle().descendants())
                .map(ProcessHandle::pid)
                .toList());
    }

    private void kill() {
        processes.reversed().forEach(Process::destroy);
    }

    @Override
    public void close() {
        kill();
        for (Process process : processes) {
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        http.close();
        Runtime.getRuntime().removeShutdownHook(end);
    }
}
