package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import io.trunkline.database.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Texts to the simulated SMSC, a thousand recipients a request, until their receipts are kept, in turns with a loop of
 * jsmpp on a bind of its own; then single texts of another organization beside a backlog.
 */
final class SmsBench {
    private static final double GOAL = 0.8;
    private static final int WINDOW = 50;
    private static final int TURNS_TO_WARM_UP = 3;
    private static final long BACKLOG = 100_000;
    private static final int SINGLES = 50;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final String SENDER = """
            SELECT n.msisdn FROM phone_numbers n
            JOIN subscriptions s ON s.organization_id = n.organization_id AND s.id = n.subscription_id
            JOIN organizations o ON o.id = n.organization_id
            WHERE o.key = ? AND n.held_to IS NULL AND s.status = 'active' AND s.sms_sender
            ORDER BY n.msisdn LIMIT 1""";
    private static final String ENDED = """
            SELECT count(*) AS recipients, count(*) FILTER (WHERE state = 'delivered') AS delivered,
                coalesce(sum(repeats), 0) AS repeats,
                (1e6 * extract(epoch FROM max(done_at) - min(created_at)))::bigint AS micros
            FROM sms_recipients r JOIN sms m ON m.organization_id = r.organization_id AND m.id = r.sms_id
            WHERE m.created_at >= ?""";
    private static final String SINGLE = """
            SELECT (1e6 * extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY done_at - created_at)))::bigint
                    AS p50,
                (1e6 * extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY done_at - created_at)))::bigint
                    AS p99,
                count(*) FILTER (WHERE done_at < ?) AS within
            FROM sms_recipients r JOIN sms m ON m.organization_id = r.organization_id AND m.id = r.sms_id
            WHERE m.created_at >= ? AND m.sender = ?""";

    private final Settings settings;
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> limits = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private long texts;
    private double serverCpuSeconds;
    private double postgresCpuSeconds;
    private double simulatorsCpuSeconds;

    SmsBench(Settings settings) {
        this.settings = settings;
    }

    /** What became of the texts since a moment. */
    private record Ended(long recipients, long delivered, long repeats, double seconds) {
        static Ended read(Row row) throws SQLException {
            return new Ended(
                    row.longInteger("recipients"),
                    row.longInteger("delivered"),
                    row.longInteger("repeats"),
                    row.longInteger("micros") / 1e6);
        }
    }

    /** Of single texts beside a backlog. */
    private record Singles(double p50Ms, double p99Ms, long within, double backlogSeconds) {}

    Result run(String name) {
        try (Installation installation = Installation.demo(settings, name);
                Connections connections = installation.connections();
                Memory memory = new Memory(installation)) {
            Database database = connections.database();
            List<String> organizations = installation.organizations();
            List<String> clients = List.copyOf(installation.senders().keySet());
            String from = sender(database, organizations.getFirst());
            var client = new SmsClient(installation, database, clients.getFirst(), from);
            installation.control("PUT", "/smsc", "{\"receipt_after_ms\": 0}");
            try (var loop = new SmppLoop("127.0.0.1", installation.smppPort(), WINDOW, from)) {
                for (int i = 0; i < TURNS_TO_WARM_UP; i++) {
                    double _ = loop.run(client.asManyAsCanBe(
                            System.nanoTime() + settings.turn().toNanos()));
                }
                for (int round = 0; round < settings.rounds(); round++) {
                    turn(installation, database, client, loop);
                    Console.say(String.format(
                            Locale.ROOT,
                            "  round %d: %,.0f/s of %,.0f/s, ratio %.3f, load %s",
                            round + 1,
                            ours.getLast(),
                            limits.getLast(),
                            ratios.getLast(),
                            Machine.load()));
                }
            }
            String second = sender(database, organizations.getLast());
            Singles singles = singles(
                    installation,
                    database,
                    client,
                    new SmsClient(installation, database, clients.getLast(), second),
                    second);
            return result(name, singles, memory.peakMb());
        }
    }

    private static String sender(Database database, String organization) {
        return database.owner()
                .one(SENDER, row -> row.text("msisdn"), organization)
                .orElseThrow(() -> new IllegalStateException(organization + " has no number that may send"));
    }

