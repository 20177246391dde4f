package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import io.trunkline.database.Row;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Texts to the simulated SMSC, a thousand recipients a request, until their receipts are kept, in turns with a loop of
 * jsmpp on a bind of its own; then without receipts in turns with Kannel, where it is installed; then single texts of
 * another organization beside a backlog.
 */
final class SmsBench {
    private static final double GOAL = 0.8;
    private static final int WINDOW = 50;
    private static final int TURNS_TO_WARM_UP = 3;
    private static final double GOAL_BESIDE_KANNEL = 1;
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
    private static final String SENT = """
            SELECT count(*) AS recipients, (1e6 * extract(epoch FROM max(sent_at) - min(created_at)))::bigint AS micros
            FROM sms_recipients r JOIN sms m ON m.organization_id = r.organization_id AND m.id = r.sms_id
            WHERE m.created_at >= ? AND r.state = 'sent'""";
    /** Receipts of theirs will never come. */
    private static final String FORGET =
            "UPDATE sms_recipients SET state = 'unknown', done_at = now() WHERE state = 'sent'";

    private final Settings settings;
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> limits = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> unreceipted = new ArrayList<>();
    private final List<Double> kannels = new ArrayList<>();
    private double kannelCpuSeconds;
    private long kannelTexts;
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
                    double _ = loop.run(client.asManyAsCanBe(end(), SmsClient.End.RECEIPT));
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
            if (Kannel.isInstalled()) {
                besideKannel(installation, database, client, from);
            }
            var few =
                    new SmsClient(installation, database, clients.getLast(), sender(database, organizations.getLast()));
            SmsFairness.Found fairness =
                    new SmsFairness(installation, database, client, few).measure(settings.backlog());
            return result(name, fairness, memory.peakMb());
        } finally {
            // Most of the backlog still waits.
            Installation.on(settings, name).remove();
        }
    }

    private long end() {
        return System.nanoTime() + settings.turn().toNanos();
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
        long sent = client.asManyAsCanBe(end(), SmsClient.End.RECEIPT);
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

    /** In turns, to the same SMSC, which now gives nobody receipts. */
    private void besideKannel(Installation installation, Database database, SmsClient client, String from) {
        installation.control("PUT", "/smsc", "{\"receipts\": false}");
        Path directory = settings.results().resolve("kannel");
        try (Kannel kannel = Kannel.start(directory, installation.smppPort(), WINDOW, from)) {
            for (int round = 0; round < settings.rounds(); round++) {
                Instant since = Instant.now();
                long sent = client.asManyAsCanBe(end(), SmsClient.End.SENT);
                unreceipted.add(database.owner()
                        .one(SENT, row -> sent / (row.longInteger("micros") / 1e6), since)
                        .orElseThrow());
                int _ = database.owner().update(FORGET);
                double before = kannel.cpuSeconds();
                kannels.add(kannel.send(sent));
                kannelCpuSeconds += kannel.cpuSeconds() - before;
                kannelTexts += sent;
                Console.say(String.format(
                        Locale.ROOT,
                        "  without receipts, round %d: %,.0f/s, Kannel %,.0f/s, load %s",
                        round + 1,
                        unreceipted.getLast(),
                        kannels.getLast(),
                        Machine.load()));
            }
        }
        installation.control("PUT", "/smsc", "{\"receipts\": true}");
    }

    private double ratioToKannel() {
        return Turns.median(unreceipted) / Turns.median(kannels);
    }

    private String kannelNote() {
        if (kannels.isEmpty()) {
            return "Kannel is not installed (Debian: apt-get install kannel), so there is nothing to say of it";
        }
        return String.format(
                Locale.ROOT,
                "without receipts, %d rounds, medians: %,.0f texts/s (%,.0f to %,.0f), Kannel with its store in files"
                        + " %,.0f (%,.0f to %,.0f), CPU s per 1,000 %.3f; ratio %.3f %s the goal of %.0f",
                kannels.size(),
                Turns.median(unreceipted),
                Collections.min(unreceipted),
                Collections.max(unreceipted),
                Turns.median(kannels),
                Collections.min(kannels),
                Collections.max(kannels),
                kannelCpuSeconds / kannelTexts * Cpu.PER_THOUSAND,
                ratioToKannel(),
                ratioToKannel() >= GOAL_BESIDE_KANNEL ? "holds" : "MISSES",
                GOAL_BESIDE_KANNEL);
    }

    private Result result(String name, SmsFairness.Found fairness, double peakMb) {
        double ratio = Turns.median(ratios);
        var notes = new ArrayList<String>();
        notes.add(String.format(
                Locale.ROOT,
                "%d rounds of %d s each, medians; ratios %.3f to %.3f; window %d, 1,000 recipients a request",
                settings.rounds(),
                settings.seconds(),
                Collections.min(ratios),
                Collections.max(ratios),
                WINDOW));
        notes.add(kannelNote());
        notes.add(fairness.note());
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
                ratio >= GOAL && (kannels.isEmpty() || ratioToKannel() >= GOAL_BESIDE_KANNEL),
                fairness.beside().percentile(50),
                fairness.beside().percentile(99),
                (serverCpuSeconds + postgresCpuSeconds) / texts * Cpu.PER_THOUSAND,
                peakMb,
                notes);
    }
}
