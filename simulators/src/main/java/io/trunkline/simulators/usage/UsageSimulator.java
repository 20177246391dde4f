package io.trunkline.simulators.usage;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import io.trunkline.simulators.journal.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live usage of the network's lines. {@code PUT /usage} with {@code {"records_per_second"}} sets how much, 0 none;
 * {@code GET /usage} shows it. It survives a restart.
 */
public final class UsageSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageSimulator.class);
    private static final double MOST = 10_000;
    /** A little, so that there is always something new. */
    private static final double DEFAULT = 0.1;

    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Below a record a second they are collected for so long. */
    private static final Duration COLLECTED = Duration.ofMinutes(1);

    private static final Duration LINES_ARE_KNOWN_FOR = Duration.ofSeconds(5);
    /** Nobody takes them away: then there is no use in more. */
    private static final int MOST_FILES = 1_000;

    /** How much, kept in a file. */
    private record Settings(double recordsPerSecond) {}

    private final Path settingsFile;
    private final Optional<Path> drop;
    private final Supplier<List<Line>> lines;
    private final Clock clock;
    private final LiveRecords records = new LiveRecords(new SplittableRandom());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile Settings settings;
    private Instant linesAt = Instant.MIN;
    private Instant countedAt;
    private Instant writtenAt;
    private double due;

    private UsageSimulator(
            Path settingsFile, Optional<Path> drop, Supplier<List<Line>> lines, Clock clock, Settings settings) {
        this.settingsFile = settingsFile;
        this.drop = drop;
        this.lines = lines;
        this.clock = clock;
        this.settings = settings;
        this.countedAt = clock.instant();
        this.writtenAt = countedAt;
        this.thread = Thread.ofVirtual().name("usage").unstarted(this::run);
    }

    /**
     * Begins.
     *
     * @param directory where the rate is kept; made if absent
     * @param drop where the files go; made if absent. Without one there is no usage
     */
    public static UsageSimulator start(Path directory, Optional<Path> drop, Supplier<List<Line>> lines, Clock clock)
            throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("settings.json");
        Settings settings =
                Files.exists(file) ? Json.parse(Files.readString(file), Settings.class) : new Settings(DEFAULT);
        if (drop.isPresent()) {
            Files.createDirectories(drop.get());
        }
        var simulator = new UsageSimulator(file, drop, lines, clock, settings);
        simulator.thread.start();
        return simulator;
    }

    /** Adds {@code /usage} of the control interface. */
    public void addTo(Routes routes) {
        routes.add("GET", "/usage", _ -> Reply.json(200, settings));
        routes.add("PUT", "/usage", this::put);
    }

    private Answer put(Request request) {
        Fields fields = Fields.of(Json.body(request));
        double rate = fields.required(
                "records_per_second", fields.fraction("records_per_second", 0, MOST), settings.recordsPerSecond());
        fields.refuseOthers().check();
        if (drop.isEmpty() && rate > 0) {
            throw new ProblemException(
                    409, "there is no drop directory: the simulators were started without --usage-drop");
        }
        var wanted = new Settings(rate);
        try {
            AtomicFile.write(settingsFile, Json.write(wanted));
        } catch (IOException e) {
            throw new UncheckedIOException("the rate cannot be kept", e);
        }
        settings = wanted;
        return Reply.json(200, wanted);
    }

    private void run() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                drop.ifPresent(this::look);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Path directory) {
        try {
            Instant now = clock.instant();
            double rate = settings.recordsPerSecond();
            if (!linesAt.plus(LINES_ARE_KNOWN_FOR).isAfter(now)) {
                records.know(lines.get(), now);
                linesAt = now;
            }
            due = Math.min(MOST, due + rate * Duration.between(countedAt, now).toMillis() / 1_000);
            countedAt = now;
            boolean collected = rate >= 1 || !writtenAt.plus(COLLECTED).isAfter(now);
            if (due >= 1 && collected && filesIn(directory) < MOST_FILES) {
                write(directory, records.make((int) due, now), now);
                due -= Math.floor(due);
                writtenAt = now;
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("usage cannot be written to {}: {}", directory, e.toString());
        }
    }

    private static long filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.limit(MOST_FILES).count();
        }
    }

    private static void write(Path directory, List<String> made, Instant now) throws IOException {
        if (!made.isEmpty()) {
            Path file = directory.resolve("live-" + now.toEpochMilli() + ".csv");
            String text = LiveRecords.HEADER + "\n" + String.join("\n", made) + "\n";
            AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
            // Nobody writes to it any more.
            Files.createFile(file.resolveSibling(file.getFileName() + ".done"));
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(LOOK.multipliedBy(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
