package io.trunkline.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running PostgreSQL, a child of this process that survives it: in a session of its own, so that a terminal's Ctrl-C
 * ends us first and we end it. Whoever starts on the same directory again stops what was left behind.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String SUPERUSER = "postgres";
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final int LOG_TAIL_LINES = 15;

    private final Process process;
    private final int port;
    private final String password;

    private EmbeddedPostgres(Process process, int port, String password) {
        this.process = process;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts it, making the cluster at the first time, and returns when it accepts connections.
     *
     * @throws PostgresException telling where, why and what to do
     */
    public static EmbeddedPostgres start(PostgresConfig config) {
        Account account = Account.choose();
        Path directory = config.directory().toAbsolutePath().normalize();
        Path cluster = directory.resolve("cluster");
        try {
            Files.createDirectories(directory);
            Path programs = Binaries.unpack(config.binaries().toAbsolutePath().normalize());
            account.requireEntry(directory, "choose a data directory elsewhere (--data), or open it (chmod o+x)");
            account.requireEntry(programs, "have the programs unpacked elsewhere, or open it (chmod o+x)");
            String password = password(directory.resolve("password"));
            if (Files.notExists(cluster.resolve("PG_VERSION"))) {
                initialise(account, programs, directory, cluster, password);
            }
            requireVersion(cluster);
            account.own(cluster);
            Postmaster.clear(cluster);
            int port = choosePort(directory.resolve("port"), config.port());
            return new EmbeddedPostgres(run(account, programs, config, cluster, port), port, password);
        } catch (IOException e) {
            throw new PostgresException("PostgreSQL cannot be started in " + directory + ": " + e, e);
        }
    }

    /** Stops a server that an earlier start left behind in this directory, if there is one. */
    public static void stopLeftBehind(Path directory) {
        Postmaster.clear(directory.toAbsolutePath().normalize().resolve("cluster"));
    }

    private static String password(Path file) throws IOException {
        if (Files.notExists(file)) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    file, Base64.getUrlEncoder().withoutPadding().encodeToString(random), StandardOpenOption.SYNC);
        }
        return Files.readString(file).strip();
    }

    /** In a directory beside it that gets the cluster's name when it is complete. */
    private static void initialise(Account account, Path programs, Path directory, Path cluster, String password)
            throws IOException {
        Path partial = directory.resolve("cluster.partial");
        Binaries.delete(partial);
        Binaries.delete(cluster);
        Files.createDirectory(
                partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path passwordFile = partial.resolveSibling("initial-password");
        Files.deleteIfExists(passwordFile);
        Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, password);
        account.own(partial);
        account.own(passwordFile);
        try {
            Process initdb = new ProcessBuilder(account.command(List.of(
                            programs.resolve("bin/initdb").toString(),
                            "--pgdata=" + partial,
                            "--username=" + SUPERUSER,
                            "--auth=scram-sha-256",
                            "--pwfile=" + passwordFile,
                            "--encoding=UTF8",
                            "--locale-provider=builtin",
                            "--builtin-locale=C.UTF-8",
                            "--locale=C",
                            "--data-checksums")))
                    .directory(partial.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (initdb.waitFor() != 0) {
                throw new PostgresException("initdb failed in " + partial + ":\n" + said);
            }
            Files.move(partial, cluster);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PostgresException("interrupted while making the cluster", e);
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    private static void requireVersion(Path cluster) throws IOException {
        String version = Files.readString(cluster.resolve("PG_VERSION")).strip();
        if (!version.equals(PostgresVersion.MAJOR)) {
            throw new PostgresException(
                    "the cluster " + cluster + " is of PostgreSQL " + version + ", this build brings "
                            + PostgresVersion.MAJOR + ": dump it with the build that made it, and load it here");
        }
    }

    /** The port of the last time, where it is free. */
    private static int choosePort(Path remembered, int wanted) throws IOException {
        if (wanted != 0) {
            if (!isFree(wanted)) {
                throw new PostgresException("the port " + wanted + " is taken: choose another for PostgreSQL");
            }
            return wanted;
        }
        if (Files.exists(remembered)) {
            int last = Integer.parseInt(Files.readString(remembered).strip());
            if (isFree(last)) {
                return last;
            }
            log.info("port {} of the last time is taken, PostgreSQL gets another", last);
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(remembered, Integer.toString(socket.getLocalPort()));
            return socket.getLocalPort();
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Process run(Account account, Path programs, PostgresConfig config, Path cluster, int port)
            throws IOException {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", "");
        settings.put("shared_buffers", "128MB");
        settings.put("max_connections", "100");
        settings.put("password_encryption", "scram-sha-256");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("log_line_prefix", "%m [%p] ");
        // A collector of its own keeps the log bounded: a file a weekday, overwritten after a week, 10 MB at most.
        settings.put("logging_collector", "on");
        settings.put("log_directory", "log");
        settings.put("log_filename", "postgresql-%a.log");
        settings.put("log_rotation_age", "1d");
        settings.put("log_rotation_size", "10MB");
        settings.put("log_truncate_on_rotation", "on");
        settings.put("max_wal_size", "512MB");
        settings.put("fsync", config.durable() ? "on" : "off");
        settings.put("full_page_writes", config.durable() ? "on" : "off");
        settings.put("synchronous_commit", config.durable() ? "on" : "off");
        settings.putAll(config.settings());
        var command = new ArrayList<String>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(account.command(arguments(programs, cluster, settings)));
        Path output = config.directory().toAbsolutePath().normalize().resolve("start.log");
        Process process = new ProcessBuilder(command)
                .directory(cluster.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        awaitReady(process, cluster, output, config.startTimeout());
        return process;
    }

    private static List<String> arguments(Path programs, Path cluster, Map<String, String> settings) {
        var arguments = new ArrayList<>(List.of(programs.resolve("bin/postgres").toString(), "-D", cluster.toString()));
        settings.forEach((name, value) -> {
            arguments.add("-c");
            arguments.add(name + "=" + value);
        });
        return arguments;
    }

    private static void awaitReady(Process process, Path cluster, Path output, Duration timeout) throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        // setsid and setpriv replace themselves: the child's process id is PostgreSQL's.
        while (!Postmaster.isReady(cluster, process.pid())) {
            if (!process.isAlive()) {
                throw new PostgresException("PostgreSQL ended while starting in " + cluster + " (exit code "
                        + process.exitValue() + "):\n" + tail(cluster, output));
            }
            if (System.nanoTime() > end) {
                process.destroy();
                throw new PostgresException("PostgreSQL in " + cluster + " accepts no connections after "
                        + timeout.toSeconds() + " s:\n" + tail(cluster, output));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static String tail(Path cluster, Path output) throws IOException {
        var lines = new ArrayList<>(Files.readAllLines(output));
        try (var logs = Files.newDirectoryStream(cluster.resolve("log"))) {
            for (Path file : logs) {
                lines.addAll(Files.readAllLines(file));
            }
        } catch (IOException e) {
            lines.add("(there is no log yet: " + e + ")");
        }
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    /** With the superuser's name and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + SUPERUSER + "&password=" + password;
    }

    public int port() {
        return port;
    }

    public String superuser() {
        return SUPERUSER;
    }

    public String password() {
        return password;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns when it has ended, however it did. */
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Stops it; open connections are ended, what was committed is kept. */
    @Override
    public void close() {
        if (process.isAlive()) {
            Postmaster.stop(process.toHandle(), STOP_PATIENCE);
        }
    }
}
