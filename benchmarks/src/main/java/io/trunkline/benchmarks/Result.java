package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a benchmark found.
 *
 * @param ours in units, e.g. requests a second
 * @param limit the same of what it is compared with
 * @param ratio of the two, as the benchmark defines it
 * @param goal that the ratio, or what else the benchmark is about, has to reach
 * @param peakMb the most memory that server and PostgreSQL have used together, what processes share counted once (PSS):
 *     as {@code peak_rss_mb} it would be counted once for each of PostgreSQL's processes
 * @param notes lines for people: what was measured beside it
 */
record Result(
        String bench,
        String unit,
        double ours,
        double limit,
        double ratio,
        double goal,
        boolean holds,
        double p50Ms,
        double p99Ms,
        double cpuSecondsPer1000,
        double peakMb,
        List<String> notes) {
    private static final JsonMapper JSON = new JsonMapper();

    /** With one more line for people. */
    Result with(String note) {
        var more = new ArrayList<>(notes);
        more.add(note);
        return new Result(bench, unit, ours, limit, ratio, goal, holds, p50Ms, p99Ms, cpuSecondsPer1000, peakMb, more);
    }

    /** Writes {@code NAME.json} and answers the table. */
    String write(Settings settings) {
        String hardware = Machine.hardware();
        String commit = Machine.commit(settings.home());
        ObjectNode json = JSON.createObjectNode();
        json.put("bench", bench)
                .put("unit", unit)
                .put("ours", rounded(ours))
                .put("limit", rounded(limit))
                .put("ratio", rounded(ratio))
                .put("goal", goal)
                .put("holds", holds)
                .put("p50_ms", rounded(p50Ms))
                .put("p99_ms", rounded(p99Ms))
                .put("cpu_s_per_1000", rounded(cpuSecondsPer1000))
                .put("peak_rss_mb", rounded(peakMb))
                .put("hardware", hardware)
                .put("commit", commit);
        try {
            Files.createDirectories(settings.results());
            Path file = settings.results().resolve(bench + ".json");
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table(hardware, commit);
    }

    private String table(String hardware, String commit) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add(bench + " (" + unit + ")");
        lines.add(row("ours", ours));
        lines.add(row("limit", limit));
        lines.add(row("ratio", ratio) + (holds ? "  holds" : "  MISSES") + " the goal of " + number(goal));
        lines.add(row("p50, ms", p50Ms));
        lines.add(row("p99, ms", p99Ms));
        lines.add(row("CPU s per 1,000", cpuSecondsPer1000));
        lines.add(row("peak memory, MB", peakMb));
        notes.forEach(note -> lines.add("  " + note));
        lines.add("  " + hardware);
        lines.add("  commit " + commit);
        return String.join("\n", lines);
    }

    private static String row(String name, double value) {
        return String.format(Locale.ROOT, "  %-18s %12s", name, number(value));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%,.3f", value);
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
