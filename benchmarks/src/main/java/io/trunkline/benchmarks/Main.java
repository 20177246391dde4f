package io.trunkline.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Runs one benchmark.
 *
 * <p>Exit codes: 0 when it was measured, whether it meets its goal or not; 1 when it could not be; 2 for wrong options.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_OPTIONS = 2;

    private Main() {}

    public static void main(String[] arguments) {
        Path home = Path.of(System.getProperty("trunkline.home", "")).toAbsolutePath();
        Optional<Bench> bench = arguments.length == 0
                ? Optional.empty()
                : Arrays.stream(Bench.values())
                        .filter(one -> one.text().equals(arguments[0]))
                        .findFirst();
        if (bench.isEmpty()) {
            exit(
                    WRONG_OPTIONS,
                    "there is no such benchmark: expected one of "
                            + Arrays.stream(Bench.values()).map(Bench::text).collect(Collectors.joining(", ")));
            return;
        }
        try {
            Settings settings = Settings.parse(home, List.of(arguments).subList(1, arguments.length));
            Console.say(bench.get().run(settings).write(settings));
        } catch (IllegalArgumentException e) {
            exit(WRONG_OPTIONS, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            exit(FAILED, "the benchmark failed: " + e);
        }
    }

    @SuppressWarnings("SystemOut") // The person at the keyboard reads it.
    private static void exit(int code, String message) {
        System.err.println(message);
        Runtime.getRuntime().exit(code);
    }
}
