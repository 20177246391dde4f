package io.trunkline.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server process as its {@code postmaster.pid} tells of it, which may be one of an earlier start. */
final class Postmaster {
    private static final Logger log = LoggerFactory.getLogger(Postmaster.class);
    private static final long LOOK_AGAIN_NANOS = 10_000_000;
    private static final int STATUS_LINE = 7;

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
     * Stops a server of this cluster that an earlier start has left behind, and removes the lock of one that is gone.
     * Touches no process that is not a postgres of this cluster.
     */
    static void clear(Path cluster) {
        List<String> lines = lines(cluster);
        if (lines.isEmpty()) {
            return;
        }
        long pid;
        try {
            pid = Long.parseLong(lines.getFirst().strip());
        } catch (NumberFormatException e) {
            pid = -1;
        }
        Optional<ProcessHandle> orphan =
                ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(handle -> isOfCluster(handle, cluster));
        if (orphan.isPresent()) {
            log.info("stopping the PostgreSQL {} that an earlier start left behind in {}", pid, cluster);
            stop(orphan.get(), Duration.ofSeconds(20));
        }
        try {
            if (Files.deleteIfExists(file(cluster))) {
                log.info("removed the lock of a PostgreSQL that is gone from {}", cluster);
            }
        } catch (IOException e) {
            throw new PostgresException("the stale " + file(cluster) + " cannot be removed: " + e, e);
        }
    }

    /** A living postgres whose working directory is the cluster. A zombie has none, and holds nothing any more. */
    private static boolean isOfCluster(ProcessHandle process, Path cluster) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        try {
            if (Files.isDirectory(proc)) {
                return Files.isSameFile(proc.resolve("cwd").toRealPath(), cluster)
                        && proc.resolve("exe")
                                .toRealPath()
                                .getFileName()
                                .toString()
                                .startsWith("postgres");
            }
        } catch (IOException e) {
            return false;
        }
        // Without /proc: the data directory stands in the command line, as we have put it there.
        return process.info()
                .commandLine()
                .map(line -> line.contains("postgres") && line.contains(cluster.toString()))
                .orElse(false);
    }

    /** Fast shutdown (SIGINT); immediate (SIGQUIT) when that takes too long. Both are awaited. */
    static void stop(ProcessHandle process, Duration patience) {
        signal("INT", process);
        if (!awaitEnd(process, patience)) {
            log.warn("PostgreSQL {} does not stop, it is now stopped at once", process.pid());
            signal("QUIT", process);
            if (!awaitEnd(process, Duration.ofSeconds(10))) {
                throw new PostgresException("the PostgreSQL " + process.pid() + " cannot be stopped: end it by hand");
            }
        }
    }

    private static void signal(String name, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new PostgresException("no signal can be sent: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean awaitEnd(ProcessHandle process, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (process.isAlive() && !isZombie(process)) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
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
