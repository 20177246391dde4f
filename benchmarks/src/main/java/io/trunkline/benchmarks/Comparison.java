package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Ours and the limit in turns, on the same data, in the same minutes; then what the usual way costs there. */
final class Comparison {
    /** How many turns one takes before it is measured: after one, pages were seen to become twice as fast yet. */
    private static final int WARM_UP = 4;
    /** So many turns of the usual way. */
    private static final int MOST_BESIDE = 3;

    private final Settings settings;
    private final Installation installation;
    private final LoadClient client = LoadClient.best();

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
            loop.run(settings.connections(), settings.turn());
            Result ours = ours(name, unit, goal, asks, perRequest, loop);
            return ours.with(beside(asks, loop));
        }
    }

    private Result ours(String name, String unit, double goal, List<Ask> asks, double perRequest, JdbcLoop loop) {
        try (Memory memory = new Memory(installation, loop.backends())) {
            Turns turns = turns("round", settings.rounds(), installation.url(), installation::processes, asks, loop);
            return new Result(
                    name,
                    unit,
                    turns.perSecond(),
                    turns.limitPerSecond(),
                    turns.ratio(),
                    goal,
                    turns.ratio() >= goal,
                    turns.p50Ms(),
                    turns.p99Ms(),
                    turns.cpuSecondsPer1000(),
                    memory.peakMb(),
                    notes(turns, asks, perRequest));
        }
    }

    private String beside(List<Ask> asks, JdbcLoop loop) {
        if (!SpringDataRest.isBuilt()) {
            return "Spring Data REST beside it: not built, which ./trunkline bench does";
        }
        List<Ask> same = asks.stream().map(SpringDataRest::same).toList();
        try (SpringDataRest usual = SpringDataRest.start(installation, settings)) {
            Turns turns = turns(
                    "Spring Data REST",
                    Math.min(MOST_BESIDE, settings.rounds()),
                    usual.url(),
                    usual::processes,
                    same,
                    loop);
            return String.format(
                    Locale.ROOT,
                    "Spring Data REST on the same tables, as their owner: %s/s, ratio %.3f, p50 %s ms, p99 %s ms,"
                            + " CPU s per 1,000 %s; its pages count nothing",
                    Result.number(turns.perSecond()),
                    turns.ratio(),
                    Result.number(turns.p50Ms()),
                    Result.number(turns.p99Ms()),
                    Result.number(turns.cpuSecondsPer1000()));
        }
    }

    private Turns turns(
            String name, int rounds, String url, Supplier<List<Long>> processes, List<Ask> asks, JdbcLoop loop) {
        var tokens = new Tokens(installation.url(), installation.clients());
        // What is compiled late and what lies in no cache yet is nobody's cost.
        for (int i = 0; i < WARM_UP; i++) {
            client.run(url, tokens.calls(asks), settings.connections(), settings.turn());
        }
        var turns = new Turns();
        while (turns.count() < rounds) {
            List<Call> calls = tokens.calls(asks);
            var cpu = new Cpu(processes);
            Sample own = client.run(url, calls, settings.connections(), settings.turn());
            turns.add(own, cpu.seconds(), loop.run(settings.connections(), settings.turn()));
            Console.say("  " + name + " " + turns.count() + ": " + turns.last());
        }
        return turns;
    }

    private List<String> notes(Turns turns, List<Ask> asks, double perRequest) {
        var notes = new ArrayList<String>();
        notes.add(String.format(
                Locale.ROOT,
                "%d rounds of %d s each, medians; ratios from %.3f to %.3f; %,d requests drawn, %.1f statements each",
                settings.rounds(),
                settings.seconds(),
                turns.ratios().stream().min(Double::compare).orElse(0.0),
                turns.ratios().stream().max(Double::compare).orElse(0.0),
                asks.size(),
                perRequest));
        notes.add(String.format(
                Locale.ROOT,
                "client: %s, %d connections, %.3f CPU s per 1,000 of its own (not counted above)",
                client.name(),
                settings.connections(),
                turns.clientCpuSecondsPer1000()));
        notes.add("load of the machine when it ended: " + Machine.load());
        return notes;
    }
}
