package io.trunkline.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the database to this build's schema: roles, then the one history of migrations. */
public final class Schema {
    private static final Logger log = LoggerFactory.getLogger(Schema.class);
    private static final Duration TRY_EVERY = Duration.ofMillis(200);
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);
    private static final int OLDEST_POSTGRESQL = 15;
    /** Held while roles are made: several servers may start on one database. */
    private static final long ROLES_LOCK = 0x7472756e6bL;

    private final Connections connections;
    private final String derivedPassword;
    private final boolean makesRole;
    private String version = "";

    public Schema(Connections connections, DatabaseSettings settings, String derivedPassword) {
        this.connections = connections;
        this.derivedPassword = derivedPassword;
        this.makesRole = settings.requestsUrl().isEmpty();
    }

    /**
     * Waits for a database that is not there yet, then {@link #migrate()}.
     *
     * @throws DatabaseUnavailable when it does not come in time
     */
    void awaitAndMigrate(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        long tellAt = System.nanoTime();
        while (true) {
            try {
                migrate();
                return;
            } catch (DatabaseUnavailable e) {
                if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                if (System.nanoTime() - tellAt >= 0) {
                    log.warn("waiting for the database: {}", e.getMessage());
                    tellAt = System.nanoTime() + TELL_EVERY.toNanos();
                }
                LockSupport.parkNanos(TRY_EVERY.toNanos());
            }
        }
    }

    /** The version of the schema that this build works on. */
    String version() {
        return version;
    }

    /**
     * Makes the requests' role where we own it, and migrates.
     *
     * @throws DatabaseException when the database cannot be reached, or refuses
     * @throws IllegalStateException when the server is too old, the database not in UTF8, or the requests' role may see
     *     all rows
     */
    public void migrate() {
        PGSimpleDataSource source = connections.migrations();
        try (Connection connection = source.getConnection()) {
            requireVersion(connection.getMetaData().getDatabaseMajorVersion());
            requireUnicode(connection);
            if (makesRole) {
                makeRole(connection);
            }
            refusePowerfulRole(connection);
        } catch (SQLException e) {
            throw Statements.explain("preparing the roles", e);
        }
        Flyway flyway = Flyway.configure()
                .dataSource(source)
                .schemas(Connections.SCHEMA)
                .defaultSchema(Connections.SCHEMA)
                .locations("classpath:db/migration")
                // Their numbers are given out in ranges: a database may have a later one and lack an earlier one.
                .outOfOrder(true)
                .placeholders(Map.of("requests", quoted(connections.requestsRole())))
                .load();
        flyway.migrate();
        version = Arrays.stream(flyway.info().applied())
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .map(MigrationVersion::getVersion)
                .reduce("", (_, later) -> later);
    }

    static void requireVersion(int major) {
        if (major < OLDEST_POSTGRESQL) {
            throw new IllegalStateException(
                    "PostgreSQL " + OLDEST_POSTGRESQL + " or newer is needed, this is " + major);
        }
    }

    /** Names are of all scripts, and found whichever case they are asked for in. */
    private static void requireUnicode(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet encoding = statement.executeQuery("SHOW server_encoding")) {
            encoding.next();
            if (!encoding.getString(1).equals("UTF8")) {
                throw new IllegalStateException("the database's encoding is " + encoding.getString(1)
                        + ", UTF8 is needed: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0");
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT lower(?)")) {
            statement.setString(1, "Ä");
            try (ResultSet lower = statement.executeQuery()) {
                lower.next();
                if (!lower.getString(1).equals("ä")) {
                    log.warn("The database's locale knows no letters beyond ASCII: searches tell Ä from ä."
                            + " A database made with LOCALE 'C.UTF-8' does not.");
                }
            }
        }
    }

    private void makeRole(Connection connection) throws SQLException {
        String role = connections.requestsRole();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + ROLES_LOCK + ")");
            if (!exists(connection, role)) {
                statement.execute("CREATE ROLE " + quoted(role) + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
            }
            // The password is hashed here, so that it cannot appear in the server's log.
            connection
                    .unwrap(PGConnection.class)
                    .alterUserPassword(role, derivedPassword.toCharArray(), "scram-sha-256");
            statement.execute("SELECT pg_advisory_unlock(" + ROLES_LOCK + ")");
        }
    }

    private void refusePowerfulRole(Connection connection) throws SQLException {
        String role = connections.requestsRole();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT rolsuper OR rolbypassrls, rolname = current_user FROM pg_roles WHERE rolname = ?")) {
            statement.setString(1, role);
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    throw new IllegalStateException("the role \"" + role + "\" of requests does not exist");
                }
                if (result.getBoolean(1) || result.getBoolean(2)) {
                    throw new IllegalStateException("the role \"" + role + "\" of requests must neither be the owner,"
                            + " nor a superuser, nor have BYPASSRLS: row-level security would not hold for it");
                }
            }
        }
    }

    private static boolean exists(Connection connection, String role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 1 FROM pg_roles WHERE rolname = ?")) {
            statement.setString(1, role);
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    private String quoted(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }
}
