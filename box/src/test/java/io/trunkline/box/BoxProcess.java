package io.trunkline.box;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The whole as a person starts it, on a data directory of its own: processes that can be killed. */
final class BoxProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> NAMES = List.of("server", "simulators", "postgres");

    /** Below those that the kernel gives out. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS_OF_A_JVM = 1_000;
    private static final AtomicInteger BOXES = new AtomicInteger();

    static final Path PROGRAMS =
            Path.of(System.getProperty("java.io.tmpdir"), "trunkline-postgres-" + System.getProperty("user.name"));

    private final Path home;
    private final Path data;
    private final List<Process> started = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    private BoxProcess(Path home) {
        this.home = home;
        this.data = home.resolve("data");
    }

    /** On a new directory, which is removed at the end. Nothing is started yet. */
    static BoxProcess create() {
        try {
            // The user of PostgreSQL must pass through it: the test may run as root.
            Path home = Files.createTempDirectory(
                    "trunkline-box",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            return new BoxProcess(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory around the data directory, for what else a test needs. */
    Path home() {
        return home;
    }

    Path data() {
        return data;
    }

    /** With a variable of the environment for what is started from now on. */
    BoxProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts {@code up} and returns when everything is ready. */
    BoxProcess up(String... options) {
        return up("test", options);
    }

    /** The same as another build. */
    BoxProcess up(String build, String[] options) {
        Process process = launch(build, command("up", options));
        await("ready", () -> {
            if (!process.isAlive() && process.exitValue() == 0) {
                // It was up already.
                return true;
            }
            if (!process.isAlive()) {
                throw new AssertionError("up ended with " + process.exitValue() + ":\n" + output());
            }
            return read("run/ready").strip().equals(Long.toString(process.pid()));
        });
        return this;
    }

    /** Runs a command to its end and answers its exit code. */
    int run(String command, String... options) {
        return end(command, launch("test", command(command, options)));
    }

    /** The same, where no file may become longer: what a full disk says is then said by the file's end. */
    int runWithFilesUpTo(int blocks, String command, String... options) {
        List<String> within = List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh");
        return end(command, launch(within, "test", command(command, options)));
    }

    private int end(String command, Process process) {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(command + " does not end:\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command until it prints something, then kills what runs it and all that this has started. */
    void killAt(String text, String command, String... options) {
        Process process = launch("test", command(command, options));
        await(text, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(command + " has ended before:\n" + output());
            }
            return output().contains(text);
        });
        List<ProcessHandle> victims = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        victims.forEach(ProcessHandle::destroyForcibly);
        await("killed", () -> victims.stream().noneMatch(BoxProcess::isAlive));
    }

    private List<String> command(String command, String... options) {
        var all = new ArrayList<>(List.of(command, "--data", data.toString()));
        all.addAll(List.of(options));
        return all;
    }

    /**
     * Ports of its own on a new directory, as if from the last time: several test JVMs run side by side, and whoever
     * loses the race for a usual port starts everything once more.
     */
    private void choosePorts(String command) {
        if (!List.of("up", "load").contains(command) || Files.exists(data)) {
            return;
        }
        int port = FIRST_PORT
                + PORTS_OF_A_JVM * Integer.getInteger("surefire.forkNumber", 0)
                + 2 * BOXES.getAndIncrement();
        DataDirectory directory = DataDirectory.open(data);
        directory.write(directory.resolve("run", "ports"), port + " " + (port + 1) + "\n");
    }

    private Process launch(String build, List<String> arguments) {
        return launch(List.of(), build, arguments);
    }

    private Process launch(List<String> within, String build, List<String> arguments) {
        choosePorts(arguments.getFirst());
        var command = new ArrayList<>(within);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dtrunkline.build=" + build,
                "-D" + PostgresNeighbour.PROGRAMS + "=" + PROGRAMS,
                "-cp",
                System.getProperty("java.class.path"),
                "io.trunkline.box.Main"));
        command.addAll(arguments);
        try {
            Files.deleteIfExists(outputFile());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(outputFile().toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path outputFile() {
        return home.resolve("output");
    }

    /** What the last command printed. */
    String output() {
        try {
            return Files.exists(outputFile()) ? Files.readString(outputFile()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values of {@code demo.env}. */
    Map<String, String> env() {
        return Facts.read(read("demo.env"));
    }

    /** A file of the data directory; empty where it is not there. */
    String read(String file) {
        try {
            Path path = data.resolve(file);
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            // Just being replaced.
            return "";
        }
    }

    long pid(String name) {
        return Long.parseLong(read("run/" + name + ".pid").strip());
    }

    boolean runs(String name) {
        String text = read("run/" + name + ".pid").strip();
        return !text.isEmpty()
                && ProcessHandle.of(Long.parseLong(text))
                        .filter(BoxProcess::isAlive)
                        .isPresent();
    }

    /**
     * A zombie, which waits for whoever started it to ask, is dead to us, but not before its last thread: until then it
     * holds its locks.
     */
    private static boolean isAlive(ProcessHandle process) {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        try {
            return process.isAlive()
                    && !(Files.exists(stat) && Files.readString(stat).contains(") Z ") && threads(stat) <= 1);
        } catch (IOException e) {
            return false;
        }
    }

    private static int threads(Path stat) {
        String[] tasks = stat.resolveSibling("task").toFile().list();
        return tasks == null ? 0 : tasks.length;
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(BoxProcess::isAlive).isPresent();
    }

    /** {@code kill -9}, without waiting. */
    void kill(String name) {
        ProcessHandle.of(pid(name)).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** All three at once, from threads that wait for each other. */
    void killAll() {
        List<ProcessHandle> victims = NAMES.stream()
                .map(this::pid)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .toList();
        var go = new CountDownLatch(1);
        List<Thread> killers = victims.stream()
                .map(victim -> Thread.ofPlatform().start(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    victim.destroyForcibly();
                }))
                .toList();
        go.countDown();
        try {
            for (Thread killer : killers) {
                killer.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        await("killed", () -> victims.stream().noneMatch(BoxProcess::isAlive));
    }

    /** SIGTERM to the server; its exit code. */
    int terminate() {
        Process server = started.stream()
                .filter(process -> process.pid() == pid("server"))
                .findFirst()
                .orElseThrow();
        server.destroy();
        try {
            if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the server does not end on SIGTERM");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return server.exitValue();
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Ends everything that it started, also what is left of what was killed, and removes the directory. */
    @Override
    public void close() {
        try {
            if (run("down") != 0) {
                throw new AssertionError("down failed:\n" + output());
            }
            started.forEach(Process::destroyForcibly);
            Files.walkFileTree(home, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
