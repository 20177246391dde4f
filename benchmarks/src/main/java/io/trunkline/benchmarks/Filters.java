package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** How long each filter of usage takes in the largest organization, alone and with dates, one request at a time. */
final class Filters {
    private static final int LINES = 150;
    private static final int SHOWN = 3;

    private Filters() {}

    /** A line for people: the slowest ones, and the fastest to compare with. */
    static String slowest(Installation installation, List<Asks.Line> lines, Random random) {
        String largest = installation.clients().keySet().iterator().next();
        List<Asks.Line> own = lines.stream()
                .filter(line -> line.client().equals(largest))
                .limit(LINES)
                .toList();
        var byFilter = new LinkedHashMap<String, Latencies>();
        var tokens = new Tokens(installation.url(), installation.clients());
        try (var connection = new JdkClient.Connection(installation.url())) {
            for (Asks.Line line : own) {
                Map<String, Ask> filters = Asks.filters(line, random);
                List<String> names = List.copyOf(filters.keySet());
                List<Call> calls = tokens.calls(List.copyOf(filters.values()));
                for (int i = 0; i < calls.size(); i++) {
                    long before = System.nanoTime();
                    connection.get(calls.get(i));
                    byFilter.computeIfAbsent(names.get(i), _ -> new Latencies()).add(System.nanoTime() - before);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var told = new ArrayList<>(byFilter.entrySet());
        told.sort(Comparator.comparingDouble(
                (Map.Entry<String, Latencies> one) -> -one.getValue().percentile(99)));
        return "largest organization, one at a time, " + own.size() + " requests a filter, slowest by p99: "
                + String.join(
                        "; ",
                        told.subList(0, Math.min(SHOWN, told.size())).stream()
                                .map(Filters::text)
                                .toList())
                + "; fastest: " + text(told.getLast());
    }

    private static String text(Map.Entry<String, Latencies> one) {
        return String.format(
                Locale.ROOT,
                "%s p99 %.1f ms (p50 %.1f)",
                one.getKey(),
                one.getValue().percentile(99),
                one.getValue().percentile(50));
    }
}
