package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a page costs the same wherever it lies and however much there is: pages of the largest organization, each
 * asked for many times, in turns, one at a time.
 */
final class Depth {
    /** Pages of a hundred before the deep ones: a million items. */
    private static final int DEEP = 10_000;

    private static final int PAGES = 20;
    private static final int REPEATS = 20;
    private static final double TOLERANCE = 1.2;
    private static final double HUNDRED = 100;
    private static final Pattern NEXT =
            Pattern.compile("\"next\"\\s*:\\s*\\{\\s*\"href\"\\s*:\\s*\"https?://[^/]+([^\"]+)\"");

    private final Settings settings;

    Depth(Settings settings) {
        this.settings = settings;
    }

    /** Some pages that follow each other. */
    private record Place(
            Installation installation, Tokens tokens, List<Ask> asks, List<Latencies> rounds, List<Double> cpuPer1000) {
        void measure(int repeats) throws IOException {
            var latencies = new Latencies();
            var cpu = new Cpu(installation::processes);
            try (var connection = new JdkClient.Connection(installation.url())) {
                List<Call> calls = tokens.calls(asks);
                for (int i = 0; i < repeats; i++) {
                    for (Call call : calls) {
                        long before = System.nanoTime();
                        connection.get(call);
                        latencies.add(System.nanoTime() - before);
                    }
                }
            }
            rounds.add(latencies);
            cpuPer1000.add(cpu.seconds() / latencies.count() * Cpu.PER_THOUSAND);
        }

        /** What was only to warm it up. */
        void forget() {
            rounds.clear();
            cpuPer1000.clear();
        }

        double median(int percent) {
            return Turns.median(
                    rounds.stream().map(round -> round.percentile(percent)).toList());
        }

        /** How far the rounds lie apart. */
        double spread(int percent) {
            List<Double> all = rounds.stream()
                    .map(round -> round.percentile(percent))
                    .sorted()
                    .toList();
            return all.getLast() / all.getFirst();
        }
    }

    Result run(String name) {
        try (Installation large = Installation.loaded(settings, true);
                Installation small = Installation.loaded(settings, false);
                Memory memory = new Memory(large)) {
            var places = new LinkedHashMap<String, Place>();
            int deep = Math.min(DEEP, (int) (settings.items() / 4.0 / HUNDRED));
            places.put("large, page 1", place(large, 0));
            places.put("large, page " + deep, place(large, deep));
            places.put("small, page 1", place(small, 0));
            for (int round = 0; round <= settings.rounds(); round++) {
                for (Place place : places.values()) {
                    place.measure(REPEATS);
                }
                if (round == 0) {
                    places.values().forEach(Place::forget);
                }
            }
            return result(name, places, memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Place place(Installation installation, int before) throws IOException {
        String client = installation.clients().keySet().iterator().next();
        var tokens = new Tokens(installation.url(), installation.clients());
        var asks = new ArrayList<Ask>();
        String path = "/enterprise/usage/items?limit=100";
        try (var connection = new JdkClient.Connection(installation.url())) {
            for (int page = 0; page < before + PAGES; page++) {
                var ask = new Ask(client, path, "");
                if (page >= before) {
                    asks.add(ask);
                }
                String body = new String(
                        connection.get(tokens.calls(List.of(ask)).getFirst()), java.nio.charset.StandardCharsets.UTF_8);
                Matcher next = NEXT.matcher(body);
                if (!next.find()) {
                    throw new IllegalStateException("only " + page + " pages, wanted " + (before + PAGES));
                }
                path = next.group(1).replace("\\/", "/");
            }
        }
        return new Place(installation, tokens, asks, new ArrayList<>(), new ArrayList<>());
    }

    private Result result(String name, Map<String, Place> places, Memory memory) {
        List<Place> all = List.copyOf(places.values());
        Place first = all.get(0);
        Place deep = all.get(1);
        Place small = all.get(2);
        double p50 = Math.max(deep.median(50) / first.median(50), first.median(50) / small.median(50));
        double p99 = Math.max(deep.median(99) / first.median(99), first.median(99) / small.median(99));
        boolean holds = p50 <= Math.max(TOLERANCE, first.spread(50)) && p99 <= Math.max(TOLERANCE, first.spread(99));
        var notes = new ArrayList<String>();
        places.forEach((title, place) -> notes.add(String.format(
                Locale.ROOT,
                "%-20s p50 %.2f ms, p99 %.2f ms; between rounds × %.2f and × %.2f",
                title,
                place.median(50),
                place.median(99),
                place.spread(50),
                place.spread(99))));
        notes.add(String.format(Locale.ROOT, "worst ratio of p50 %.3f, of p99 %.3f", p50, p99));
        return new Result(
                name,
                "ms (p99 of a page)",
                deep.median(99),
                first.median(99),
                p99,
                TOLERANCE,
                holds,
                deep.median(50),
                deep.median(99),
                Turns.median(deep.cpuPer1000()),
                memory.peakMb(),
                notes);
    }
}
