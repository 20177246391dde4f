package io.trunkline.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running PostgreSQL, a child of this process that survives it: in a session of its own, so that a terminal's Ctrl-C
 * ends us first and we end it. Whoever starts on the same directory again stops what was left behind; whoever starts
 * while we run it is refused.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final int LOG_PRUNED_EVERY_SECONDS = 5;
    /** How often another port is taken because somebody was faster on the one that was free. */
    private static final int PORT_TRIES = 5;

    private final Process process;
    private final Path cluster;
    private final int port;
    private final String password;
    private final ClusterLock lock;

    private EmbeddedPostgres(Process process, Path cluster, int port, String password, ClusterLock lock) {
        this.process = process;
        this.cluster = cluster;
        this.port = port;
        this.password = password;
        this.lock = lock;
    }

    /**
     * Starts it, making the cluster at the first time, and returns when it accepts connections.
     *
     * @throws PostgresException telling where, why and what to do
     */
    public static EmbeddedPostgres start(PostgresConfig config) {
        Path wanted = config.directory().toAbsolutePath().normalize();
        try {
            Account account = Account.choose(Cluster.in(wanted));
            account.makeDirectories(wanted);
            Path directory = wanted.toRealPath();
            ClusterLock lock = ClusterLock.acquire(directory);
            try {
                return start(config, account, directory, lock);
            } catch (IOException | RuntimeException e) {
                lock.release();
                throw e;
            }
        } catch (IOException e) {
            throw new PostgresException(
                    "PostgreSQL cannot be started in " + wanted + ": " + PostgresException.explain(e), e);
        }
    }

    /**
     * Stops a server that an earlier start left behind in this directory, if there is one.
     *
     * @throws PostgresException naming the process that runs it, if one does
     */
    public static void stopLeftBehind(Path directory) {
        if (Files.notExists(directory)) {
            return;
        }
        try {
            Path real = directory.toRealPath();
            ClusterLock lock = ClusterLock.acquire(real);
            try {
                Postmaster.clear(Cluster.in(real));
            } finally {
                lock.release();
            }
        } catch (IOException e) {
            throw new PostgresException(
                    "the PostgreSQL of " + directory + " cannot be stopped: " + PostgresException.explain(e), e);
        }
    }

    private static EmbeddedPostgres start(PostgresConfig config, Account account, Path directory, ClusterLock lock)
            throws IOException {
        Path programs =
                Binaries.unpack(account, config.binaries().toAbsolutePath().normalize());
        account.requireEntry(directory, "choose a data directory elsewhere (--data), or open it (chmod o+x)");
        account.requireEntry(programs, "have the programs unpacked elsewhere, or open it (chmod o+x)");
        var cluster = new Cluster(account, directory);
        String password = cluster.prepare(programs, config.durable());
        Postmaster.clear(cluster.path());
        account.own(cluster.path());
        var ports = new Ports(directory.resolve("port"), config.port());
        var serverLog = new ServerLog(cluster.path(), directory.resolve("start.log"));
        for (int attempt = 1; ; attempt++) {
            int port = ports.choose();
            Process process = launch(account, programs, cluster.path(), settings(config, port), serverLog);
            if (awaitReady(process, cluster.path(), config.startTimeout(), serverLog)) {
                var postgres = new EmbeddedPostgres(process, cluster.path(), port, password, lock);
                Thread.ofVirtual().name("postgres-watch").start(() -> postgres.watch(serverLog));
                return postgres;
            }
            if (Ports.isFree(port) || !ports.mayChange() || attempt == PORT_TRIES) {
                throw new PostgresException("PostgreSQL ended while starting in " + cluster.path() + " (exit code "
                        + process.exitValue() + "):\n" + serverLog.tail());
            }
            log.info("somebody else took port {} meanwhile", port);
        }
    }

    private static Map<String, String> settings(PostgresConfig config, int port) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", "");
        settings.put("shared_buffers", "128MB");
        settings.put("max_connections", "100");
        settings.put("password_encryption", "scram-sha-256");
        settings.put("timezone", "UTC");
        settings.putAll(ServerLog.SETTINGS);
        // After a checkpoint each page is logged whole when it is changed first: usage that comes in pays for it.
        settings.put("max_wal_size", "2GB");
        settings.put("fsync", config.durable() ? "on" : "off");
        settings.put("full_page_writes", config.durable() ? "on" : "off");
        settings.put("synchronous_commit", config.durable() ? "on" : "off");
        settings.putAll(config.settings());
        return settings;
    }

    private static List<String> arguments(Path programs, Path cluster, Map<String, String> settings) {
        var arguments = new ArrayList<>(List.of(programs.resolve("bin/postgres").toString(), "-D", cluster.toString()));
        settings.forEach((name, value) -> {
            arguments.add("-c");
            arguments.add(name + "=" + value);
        });
        return arguments;
    }

    /**
     * In a session of its own by {@code setsid}, which most systems have. Where it is missing (macOS), Ctrl-C reaches
     * PostgreSQL too, and shuts it down in order.
     */
    private static Process launch(
            Account account, Path programs, Path cluster, Map<String, String> settings, ServerLog serverLog)
            throws IOException {
        var command = new ArrayList<String>();
        Programs.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(account.command(arguments(programs, cluster, settings)));
        return Programs.child(command)
                .directory(cluster.toFile())
                .redirectOutput(serverLog.output().toFile())
                .start();
    }

    /** False when it ended instead. */
    private static boolean awaitReady(Process process, Path cluster, Duration timeout, ServerLog serverLog)
            throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        // setsid and setpriv replace themselves: the child's process id is PostgreSQL's.
        while (!Postmaster.isReady(cluster, process.pid())) {
            if (!process.isAlive()) {
                return false;
            }
            boolean interrupted = Thread.currentThread().isInterrupted();
            if (interrupted || System.nanoTime() > end) {
                Postmaster.stop(process.toHandle());
                if (interrupted) {
                    throw new PostgresException("interrupted while PostgreSQL was starting in " + cluster);
                }
                throw new PostgresException("PostgreSQL in " + cluster + " accepts no connections after "
                        + timeout.toSeconds() + " s:\n" + serverLog.tail());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
    }

    /** While it runs. */
    private void watch(ServerLog serverLog) {
        try {
            do {
                serverLog.prune();
            } while (!process.waitFor(LOG_PRUNED_EVERY_SECONDS, TimeUnit.SECONDS));
            release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        try {
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The major version whose clusters this build runs. */
    public static String majorVersion() {
        return PostgresVersion.MAJOR;
    }

    /** With the superuser's name and password. */
    public String jdbcUrl(String database) {
        return Cluster.jdbcUrl(port, database, password);
    }

    public int port() {
        return port;
    }

    public String superuser() {
        return Cluster.SUPERUSER;
    }

    public String password() {
        return password;
    }

    public long pid() {
        return process.pid();
    }

    /** Once it is not, another may be started on the same directory. */
    public boolean isAlive() {
        if (process.isAlive()) {
            return true;
        }
        release();
        return false;
    }

    /** Returns when it has ended, however it did. */
    public int awaitEnd() throws InterruptedException {
        int exit = process.waitFor();
        release();
        return exit;
    }

    /** Stops it; open connections are ended, what was committed is kept. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                Postmaster.stop(process.toHandle());
            }
            if (lock.isHeld()) {
                Postmaster.endAtOnce(cluster);
            }
        } finally {
            release();
        }
    }
}