    private void turn(Installation installation, Database database, SmsClient client, SmppLoop loop) {
        Instant since = Instant.now();
        double all = Machine.cpuSeconds(installation.processes());
        double server = Machine.cpuSeconds(List.of(installation.server()));
        double simulators = Machine.cpuSeconds(List.of(installation.simulators()));
        long sent = client.asManyAsCanBe(System.nanoTime() + settings.turn().toNanos());
        double serverUsed = Machine.cpuSeconds(List.of(installation.server())) - server;
        serverCpuSeconds += serverUsed;
        postgresCpuSeconds += Machine.cpuSeconds(installation.processes()) - all - serverUsed;
        simulatorsCpuSeconds += Machine.cpuSeconds(List.of(installation.simulators())) - simulators;
        Ended ended = database.owner()
                .one(ENDED, Ended::read, since)
                .orElseThrow(() -> new IllegalStateException("nothing was sent"));
        if (ended.delivered() != sent || ended.repeats() > 0) {
            throw new IllegalStateException("of " + sent + " texts " + ended.delivered() + " are delivered, "
                    + ended.repeats() + " were sent again");
        }
        texts += sent;
        ours.add(ended.recipients() / ended.seconds());
        limits.add(loop.run(sent));
        ratios.add(ours.getLast() / limits.getLast());
    }

    /** One request after the other, while a backlog of the first organization waits. */
    private static Singles singles(
            Installation installation, Database database, SmsClient many, SmsClient few, String sender) {
        many.accept(BACKLOG);
        Instant since = Instant.now();
        try (var connection = new JdkClient.Connection(installation.url())) {
            for (int i = 0; i < SINGLES; i++) {
                few.one(connection);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the backlog", () -> many.open() == 0);
        Instant end = database.owner()
                .one(
                        "SELECT max(done_at) AS at FROM sms_recipients WHERE done_at >= ?",
                        row -> row.instant("at"),
                        since)
                .orElseThrow();
        return database.owner()
                .one(
                        SINGLE,
                        row -> new Singles(
                                row.longInteger("p50") / MICROS_PER_MILLI,
                                row.longInteger("p99") / MICROS_PER_MILLI,
                                row.longInteger("within"),
                                Duration.between(since, end).toMillis() / 1e3),
                        end,
                        since,
                        sender)
                .orElseThrow();
    }

    private Result result(String name, Singles singles, double peakMb) {
        double ratio = Turns.median(ratios);
        var notes = new ArrayList<String>();
        notes.add(String.format(
                Locale.ROOT,
                "%d rounds of %d s each, medians; ratios %.3f to %.3f; window %d, 1,000 recipients a request",
                settings.rounds(),
                settings.seconds(),
                ratios.stream().min(Double::compare).orElse(0.0),
                ratios.stream().max(Double::compare).orElse(0.0),
                WINDOW));
        notes.add(String.format(
                Locale.ROOT,
                "p50 and p99: accepted to delivered of %d single texts of another organization beside a backlog of"
                        + " %,d; that took %.0f s, and %d of them arrived before its end",
                SINGLES,
                BACKLOG,
                singles.backlogSeconds(),
                singles.within()));
        notes.add(String.format(
                Locale.ROOT,
                "CPU s per 1,000: the server %.3f, PostgreSQL %.3f; beside them the simulated network %.3f",
                serverCpuSeconds / texts * Cpu.PER_THOUSAND,
                postgresCpuSeconds / texts * Cpu.PER_THOUSAND,
                simulatorsCpuSeconds / texts * Cpu.PER_THOUSAND));
        notes.add("load of the machine when it ended: " + Machine.load());
        return new Result(
                name,
                "texts/s",
                Turns.median(ours),
                Turns.median(limits),
                ratio,
                GOAL,
                ratio >= GOAL,
                singles.p50Ms(),
                singles.p99Ms(),
                (serverCpuSeconds + postgresCpuSeconds) / texts * Cpu.PER_THOUSAND,
                peakMb,
                notes);
    }
}
