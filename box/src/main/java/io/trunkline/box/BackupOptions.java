package io.trunkline.box;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of {@code backup} and of {@code restore}.
 *
 * @param file the backup
 * @param masterKey whether it is to hold the master key; of {@code backup}
 * @param masterKeyFile where the master key lies that the backup does not hold; of {@code restore}
 * @param replace whether a data directory that is there makes way; of {@code restore}
 */
record BackupOptions(Path file, Path data, boolean masterKey, Optional<Path> masterKeyFile, boolean replace) {
    private static final Map<String, Set<String>> FLAGS =
            Map.of("backup", Set.of("--without-master-key"), "restore", Set.of("--replace"));
    private static final Map<String, Set<String>> WITH_VALUE =
            Map.of("backup", Set.of("--data"), "restore", Set.of("--data", "--master-key-file"));

    /**
     * Reads a command line.
     *
     * @throws BoxException naming everything that is wrong with it
     */
    static BackupOptions parse(String command, List<String> arguments) {
        var faults = new ArrayList<String>();
        var given = new HashMap<String, String>();
        var files = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String name = argument.replaceFirst("=.*", "");
            if (WITH_VALUE.getOrDefault(command, Set.of()).contains(name)) {
                if (!argument.equals(name)) {
                    given.put(name, argument.substring(name.length() + 1));
                } else if (i + 1 == arguments.size()) {
                    faults.add(name + " needs a value");
                } else {
                    given.put(name, arguments.get(++i));
                }
            } else if (FLAGS.getOrDefault(command, Set.of()).contains(argument)) {
                given.put(argument, "");
            } else if (argument.startsWith("-")) {
                faults.add("there is no option " + argument + ": see ./trunkline " + command + " --help");
            } else {
                files.add(argument);
            }
        }
        if (files.size() != 1) {
            faults.add("name one FILE, not " + files.size() + ": see ./trunkline " + command + " --help");
        }
        if (command.equals("restore") && !given.containsKey("--data")) {
            faults.add("--data DIR is needed: where it is restored to");
        }
        if (!faults.isEmpty()) {
            throw new BoxException(String.join("\n", faults));
        }
        return new BackupOptions(
                absolute(files.getFirst()),
                absolute(given.getOrDefault("--data", UpOptions.usualData())),
                !given.containsKey("--without-master-key"),
                Optional.ofNullable(given.get("--master-key-file")).map(BackupOptions::absolute),
                given.containsKey("--replace"));
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }
}
