package io.trunkline.box;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;

/** The simulated network's state, as it can be copied at any moment: it is made so that a kill leaves it whole. */
final class SimulatorsState {
    /** Of the process that runs. */
    private static final Set<String> LEFT_OUT = Set.of("simulators.lock", "simulators.json");

    private static final String BEING_WRITTEN = ".tmp";

    private SimulatorsState() {}

    interface OfFile {
        void accept(String name, Path file) throws IOException;
    }

    /** A directory's files before those below it: an index before what it tells of, which is written first. */
    static void walk(Path state, OfFile files) throws IOException {
        walk(state, "", files);
    }

    private static void walk(Path directory, String prefix, OfFile files) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        var entries = new TreeSet<Path>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            all.forEach(entries::add);
        }
        var below = new ArrayList<Path>();
        for (Path entry : entries) {
            String name = prefix + entry.getFileName();
            if (Files.isDirectory(entry)) {
                below.add(entry);
            } else if (!LEFT_OUT.contains(name) && !name.endsWith(BEING_WRITTEN)) {
                acceptUnlessGone(name, entry, files);
            }
        }
        for (Path each : below) {
            walk(each, prefix + each.getFileName() + "/", files);
        }
    }

    private static void acceptUnlessGone(String name, Path entry, OfFile files) throws IOException {
        try {
            files.accept(name, entry);
        } catch (NoSuchFileException e) {
            if (Files.exists(entry)) {
                throw e;
            }
        }
    }
}
