package io.trunkline.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of this repository, as they lie in the work tree. */
public final class Sources {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "data", "node_modules", ".idea", ".vscode");
    private static final Set<String> READ = Set.of("java", "sql", "md", "html", "css", "js", "xml", "properties", "sh");
    /** Files without an ending that are read all the same. */
    private static final Set<String> READ_BY_NAME = Set.of("trunkline", "run");

    private Sources() {}

    /**
     * One file.
     *
     * @param path below the root, with slashes
     */
    record Source(String path, String text) {
        boolean isJava() {
            return path.endsWith(".java");
        }

        List<String> lines() {
            return text.lines().toList();
        }
    }

    /** Where the modules lie. */
    public static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(directory.resolve(".editorconfig"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no .editorconfig in " + Path.of("").toAbsolutePath() + " or above");
            }
            directory = parent;
        }
        return directory;
    }

    static List<Source> all() {
        Path root = root();
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> isOurs(root.relativize(file)))
                    .filter(Files::isRegularFile)
                    .map(file -> new Source(root.relativize(file).toString(), text(file)))
                    .sorted((one, other) -> one.path().compareTo(other.path()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOurs(Path path) {
        for (Path part : path) {
            if (NOT_OURS.contains(part.toString())) {
                return false;
            }
        }
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return READ_BY_NAME.contains(name) || (dot >= 0 && READ.contains(name.substring(dot + 1)));
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
