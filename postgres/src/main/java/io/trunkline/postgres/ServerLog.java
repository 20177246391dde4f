package io.trunkline.postgres;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What PostgreSQL writes of itself, into {@code cluster/log}. It begins a new file every day and every 10 MB, but
 * overwrites none of the same day: so that the whole stays bounded, the oldest are removed here.
 */
final class ServerLog {
    /** As settings of PostgreSQL. Terse: the details of an error hold values of rows, which belong into no log. */
    static final Map<String, String> SETTINGS = Map.of(
            "logging_collector", "on",
            "log_directory", "log",
            "log_filename", "postgresql-%Y-%m-%dT%H%M%S.log",
            "log_rotation_age", "1d",
            "log_rotation_size", "10MB",
            "log_line_prefix", "%m [%p] ",
            "log_timezone", "UTC",
            "log_error_verbosity", "terse");

    static final int FILES_KEPT = 7;

    private static final Logger log = LoggerFactory.getLogger(ServerLog.class);
    private static final int TAIL_LINES = 15;
    private static final int TAIL_BYTES = 8192;

    private final Path directory;
    private final Path output;

    /**
     * @param output what it says before its log is open
     */
    ServerLog(Path cluster, Path output) {
        this.directory = cluster.resolve("log");
        this.output = output;
    }

    Path output() {
        return output;
    }

    /** Removes all but the newest files. */
    void prune() {
        try {
            List<Path> files = newestFirst();
            for (Path file : files.subList(Math.min(FILES_KEPT, files.size()), files.size())) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.warn("old logs of PostgreSQL cannot be removed from {}", directory, e);
        }
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        var files = new ArrayList<Dated>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "postgresql-*.log")) {
            for (Path file : all) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    files.add(new Dated(file, Files.getLastModifiedTime(file)));
                }
            }
        }
        return files.stream()
                .sorted(Comparator.comparing(Dated::time)
                        .thenComparing(Dated::file)
                        .reversed())
                .map(Dated::file)
                .toList();
    }

    private record Dated(Path file, FileTime time) {}

    /** Its last words. */
    String tail() throws IOException {
        var lines = new ArrayList<>(lastLines(output));
        List<Path> files = newestFirst();
        if (!files.isEmpty()) {
            lines.addAll(lastLines(files.getFirst()));
        }
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    private static List<String> lastLines(Path file) throws IOException {
        try (var content = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, content.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (content.length() - from)];
            content.seek(from);
            content.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        }
    }
}
