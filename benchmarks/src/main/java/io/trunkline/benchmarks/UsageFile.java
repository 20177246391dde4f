package io.trunkline.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.Supplier;

/** A file of usage for the drop directory: three of ten are calls, one is a text, six are data. */
final class UsageFile {
    private final Path directory;
    private final String prefix;

    /**
     * Nothing is written yet.
     *
     * @param prefix of the file's name and of its records
     */
    UsageFile(Installation installation, String prefix) {
        this.directory = installation.data().resolve("usage").resolve("drop");
        this.prefix = prefix;
    }

    String name() {
        return prefix + ".csv";
    }

    /** So many records of the last while; the server does not see them yet. */
    void write(int count, Duration spread, Random random, Supplier<String> imsi) throws IOException {
        Instant start = Instant.now().minus(spread);
        try (BufferedWriter csv = Files.newBufferedWriter(part())) {
            csv.write("record_id,type,direction,imsi,other_party,serving_plmn,started_at,quantity\n");
            for (int i = 0; i < count; i++) {
                Instant at = start.plusMillis(random.nextLong(spread.toMillis()));
                csv.write(prefix + i + "," + record(random, imsi.get(), at) + "\n");
            }
        }
    }

    private static String record(Random random, String imsi, Instant at) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 ->
                "voice,outbound,%s,+44207946%04d,23415,%s,%d"
                        .formatted(imsi, random.nextInt(10_000), at, 1 + random.nextInt(600));
            case 3 -> "sms,outbound,%s,+4479460%05d,23415,%s,1".formatted(imsi, random.nextInt(100_000), at);
            default -> "data,outbound,%s,,23415,%s,%d".formatted(imsi, at, 1 + random.nextInt(5_000_000));
        };
    }

    private Path part() {
        return directory.resolve(name() + ".part");
    }

    /** From here on the server takes it. */
    void drop() throws IOException {
        Files.move(part(), directory.resolve(name()));
        Files.createFile(directory.resolve(name() + ".done"));
    }

    /** Whether the server has moved it away. */
    boolean isTaken() {
        return Files.notExists(directory.resolve(name()));
    }

    /** No usage of the simulated network's own. */
    static void quieten(Installation installation) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(installation.simulatorsUrl() + "/usage"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"records_per_second\": 0}"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
                throw new IllegalStateException("the simulated network answered " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
