package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ours and the limit in turns, on the same data, in the same minutes. */
final class Comparison {
    /** How many turns ours takes before it is measured: after one, pages were seen to become twice as fast yet. */
    private static final int WARM_UP = 4;

    private final Settings settings;
    private final Installation installation;
    private final LoadClient client = LoadClient.best();
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> limits = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> p50 = new ArrayList<>();
    private final List<Double> p99 = new ArrayList<>();
    private long requests;
    private double cpuSeconds;
    private double clientCpuSeconds;

    Comparison(Settings settings, Installation installation) {
        this.settings = settings;
        this.installation = installation;
    }

    Result run(String name, String unit, double goal, List<Ask> asks) {
        List<List<Statement>> statements;
        try (Recorder recorder = Recorder.start(installation)) {
            statements = recorder.record(installation, asks);
        }
        double perRequest = statements.stream().mapToInt(List::size).average().orElse(0);
        try (Connections connections = installation.connections()) {
            var loop = new JdbcLoop(connections.requests(), statements);
            try (Memory memory = new Memory(installation, loop.backends())) {
                rounds(asks, loop);
                return result(name, unit, goal, memory, notes(asks, perRequest));
            }
        }
    }

    private void rounds(List<Ask> asks, JdbcLoop loop) {
        var tokens = new Tokens(installation.url(), installation.clients());
        // What is compiled late and what lies in no cache yet is nobody's cost.
        for (int i = 0; i < WARM_UP; i++) {
            client.run(installation.url(), tokens.calls(asks), settings.connections(), settings.turn());
        }
        loop.run(settings.connections(), settings.turn());
        for (int round = 0; round < settings.rounds(); round++) {
            turn(tokens.calls(asks), loop);
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

    private Result result(String name, String unit, double goal, Memory memory, List<String> notes) {
        double ratio = median(ratios);
        return new Result(
                name,
                unit,
                median(ours),
                median(limits),
                ratio,
                goal,
                ratio >= goal,
                median(p50),
                median(p99),
                cpuSeconds / requests * Cpu.PER_THOUSAND,
                memory.peakMb(),
                notes);
    }

    private void turn(List<Call> calls, JdbcLoop loop) {
        var cpu = new Cpu(installation);
        Sample own = client.run(installation.url(), calls, settings.connections(), settings.turn());
        cpuSeconds += cpu.seconds();
        clientCpuSeconds += own.clientCpuSeconds();
        requests += own.count();
        Sample limit = loop.run(settings.connections(), settings.turn());
        ours.add(own.perSecond());
        p50.add(own.p50Ms());
        p99.add(own.p99Ms());
        limits.add(limit.perSecond());
        ratios.add(own.perSecond() / limit.perSecond());
    }

    private List<String> notes(List<Ask> asks, double perRequest) {
        var notes = new ArrayList<String>();
        notes.add(String.format(
                Locale.ROOT,
                "%d rounds of %d s each, medians; ratios from %.3f to %.3f; %,d requests drawn, %.1f statements each",
                settings.rounds(),
                settings.seconds(),
                ratios.stream().min(Double::compare).orElse(0.0),
                ratios.stream().max(Double::compare).orElse(0.0),
                asks.size(),
                perRequest));
        notes.add(String.format(
                Locale.ROOT,
                "client: %s, %d connections, %.3f CPU s per 1,000 of its own (not counted above)",
                client.name(),
                settings.connections(),
                clientCpuSeconds / requests * Cpu.PER_THOUSAND));
        notes.add("load of the machine when it ended: " + Machine.load());
        return notes;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }
}
