package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import io.trunkline.database.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Activations by mail through the simulated SM-DP+, HLR and mail server: as many as can be, in turns with the same row
 * writes and commits in a JDBC loop; then fifty a second, to see how long one takes.
 */
final class OrdersBench {
    private static final double GOAL_PER_SECOND = 250;
    private static final double GOAL_P99_MILLIS = 2_000;
    private static final double PER_THOUSAND = 1_000;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final int PACE = 50;
    private static final int TURNS_TO_WARM_UP = 4;
    private static final Duration PACED = Duration.ofSeconds(20);
    /** Most that a turn orders in a second: so much stock has to be there. */
    private static final int STOCK_PER_SECOND = 500;
    /** After so long even a connection that rests has told the statistics what it did. */
    private static final Duration STATISTICS = Duration.ofSeconds(11);

    private static final String FREE =
            "SELECT count(*) AS n FROM profile_stock WHERE state = 'free' AND sealed_keys IS NOT NULL";
    /** Milestones have the server's time, as created_at has. */
    private static final String ENDED = """
            SELECT count(*) AS orders, count(completed) AS completed, count(delivered) AS delivered,
                (1e6 * extract(epoch FROM max(completed) - min(created_at)))::bigint AS micros,
                (1e6 * extract(epoch FROM max(delivered) - min(created_at)))::bigint AS micros_to_mail,
                (1e6 * extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY completed - created_at)))::bigint
                    AS p50,
                (1e6 * extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY completed - created_at)))::bigint
                    AS p99,
                (1e6 * extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY delivered - created_at)))::bigint
                    AS p99_mail
            FROM (
                SELECT created_at, (SELECT max((m ->> 'at')::timestamptz) FROM jsonb_array_elements(milestones) m
                        WHERE m ->> 'name' = 'completed') AS completed,
                    (SELECT max((m ->> 'at')::timestamptz) FROM jsonb_array_elements(milestones) m
                        WHERE m ->> 'name' = 'delivered') AS delivered
                FROM orders WHERE created_at >= ? AND type = 'activate_subscription') o""";

    private final Settings settings;
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> mailed = new ArrayList<>();
    private final List<Double> limits = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> commits = new ArrayList<>();
    private long orders;
    private double cpuSeconds;
    private double serverCpuSeconds;
    private double simulatorsCpuSeconds;
    private double clientCpuSeconds;

    OrdersBench(Settings settings) {
        this.settings = settings;
    }

    /** What became of the orders since a moment. */
    private record Ended(
            long orders,
            long completed,
            long delivered,
            double seconds,
            double secondsToMail,
            double p50Ms,
            double p99Ms,
            double p99MailMs) {
        static Ended read(Row row) throws SQLException {
            return new Ended(
                    row.longInteger("orders"),
                    row.longInteger("completed"),
                    row.longInteger("delivered"),
                    row.longInteger("micros") / MICROS_PER_SECOND,
                    row.longInteger("micros_to_mail") / MICROS_PER_SECOND,
                    row.longInteger("p50") / MICROS_PER_MILLI,
                    row.longInteger("p99") / MICROS_PER_MILLI,
                    row.longInteger("p99_mail") / MICROS_PER_MILLI);
        }
    }

    Result run(String name) {
        Installation installation = stocked();
        try (Connections connections = installation.connections();
                Memory memory = new Memory(installation)) {
            Database database = connections.database();
            var client = new OrdersClient(installation, database);
            RowWrites before = RowWrites.until(database);
            // What is compiled late is nobody's cost.
            for (int i = 0; i < TURNS_TO_WARM_UP; i++) {
                client.asManyAsCanBe(settings.turn());
            }
            RowWrites perOrder = settled(database, before, client.placed());
            try (WriteLoop loop = new WriteLoop(connections, perOrder)) {
                for (int round = 0; round < settings.rounds(); round++) {
                    turn(installation, database, client, loop);
                    Console.say(String.format(
                            Locale.ROOT,
                            "  round %d: %,.0f/s completed, %,.0f/s mailed, of %,.0f/s, ratio %.3f, load %s",
                            round + 1,
                            ours.getLast(),
                            mailed.getLast(),
                            limits.getLast(),
                            ratios.getLast(),
                            Machine.load()));
                }
            }
            Instant since = Instant.now();
            client.paced(PACE, PACED);
            Ended paced = ended(database, since);
            return result(name, paced, memory.peakMb(), perOrder);
        } finally {
            installation.close();
        }
    }

    /** With enough to order; where an earlier run has used it up, everything is made anew. */
    private Installation stocked() {
        long wanted = (long) STOCK_PER_SECOND * settings.seconds() * (settings.rounds() + TURNS_TO_WARM_UP)
                + PACE * PACED.toSeconds();
        Installation installation = Installation.demo(settings, "orders");
        long free = free(installation);
        if (free < wanted) {
            Console.say("The stock is used up by earlier runs: everything is made anew.");
            installation.remove();
            installation = Installation.demo(settings, "orders");
            free = free(installation);
        }
        if (free < wanted) {
            installation.close();
            throw new IllegalArgumentException(
                    "there are " + free + " SIM profiles for " + wanted + " orders: fewer --rounds or --seconds");
        }
        return installation;
    }

