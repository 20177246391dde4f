package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What server and PostgreSQL use together while both kinds of requests are answered, with less data and with more. */
final class MemoryBench {
    private static final double GOAL_MB = 700;
    private static final long SEED = 11;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Settings settings;

    MemoryBench(Settings settings) {
        this.settings = settings;
    }

    private record Peak(
            double mb,
            double serverMb,
            double perSecond,
            double usagePerSecond,
            double p50Ms,
            double p99Ms,
            double cpuSecondsPer1000) {}

    Result run(String name) {
        Peak small = peak(false);
        Peak large = peak(true);
        return new Result(
                name,
                "MB",
                large.mb(),
                small.mb(),
                large.mb() / small.mb(),
                GOAL_MB,
                large.mb() < GOAL_MB,
                large.p50Ms(),
                large.p99Ms(),
                large.cpuSecondsPer1000(),
                large.mb(),
                List.of(
                        "the goal is of ours, in MB: the most that the server and PostgreSQL (shared_buffers 128 MB)"
                                + " have used together, PSS; limit: the same with a tenth of the data",
                        String.format(
                                Locale.ROOT,
                                "of it the server %,.0f and %,.0f MB, the rest PostgreSQL",
                                large.serverMb(),
                                small.serverMb()),
                        String.format(
                                Locale.ROOT,
                                "while reads and pages take turns: %,.0f/s and %,.0f/s; and usage comes in: %,.0f"
                                        + " records/s and %,.0f/s",
                                large.perSecond(),
                                small.perSecond(),
                                large.usagePerSecond(),
                                small.usagePerSecond()),
                        "load of the machine when it ended: " + Machine.load()));
    }

    private Peak peak(boolean large) {
        LoadClient client = LoadClient.best();
        try (Installation installation = Installation.loaded(settings, large);
                Memory memory = new Memory(installation)) {
            var random = new Random(SEED);
            var asks = new ArrayList<Ask>();
            List<Asks.Line> lines = Bench.lines(settings, installation, large);
            for (Asks.Line line : lines) {
                asks.add(Asks.read(line));
                asks.add(Asks.page(line, random));
            }
            var tokens = new Tokens(installation.url(), installation.clients());
            Sample last = client.run(installation.url(), tokens.calls(asks), settings.connections(), settings.turn());
            double cpuSecondsPer1000 = 0;
            long start = System.nanoTime();
            try (var feeder = new UsageFeeder(
                    installation, lines.stream().map(Asks.Line::imsi).toList())) {
                for (int round = 0; round < settings.rounds(); round++) {
                    var cpu = new Cpu(installation::processes);
                    last = client.run(installation.url(), tokens.calls(asks), settings.connections(), settings.turn());
                    cpuSecondsPer1000 = cpu.seconds() / last.count() * Cpu.PER_THOUSAND;
                }
                double usagePerSecond = feeder.taken() / ((System.nanoTime() - start) / NANOS_PER_SECOND);
                return new Peak(
                        memory.peakMb(),
                        memory.serverMb(),
                        last.perSecond(),
                        usagePerSecond,
                        last.p50Ms(),
                        last.p99Ms(),
                        cpuSecondsPer1000);
            }
        }
    }
}
