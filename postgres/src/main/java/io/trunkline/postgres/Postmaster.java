package io.trunkline.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server processes of a cluster, and what its {@code postmaster.pid} tells of them: maybe of an earlier start. */
final class Postmaster {
    private static final Logger log = LoggerFactory.getLogger(Postmaster.class);
    private static final long LOOK_AGAIN_NANOS = 10_000_000;
    private static final int STATUS_LINE = 7;
    /** A fast shutdown writes a checkpoint. */
    private static final Duration FAST = Duration.ofSeconds(20);
    /** PostgreSQL itself kills its children 5 s after it asked them to leave at once. */
    private static final Duration IMMEDIATE = Duration.ofSeconds(10);

    private Postmaster() {}

    private static Path file(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    private static List<String> lines(Path cluster) {
        try {
            return Files.readAllLines(file(cluster));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Whether this process says that it accepts connections. */
    static boolean isReady(Path cluster, long pid) {
        List<String> lines = lines(cluster);
        return lines.size() > STATUS_LINE
                && lines.getFirst().strip().equals(Long.toString(pid))
                && lines.get(STATUS_LINE).strip().equals("ready");
    }

    /**
     * Stops the server of this cluster that an earlier start has left behind, or what is left of it, and removes its
     * lock where PostgreSQL would be misled by it. Touches no process that is not a postgres of this cluster.
     */
    static void clear(Path cluster) {
        List<ProcessHandle> left = processes(cluster);
        if (!left.isEmpty()) {
            log.info("stopping the PostgreSQL that an earlier start left behind in {}: {}", cluster, left);
            Set<Long> pids = left.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
            for (ProcessHandle process : left) {
                if (process.children().anyMatch(child -> pids.contains(child.pid()))) {
                    stop(process);
                }
            }
            endAtOnce(cluster);
        }
        try {
            removeMisleadingLock(cluster);
        } catch (IOException e) {
            throw new PostgresException(
                    "the stale " + file(cluster) + " cannot be removed: " + PostgresException.explain(e), e);
        }
    }

    /**
     * A number that no process has is left to PostgreSQL, which then also looks whether the shared memory named in the
     * file is still in use. A zombie, a stranger that got the number, or an empty file would keep it from starting.
     */
    private static void removeMisleadingLock(Path cluster) throws IOException {
        if (Files.notExists(file(cluster))) {
            return;
        }
        List<String> lines = lines(cluster);
        long pid = -1;
        try {
            // Negative when a server for a single user wrote it.
            pid = lines.isEmpty()
                    ? -1
                    : Math.abs(Long.parseLong(lines.getFirst().strip()));
        } catch (NumberFormatException e) {
            log.warn("{} names no process: \"{}\"", file(cluster), lines.getFirst());
        }
        if (pid <= 0
                || Files.exists(Path.of("/proc", Long.toString(pid)))
                || ProcessHandle.of(pid).isPresent()) {
            Files.delete(file(cluster));
            log.info("removed the lock of a PostgreSQL that is gone from {}", cluster);
        }
    }

    /**
     * All of this cluster's: the server, and its children, which for a moment, or in the middle of a long query for
     * much longer, survive it when it is killed.
     */
    private static List<ProcessHandle> processes(Path cluster) {
        if (Files.isDirectory(Path.of("/proc/self"))) {
            return ProcessHandle.allProcesses()
                    .filter(process -> isOfCluster(process, cluster))
                    .toList();
        }
        // Without /proc: the data directory stands in the command line, as we have put it there.
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("/bin/postgres") && line.contains("-D " + cluster + " "))
                        .isPresent())
                .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                .toList();
    }

    /** One whose working directory is the cluster. A zombie has none, and holds nothing any more. */
    private static boolean isOfCluster(ProcessHandle process, Path cluster) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        try {
            // Not followed: the program may be deleted meanwhile ("… (deleted)").
            String program =
                    Files.readSymbolicLink(proc.resolve("exe")).getFileName().toString();
            return (program.startsWith("postgres") || program.startsWith("initdb"))
                    && Files.isSameFile(proc.resolve("cwd"), cluster);
        } catch (IOException e) {
            return false;
        }
    }

    /** Fast shutdown (SIGINT); immediate (SIGQUIT) when that takes too long. Both are awaited. */
    static void stop(ProcessHandle process) {
        signal("INT", process);
        if (!await(FAST, () -> isGone(process))) {
            log.warn("PostgreSQL {} does not stop, it is now stopped at once", process.pid());
            signal("QUIT", process);
            if (!await(IMMEDIATE, () -> isGone(process))) {
                throw new PostgresException("the PostgreSQL " + process.pid() + " cannot be stopped: end it by hand");
            }
        }
    }

    /** Ends what has no parent any more that would end it: what is not committed is lost, as it was meant to be. */
    static void endAtOnce(Path cluster) {
        for (String signal : List.of("QUIT", "KILL")) {
            processes(cluster).forEach(process -> signal(signal, process));
            if (await(IMMEDIATE, () -> processes(cluster).isEmpty())) {
                return;
            }
        }
        throw new PostgresException("these processes of the PostgreSQL in " + cluster
                + " cannot be ended, end them by hand: " + processes(cluster));
    }

    /** By the shell's own kill: not every machine has a program of that name. */
    private static void signal(String name, ProcessHandle process) {
        if (!process.isAlive()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            Programs.child(List.of("/bin/sh", "-c", "kill -" + name + " " + process.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new PostgresException("no signal can be sent to PostgreSQL " + process.pid() + ": " + e, e);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean await(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        // A database is not left half stopped because somebody lost patience with this thread.
        boolean interrupted = Thread.interrupted();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    return false;
                }
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                interrupted |= Thread.interrupted();
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Also when only its parent's interest is missing: a zombie runs no more. */
    static boolean isGone(ProcessHandle process) {
        return !process.isAlive() || isZombie(process);
    }

    private static boolean isZombie(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return false;
        }
    }
}