    private static long free(Installation installation) {
        try (Connections connections = installation.connections()) {
            return connections
                    .database()
                    .owner()
                    .one(FREE, row -> row.longInteger("n"))
                    .orElse(0L);
        }
    }

    private static RowWrites settled(Database database, RowWrites before, long placed) {
        long end = System.nanoTime() + STATISTICS.toNanos();
        Await.until("statistics of all that was written", () -> System.nanoTime() > end);
        return RowWrites.until(database).since(before).perOrder(placed);
    }

    private void turn(Installation installation, Database database, OrdersClient client, WriteLoop loop) {
        Instant since = Instant.now();
        long commitsBefore = RowWrites.transactions(database);
        double cpu = Machine.cpuSeconds(installation.processes());
        double server = Machine.cpuSeconds(List.of(installation.server()));
        double simulators = Machine.cpuSeconds(List.of(installation.simulators()));
        double own = OrdersClient.cpuSeconds();
        client.asManyAsCanBe(settings.turn());
        cpuSeconds += Machine.cpuSeconds(installation.processes()) - cpu;
        serverCpuSeconds += Machine.cpuSeconds(List.of(installation.server())) - server;
        simulatorsCpuSeconds += Machine.cpuSeconds(List.of(installation.simulators())) - simulators;
        clientCpuSeconds += OrdersClient.cpuSeconds() - own;
        double written = RowWrites.transactions(database) - commitsBefore;
        Ended ended = ended(database, since);
        orders += ended.orders();
        commits.add(written / ended.orders());
        ours.add(ended.completed() / ended.seconds());
        mailed.add(ended.delivered() / ended.secondsToMail());
        limits.add(loop.run((int) ended.orders(), commits.getLast()));
        ratios.add(ours.getLast() / limits.getLast());
    }

    private static Ended ended(Database database, Instant since) {
        Ended ended = database.owner()
                .one(ENDED, Ended::read, since)
                .orElseThrow(() -> new IllegalStateException("nothing was ordered"));
        if (ended.completed() < ended.orders() || ended.delivered() < ended.orders()) {
            throw new IllegalStateException("of " + ended.orders() + " orders " + ended.completed()
                    + " are completed and " + ended.delivered() + " delivered");
        }
        return ended;
    }

    private Result result(String name, Ended paced, double peakMb, RowWrites perOrder) {
        double perSecond = Turns.median(ours);
        return new Result(
                name,
                "activations/s",
                perSecond,
                Turns.median(limits),
                Turns.median(ratios),
                GOAL_PER_SECOND,
                perSecond >= GOAL_PER_SECOND && paced.p99Ms() < GOAL_P99_MILLIS,
                paced.p50Ms(),
                paced.p99Ms(),
                cpuSeconds / orders * PER_THOUSAND,
                peakMb,
                notes(paced, perOrder));
    }

    private List<String> notes(Ended paced, RowWrites perOrder) {
        var notes = new ArrayList<String>();
        notes.add("the goal is of ours: so many completed a second, and p99 below 2,000 ms at 50 a second");
        notes.add(String.format(
                Locale.ROOT,
                "%d rounds of %d s each, medians; completed %.0f to %.0f a second, their mails handed over %.0f",
                settings.rounds(),
                settings.seconds(),
                ours.stream().min(Double::compare).orElse(0.0),
                ours.stream().max(Double::compare).orElse(0.0),
                Turns.median(mailed)));
        notes.add(String.format(
                Locale.ROOT,
                "p50 and p99: accepted to completed at %d a second for %d s (%d orders, %.1f/s completed); to the mail"
                        + " handed over p99 %.0f ms",
                PACE,
                PACED.toSeconds(),
                paced.orders(),
                paced.completed() / paced.seconds(),
                paced.p99MailMs()));
        notes.add(String.format(
                Locale.ROOT,
                "each activation: %.1f rows inserted, %.1f updated, %.1f deleted in %d tables, %.2f commits; ratios"
                        + " %.3f to %.3f",
                perOrder.inserted(),
                perOrder.updated(),
                perOrder.deleted(),
                perOrder.tables().size(),
                Turns.median(commits),
                ratios.stream().min(Double::compare).orElse(0.0),
                ratios.stream().max(Double::compare).orElse(0.0)));
        double all = (cpuSeconds + simulatorsCpuSeconds + clientCpuSeconds) / orders;
        notes.add(String.format(
                Locale.ROOT,
                "CPU s per 1,000: the server %.2f, PostgreSQL %.2f; beside them the simulated network %.2f, the client"
                        + " %.2f: in all %.2f, which %d CPUs can do %.0f times a second",
                serverCpuSeconds / orders * PER_THOUSAND,
                (cpuSeconds - serverCpuSeconds) / orders * PER_THOUSAND,
                simulatorsCpuSeconds / orders * PER_THOUSAND,
                clientCpuSeconds / orders * PER_THOUSAND,
                all * PER_THOUSAND,
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().availableProcessors() / all));
        notes.add("load of the machine when it ended: " + Machine.load());
        return notes;
    }
}
