package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import java.util.List;
import java.util.Random;

/** The benchmarks by their names. */
enum Bench {
    READ("read") {
        @Override
        Result run(Settings settings) {
            try (Installation installation = Installation.loaded(settings, true)) {
                List<Ask> asks = lines(settings, installation, true).stream()
                        .map(Asks::read)
                        .toList();
                return new Comparison(settings, installation).run(text(), "requests/s", 0.5, asks);
            }
        }
    },
    PAGE("page") {
        @Override
        Result run(Settings settings) {
            try (Installation installation = Installation.loaded(settings, true)) {
                var random = new Random(SEED);
                List<Asks.Line> lines = lines(settings, installation, true);
                List<Ask> asks =
                        lines.stream().map(line -> Asks.page(line, random)).toList();
                return new Comparison(settings, installation)
                        .run(text(), "pages/s", 0.65, asks)
                        .with(Filters.slowest(installation, lines, random));
            }
        }
    },
    DEPTH("depth") {
        @Override
        Result run(Settings settings) {
            return new Depth(settings).run(text());
        }
    },
    START("start") {
        @Override
        Result run(Settings settings) {
            return new Start(settings).run(text());
        }
    },
    MEMORY("memory") {
        @Override
        Result run(Settings settings) {
            return new MemoryBench(settings).run(text());
        }
    },
    ORDERS("orders") {
        @Override
        Result run(Settings settings) {
            return new OrdersBench(settings).run(text());
        }
    },
    USAGE("usage") {
        @Override
        Result run(Settings settings) {
            return new UsageBench(settings).run(text());
        }
    },
    SMS("sms") {
        @Override
        Result run(Settings settings) {
            return new SmsBench(settings).run(text());
        }
    };

    private static final long SEED = 7;
    private static final int DRAWN = 8_000;

    private final String text;

    Bench(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    abstract Result run(Settings settings);

    /** Lines of this installation, drawn at random. */
    static List<Asks.Line> lines(Settings settings, Installation installation, boolean large) {
        try (Connections connections = installation.connections()) {
            Database database = connections.database();
            int all = settings.size(large).subscriptions();
            return Asks.lines(database, Math.min(DRAWN, all / 2), all);
        }
    }
}
