package io.trunkline.box;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the operator's commands are told.
 *
 * @param words what is no option, e.g. a file
 */
record OperatorCommand(List<String> words, Path data, boolean dryRun) {
    /**
     * Reads a command line.
     *
     * @throws BoxException naming what is wrong with it
     */
    static OperatorCommand parse(List<String> arguments) {
        var words = new ArrayList<String>();
        String data = Optional.ofNullable(System.getenv("TRUNKLINE_DATA")).orElse("data");
        boolean dryRun = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--dry-run")) {
                dryRun = true;
            } else if (argument.startsWith("--data=")) {
                data = argument.substring("--data=".length());
            } else if (argument.equals("--data") && i + 1 < arguments.size()) {
                data = arguments.get(++i);
            } else if (argument.startsWith("-")) {
                throw new BoxException("there is no option " + argument + ": see --help");
            } else {
                words.add(argument);
            }
        }
        return new OperatorCommand(
                List.copyOf(words), Path.of(data).toAbsolutePath().normalize(), dryRun);
    }

    /** Applies the file that is named; answers whether it was taken. */
    boolean apply(PrintStream out) throws InterruptedException {
        if (words.size() != 1) {
            throw new BoxException("one catalog file is expected: ./trunkline apply FILE.yaml");
        }
        return Apply.run(Path.of(words.getFirst()), data, dryRun, out);
    }

    /** {@code check FILE} or {@code audit}; answers whether all is well. */
    boolean usage(PrintStream out) throws InterruptedException {
        String what = words.isEmpty() ? "" : words.getFirst();
        if (what.equals("check") && words.size() == 2) {
            return UsageCheck.run(Path.of(words.getLast()), data, out);
        }
        if (what.equals("audit") && words.size() == 1) {
            return UsageAudit.run(data, out);
        }
        throw new BoxException("expected ./trunkline usage check FILE, or ./trunkline usage audit");
    }
}
