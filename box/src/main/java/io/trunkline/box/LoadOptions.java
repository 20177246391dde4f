package io.trunkline.box;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** The options of {@code load}. */
record LoadOptions(Path data, int subscriptions, int items) {
    static final int SUBSCRIPTIONS = 1_000_000;
    static final int ITEMS = 10_000_000;
    private static final int FEWEST_SUBSCRIPTIONS = 1_000;
    private static final int MOST_SUBSCRIPTIONS = 5_000_000;
    private static final int FEWEST_ITEMS = 1_000;
    private static final int MOST_ITEMS = 50_000_000;

    /**
     * Reads a command line.
     *
     * @throws BoxException naming everything that is wrong with it
     */
    static LoadOptions parse(List<String> arguments) {
        var faults = new ArrayList<String>();
        var given = new HashMap<String, String>();
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i).replaceFirst("=.*", "");
            if (!List.of("--data", "--subscriptions", "--items").contains(name)) {
                faults.add("there is no option " + name + ": see ./trunkline load --help");
            } else if (arguments.get(i).contains("=")) {
                given.put(name, arguments.get(i).substring(name.length() + 1));
            } else if (i + 1 == arguments.size()) {
                faults.add(name + " needs a value");
            } else {
                given.put(name, arguments.get(++i));
            }
        }
        String data = Optional.ofNullable(given.get("--data"))
                .or(() -> Optional.ofNullable(System.getenv("TRUNKLINE_DATA")))
                .orElse("data");
        var options = new LoadOptions(
                Path.of(data).toAbsolutePath().normalize(),
                Amounts.number(
                        given, "--subscriptions", SUBSCRIPTIONS, FEWEST_SUBSCRIPTIONS, MOST_SUBSCRIPTIONS, faults),
                Amounts.number(given, "--items", ITEMS, FEWEST_ITEMS, MOST_ITEMS, faults));
        if (!faults.isEmpty()) {
            throw new BoxException(String.join("\n", faults));
        }
        return options;
    }
}
