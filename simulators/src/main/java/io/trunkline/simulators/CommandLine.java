package io.trunkline.simulators;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of {@link Main}. */
final class CommandLine {
    static final String USAGE = """
            usage: --state DIR [--bind 127.0.0.1] [--control-port N] [--smdp-port N] [--smtp-port N]
                   [--imap-port N] [--hlr-port N] [--hlr-rest-port N] [--smpp-port N]
                   [--smdp-address NAME] [--smds-address NAME] [--mailbox-limit N]
                   [--usage-drop DIR]
            A port of 0 (the default) is the port of the last time, or a free one.
            """;

    private static final List<String> OPTIONS = List.of(
            "--state",
            "--bind",
            "--control-port",
            "--smdp-port",
            "--smtp-port",
            "--imap-port",
            "--hlr-port",
            "--hlr-rest-port",
            "--smpp-port",
            "--smdp-address",
            "--smds-address",
            "--mailbox-limit",
            "--usage-drop");
    private static final int LAST_PORT = 65_535;

    private CommandLine() {}

    /** @throws IllegalArgumentException telling what came and what was expected */
    static SimulatorsConfig parse(String... args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i]) || i + 1 == args.length) {
                throw new IllegalArgumentException(
                        OPTIONS.contains(args[i]) ? args[i] + " needs a value" : "unknown option " + args[i]);
            }
            values.put(args[i], args[i + 1]);
        }
        String state = values.getOrDefault("--state", "");
        if (state.isEmpty()) {
            throw new IllegalArgumentException("--state is missing");
        }
        SimulatorsConfig defaults = SimulatorsConfig.of(Path.of(state));
        return new SimulatorsConfig(
                defaults.stateDirectory(),
                values.getOrDefault("--bind", defaults.bind()),
                number(values, "--control-port", 0, 0, LAST_PORT),
                number(values, "--smdp-port", 0, 0, LAST_PORT),
                number(values, "--smtp-port", 0, 0, LAST_PORT),
                number(values, "--imap-port", 0, 0, LAST_PORT),
                number(values, "--hlr-port", 0, 0, LAST_PORT),
                number(values, "--hlr-rest-port", 0, 0, LAST_PORT),
                number(values, "--smpp-port", 0, 0, LAST_PORT),
                values.getOrDefault("--smdp-address", defaults.smdpAddress()),
                values.getOrDefault("--smds-address", defaults.smdsAddress()),
                number(values, "--mailbox-limit", defaults.mailboxLimit(), 1, Integer.MAX_VALUE),
                Optional.ofNullable(values.get("--usage-drop")).map(Path::of));
    }

    private static int number(Map<String, String> values, String option, int otherwise, int least, int most) {
        String text = values.getOrDefault(option, Integer.toString(otherwise));
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            throw new IllegalArgumentException(
                    option + " is \"" + text + "\", expected a number from " + least + " to " + most);
        }
        return Integer.parseInt(text);
    }
}
