package io.trunkline.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Databases for tests: one server a JVM, started when first asked for, fast instead of durable, gone at the end. {@link
 * #EXTERNAL_URL} or {@link #EXTERNAL_URL_VARIABLE} name a server to use instead: a JDBC URL of a user with CREATEDB and
 * CREATEROLE; what is made there is dropped at the end.
 */
public final class ThrowawayPostgres {
    /** The system property that names an external server. */
    public static final String EXTERNAL_URL = "trunkline.test.database-url";

    /** The same for those who cannot set a property; the property goes before. */
    public static final String EXTERNAL_URL_VARIABLE = "TRUNKLINE_TEST_DATABASE_URL";

    private static final Logger log = LoggerFactory.getLogger(ThrowawayPostgres.class);
    private static final String PREFIX = "trunkline-test-postgres-";
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final List<Database> MADE = new CopyOnWriteArrayList<>();
    private static Optional<EmbeddedPostgres> shared = Optional.empty();
    private static Optional<Path> own = Optional.empty();
    private static boolean hooked;

    private ThrowawayPostgres() {}

    /**
     * An empty database.
     *
     * @param url JDBC URL of its owner, with user and password
     */
    public record Database(String name, String url) {
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url);
        }
    }

    /** A new one, of nobody else. */
    public static synchronized Database createDatabase() {
        return createDatabase("ENCODING 'UTF8'");
    }

    /**
     * A new one, of nobody else.
     *
     * @param options of {@code CREATE DATABASE}
     */
    public static synchronized Database createDatabase(String options) {
        String administration = administrationUrl();
        String name = "test_" + ProcessHandle.current().pid() + "_" + NUMBERS.incrementAndGet();
        execute(administration, "CREATE DATABASE " + name + " TEMPLATE template0 " + options);
        var database = new Database(name, withDatabase(administration, name));
        MADE.add(database);
        return database;
    }

    private static String administrationUrl() {
        String external = System.getProperty(EXTERNAL_URL, System.getenv().getOrDefault(EXTERNAL_URL_VARIABLE, ""));
        if (!hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread(ThrowawayPostgres::end, "throwaway-postgres-end"));
        }
        if (!external.isEmpty()) {
            return external;
        }
        if (shared.isEmpty() || !shared.get().isAlive()) {
            shared = Optional.of(startShared());
        }
        return shared.get().jdbcUrl("postgres");
    }

    private static String withDatabase(String url, String name) {
        var source = new PGSimpleDataSource();
        source.setUrl(url);
        String rest = url.contains("?") ? url.substring(url.indexOf('?')) : "";
        return "jdbc:postgresql://" + source.getServerNames()[0] + ":" + source.getPortNumbers()[0] + "/" + name + rest;
    }

    private static EmbeddedPostgres startShared() {
        try {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            sweep(temporary);
            Path directory = Files.createTempDirectory(
                    temporary,
                    PREFIX + ProcessHandle.current().pid() + "-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            own = Optional.of(directory);
            return EmbeddedPostgres.start(new PostgresConfig(
                    directory,
                    temporary.resolve("trunkline-postgres-" + System.getProperty("user.name")),
                    0,
                    false,
                    Map.of("max_connections", "300"),
                    PostgresConfig.DEFAULT_START_TIMEOUT));
        } catch (IOException e) {
            throw new PostgresException("no throw-away PostgreSQL can be started: " + e, e);
        }
    }

    /** Stops the servers of test runs that were killed, and removes what they left; leaves alone what it may not. */
    private static void sweep(Path temporary) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, PREFIX + "[0-9]*-*")) {
            for (Path directory : left) {
                String[] parts = directory.getFileName().toString().split("-", -1);
                if (ProcessHandle.of(Long.parseLong(parts[parts.length - 2])).isEmpty()) {
                    remove(directory);
                }
            }
        }
    }

    private static void remove(Path directory) {
        try {
            Postmaster.clear(Cluster.in(directory));
            Binaries.delete(directory);
        } catch (IOException | UncheckedIOException | PostgresException anotherUsersOrAnotherSweeps) {
            log.debug("{} stays", directory, anotherUsersOrAnotherSweeps);
        }
    }

    private static void end() {
        if (shared.isPresent()) {
            shared.get().close();
            own.ifPresent(ThrowawayPostgres::remove);
        } else {
            MADE.forEach(database -> {
                execute(administrationUrl(), "DROP DATABASE IF EXISTS " + database.name() + " WITH (FORCE)");
                execute(administrationUrl(), "DROP ROLE IF EXISTS " + database.name() + "_requests");
            });
        }
    }

    private static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new PostgresException(sql + " failed: " + e.getMessage(), e);
        }
    }
}
