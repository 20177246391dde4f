package io.trunkline.box;

import io.trunkline.postgres.PostgresException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.NestedExceptionUtils;

/**
 * What the launcher starts: {@code up}, {@code down}, {@code load}, {@code server}, {@code backup}, {@code restore},
 * or a command of the operator.
 *
 * <p>Exit codes: 0 when all is well and after SIGTERM, 1 when it cannot be done, 2 for wrong options.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_OPTIONS = 2;

    private Main() {}

    @SuppressWarnings("SystemOut") // The person at the keyboard reads it.
    public static void main(String[] arguments) throws InterruptedException {
        List<String> rest = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
        String command = arguments.length == 0 ? "" : arguments[0];
        try {
            switch (command) {
                case "up" -> Up.run(options(rest), build(), System.out);
                case "load" -> Loading.run(loadOptions(rest), build(), System.out);
                case "down" -> Down.run(data(rest), System.out);
                case "server" -> serve(rest);
                case "apply" -> exitUnless(OperatorCommand.parse(rest).apply(System.out));
                case "usage" -> exitUnless(OperatorCommand.parse(rest).usage(System.out));
                case "backup" -> Backup.run(backupOptions(command, rest), build(), System.out);
                case "restore" -> Restore.run(backupOptions(command, rest), System.out);
                default ->
                    exit(
                            WRONG_OPTIONS,
                            "expected up, down, load, server, backup, restore, apply or usage, got \"" + command
                                    + "\"");
            }
        } catch (BoxException | PostgresException | IllegalStateException e) {
            exit(FAILED, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            exit(FAILED, "Trunkline cannot start: " + cause(e));
        }
    }

    private static void exitUnless(boolean done) {
        if (!done) {
            Runtime.getRuntime().exit(FAILED);
        }
    }

    private static UpOptions options(List<String> arguments) {
        try {
            return UpOptions.parse(arguments);
        } catch (BoxException e) {
            exit(WRONG_OPTIONS, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static LoadOptions loadOptions(List<String> arguments) {
        try {
            return LoadOptions.parse(arguments);
        } catch (BoxException e) {
            exit(WRONG_OPTIONS, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static BackupOptions backupOptions(String command, List<String> arguments) {
        try {
            return BackupOptions.parse(command, arguments);
        } catch (BoxException e) {
            exit(WRONG_OPTIONS, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static Path data(List<String> arguments) {
        return options(arguments).data();
    }

    /** The server alone, as its configuration says. */
    private static void serve(List<String> arguments) throws InterruptedException {
        String[] properties = arguments.stream()
                .map(argument -> argument.startsWith("--config=")
                        ? "--spring.config.additional-location=file:" + argument.substring("--config=".length())
                        : argument)
                .toArray(String[]::new);
        Map<String, Object> defaults = Optional.ofNullable(System.getenv("TRUNKLINE_MASTER_KEY_FILE"))
                .map(file -> Map.<String, Object>of("trunkline.master-key-file", file))
                .orElse(Map.of());
        Server server = Server.start(defaults, _ -> Map.of(), properties);
        Server.untilTerminated(server);
    }

    /** Names the build that this process runs; the launcher says it. */
    private static String build() {
        return System.getProperty("trunkline.build", "none");
    }

    /** What is at the bottom of it, without what frameworks wrap around. */
    private static String cause(RuntimeException failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    @SuppressWarnings("SystemOut") // The person at the keyboard reads it; there may be no logging.
    private static void exit(int code, String message) {
        System.err.println(message);
        Runtime.getRuntime().exit(code);
    }
}
