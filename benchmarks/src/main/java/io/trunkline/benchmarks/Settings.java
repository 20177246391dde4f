package io.trunkline.benchmarks;

import io.trunkline.box.Amounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * How a benchmark is run.
 *
 * @param home the checkout
 * @param data where its data is kept between runs
 * @param results where its results are written
 * @param subscriptions of the large data
 * @param items of the large data; the small one has a tenth of both
 * @param rounds how often ours and the limit take turns
 * @param seconds how long a turn takes
 * @param connections of the client
 * @param backlog texts of one organization that wait while another's single ones are timed
 */
record Settings(
        Path home,
        Path data,
        Path results,
        int subscriptions,
        int items,
        int rounds,
        int seconds,
        int connections,
        int backlog) {
    private static final int USUAL_CONNECTIONS = 32;
    private static final List<String> NAMES =
            List.of("--subscriptions", "--items", "--rounds", "--seconds", "--backlog");

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException naming everything that is wrong with it
     */
    static Settings parse(Path home, List<String> arguments) {
        var given = new HashMap<String, String>();
        var faults = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i).replaceFirst("=.*", "");
            if (!NAMES.contains(name)) {
                faults.add("there is no option " + name + ": expected " + String.join(", ", NAMES));
            } else if (arguments.get(i).contains("=")) {
                given.put(name, arguments.get(i).substring(name.length() + 1));
            } else if (i + 1 == arguments.size()) {
                faults.add(name + " needs a value");
            } else {
                given.put(name, arguments.get(++i));
            }
        }
        int subscriptions = Amounts.number(given, "--subscriptions", 1_000_000, 10_000, 5_000_000, faults);
        int items = Amounts.number(given, "--items", 10_000_000, 100_000, 50_000_000, faults);
        int rounds = Amounts.number(given, "--rounds", 5, 1, 20, faults);
        int seconds = Amounts.number(given, "--seconds", 8, 1, 30, faults);
        int backlog = Amounts.number(given, "--backlog", 1_000_000, 1_000, 1_000_000, faults);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
        Path target = home.resolve("target");
        return new Settings(
                home,
                target.resolve("bench-data"),
                target.resolve("bench"),
                subscriptions,
                items,
                rounds,
                seconds,
                USUAL_CONNECTIONS,
                backlog);
    }

    Duration turn() {
        return Duration.ofSeconds(seconds);
    }

    /** The large data, or a tenth of it. */
    Size size(boolean large) {
        return large
                ? new Size("%d-%d".formatted(subscriptions, items), subscriptions, items)
                : new Size("%d-%d".formatted(subscriptions / 10, items / 10), subscriptions / 10, items / 10);
    }

    record Size(String name, int subscriptions, int items) {}
}
