package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.postgresql.PGConnection;

/**
 * A file of usage from its bytes to items and balances, in turns with COPY of the finished items into a partitioned
 * table with the same indexes.
 */
final class UsageBench {
    private static final double GOAL_RATIO = 0.4;
    private static final double GOAL_PER_SECOND = 25_000;
    private static final double NANOS_PER_SECOND = 1e9;
    /** For each second of a turn at the goal. */
    private static final int RECORDS_PER_SECOND = 25_000;

    private static final long SEED = 11;
    private static final Duration SPREAD = Duration.ofDays(2);

    private static final String TAKEN =
            "SELECT accepted, quarantined, position ->> 'file' AS file FROM usage_sources WHERE name = 'files'";
    private static final String ITEMS = "SELECT * FROM usage_items WHERE starts_with(record_id, '%s')";

    private final Settings settings;
    private final Random random = new Random(SEED);
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> limits = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private long records;
    private long items;
    private double cpuSeconds;

    UsageBench(Settings settings) {
        this.settings = settings;
    }

    /** What the drop directory's source has taken so far, and which file it is at. */
    private record Taken(long accepted, long quarantined, String file) {
        static Taken of(Database database) {
            return database.owner()
                    .one(
                            TAKEN,
                            row -> new Taken(
                                    row.longInteger("accepted"),
                                    row.longInteger("quarantined"),
                                    String.valueOf(row.textOrNull("file"))))
                    .orElse(new Taken(0, 0, ""));
        }
    }

    Result run(String name) {
        try (Installation installation = Installation.demo(settings, "usage");
                Connections connections = installation.connections();
                Memory memory = new Memory(installation)) {
            Database database = connections.database();
            UsageFile.quieten(installation);
            UsageLines.make(database, installation.organization());
            // What is compiled late and what lies in no cache yet is nobody's cost.
            turn(installation, connections, "warm");
            List.of(ours, limits, ratios).forEach(List::clear);
            records = 0;
            items = 0;
            cpuSeconds = 0;
            for (int round = 0; round < settings.rounds(); round++) {
                turn(installation, connections, "round" + round);
                Console.say(String.format(
                        Locale.ROOT,
                        "  round %d: %,.0f records/s of %,.0f/s, ratio %.3f, load %s",
                        round + 1,
                        ours.getLast(),
                        limits.getLast(),
                        ratios.getLast(),
                        Machine.load()));
            }
            return result(name, memory.peakMb());
        }
    }

    private void turn(Installation installation, Connections connections, String name) {
        Database database = connections.database();
        String prefix = name + "-" + System.currentTimeMillis() + "-";
        int count = RECORDS_PER_SECOND * settings.seconds();
        var file = new UsageFile(installation, prefix);
        try {
            file.write(count, SPREAD, random, () -> UsageLines.imsi(1 + random.nextInt(UsageLines.LINES)));
            Taken before = Taken.of(database);
            file.drop();
            Await.until("the file is begun", () -> Taken.of(database).file().equals(file.name()));
            var cpu = new Cpu(installation::processes);
            long start = System.nanoTime();
            Await.until("the file is taken", () -> {
                Taken now = Taken.of(database);
                if (now.quarantined() > before.quarantined()) {
                    throw new IllegalStateException("records were put aside: see GET /operator/usage/quarantine");
                }
                return now.accepted() - before.accepted() >= count;
            });
            ours.add(count * NANOS_PER_SECOND / (System.nanoTime() - start));
            cpuSeconds += cpu.seconds();
            records += count;
            limits.add(copied(connections, prefix, count));
            ratios.add(ours.getLast() / limits.getLast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Records a second, were their items only to be copied. */
    private double copied(Connections connections, String prefix, int count) throws SQLException, IOException {
        Path rows = Files.createTempFile("usage-bench", ".rows");
        try (Connection connection = connections.owner().getConnection();
                Statement statement = connection.createStatement()) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI();
            try (OutputStream out = Files.newOutputStream(rows)) {
                items += copy.copyOut("COPY (" + ITEMS.formatted(prefix) + ") TO STDOUT (FORMAT binary)", out);
            }
            statement.execute("DROP TABLE IF EXISTS bench_items");
            statement.execute(
                    "CREATE TABLE bench_items (LIKE usage_items INCLUDING ALL) PARTITION BY RANGE (started_at)");
            statement.execute("CREATE TABLE bench_items_earlier PARTITION OF bench_items"
                    + " FOR VALUES FROM (MINVALUE) TO (date_trunc('month', now()))");
            statement.execute("CREATE TABLE bench_items_now PARTITION OF bench_items"
                    + " FOR VALUES FROM (date_trunc('month', now())) TO (MAXVALUE)");
            long start = System.nanoTime();
            try (InputStream in = Files.newInputStream(rows)) {
                copy.copyIn("COPY bench_items FROM STDIN (FORMAT binary)", in);
            }
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            statement.execute("DROP TABLE bench_items");
            return count / seconds;
        } finally {
            Files.delete(rows);
        }
    }

    private Result result(String name, double peakMb) {
        double perSecond = Turns.median(ours);
        double ratio = Turns.median(ratios);
        return new Result(
                name,
                "records/s",
                perSecond,
                Turns.median(limits),
                ratio,
                GOAL_RATIO,
                ratio >= GOAL_RATIO && perSecond >= GOAL_PER_SECOND,
                0,
                0,
                cpuSeconds / records * Cpu.PER_THOUSAND,
                peakMb,
                List.of(
                        String.format(
                                Locale.ROOT,
                                "the goal is of the ratio, and at least %,.0f records a second of ours",
                                GOAL_PER_SECOND),
                        String.format(
                                Locale.ROOT,
                                "%d rounds of %,d records of %,d lines, medians; %.3f items a record; ours %,.0f to"
                                        + " %,.0f, ratios %.3f to %.3f",
                                settings.rounds(),
                                RECORDS_PER_SECOND * settings.seconds(),
                                UsageLines.LINES,
                                (double) items / records,
                                ours.stream().min(Double::compare).orElse(0.0),
                                ours.stream().max(Double::compare).orElse(0.0),
                                ratios.stream().min(Double::compare).orElse(0.0),
                                ratios.stream().max(Double::compare).orElse(0.0)),
                        "load of the machine when it ended: " + Machine.load()));
    }
}
