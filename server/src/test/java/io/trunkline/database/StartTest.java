package io.trunkline.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.postgres.ThrowawayPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A server that starts before its database, or with a wrong idea of it. */
@Tag("database")
final class StartTest {
    private static final String PASSWORD = "a-password-of-the-test";

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FailureAnalysis analysis(DatabaseException failure) {
        FailureAnalysis analysis = new StartFailure().analyze(new IllegalStateException("no bean", failure));
        assertThat(analysis).isNotNull();
        return analysis;
    }

    private static DatabaseException failureOf(String url) {
        DatabaseSettings settings = OwnDatabase.settings(url, 1);
        try (var connections = new Connections(settings, PASSWORD)) {
            new Schema(connections, settings, PASSWORD).awaitAndMigrate(Duration.ofMillis(300));
        } catch (DatabaseException e) {
            return e;
        }
        throw new AssertionError(url + " works");
    }

    @Test
    void a_database_that_comes_later_is_waited_for() throws InterruptedException {
        ThrowawayPostgres.Database made = ThrowawayPostgres.createDatabase();
        int realPort = Integer.parseInt(made.url().replaceFirst(".*?://[^/]*:(\\d+)/.*", "$1"));
        int port = freePort();
        DatabaseSettings settings = OwnDatabase.settings(made.url().replace(":" + realPort + "/", ":" + port + "/"), 1);
        try (var connections = new Connections(settings, PASSWORD)) {
            var schema = new Schema(connections, settings, PASSWORD);
            Thread starting = Thread.ofVirtual().start(() -> schema.awaitAndMigrate(Duration.ofMinutes(1)));
            assertThat(starting.join(Duration.ofMillis(500))).as("it waits").isFalse();
            try (var gate = new RoundTrips(port, realPort)) {
                assertThat(starting.join(Duration.ofMinutes(1)))
                        .as("it goes on")
                        .isTrue();
                assertThat(gate.count()).isPositive();
                assertThat(schema.version()).matches("\\d+");
            }
        }
    }

    @Test
    void one_that_does_not_come_is_named_with_what_to_do() {
        DatabaseException failure =
                failureOf("jdbc:postgresql://127.0.0.1:" + freePort() + "/x?user=u&password=secret");
        assertThat(failure).isInstanceOf(DatabaseUnavailable.class);
        FailureAnalysis told = analysis(failure);
        assertThat(told.getDescription()).contains("127.0.0.1:").doesNotContain("secret");
        assertThat(told.getAction()).contains("Start PostgreSQL", "trunkline.database.start-wait");
    }

    @Test
    void a_wrong_password_is_not_waited_with() {
        String url = ThrowawayPostgres.createDatabase().url().replaceFirst("password=[^&]*", "password=wrong");
        FailureAnalysis told = analysis(failureOf(url));
        assertThat(told.getAction()).contains("user and password");
    }

    @Test
    void a_database_that_does_not_exist_is_to_be_created() {
        ThrowawayPostgres.Database made = ThrowawayPostgres.createDatabase();
        FailureAnalysis told = analysis(failureOf(made.url().replace("/" + made.name(), "/nowhere")));
        assertThat(told.getAction()).contains("Create the database");
    }

    @Test
    void an_owner_without_rights_is_told_which_ones_it_needs() throws SQLException {
        ThrowawayPostgres.Database made = ThrowawayPostgres.createDatabase();
        String role = made.name() + "_weak";
        try (var connection = made.connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'weak'");
        }
        String url = made.url().replaceFirst("\\?.*", "?user=" + role + "&password=weak");
        assertThat(analysis(failureOf(url)).getAction()).contains("CREATEROLE");
        try (var connection = made.connect();
                var statement = connection.createStatement()) {
            statement.execute("DROP ROLE " + role);
        }
    }

    @Test
    void health_tells_what_is_missing() throws SQLException {
        try (OwnDatabase own = OwnDatabase.create()) {
            assertThat(new DatabaseHealth(own.database(), "0001")
                            .schema()
                            .getStatus()
                            .getCode())
                    .isEqualTo("UP");
            assertThat(new DatabaseHealth(own.database(), "9999")
                            .schema()
                            .getStatus()
                            .getCode())
                    .isEqualTo("DOWN");
            assertThat(new DatabaseHealth(own.database(), "0001")
                            .database()
                            .getStatus()
                            .getCode())
                    .isEqualTo("UP");
            own.execute("ALTER ROLE " + own.connections().requestsRole() + " NOLOGIN");
            try (Connections away = own.through(own.port())) {
                var health = new DatabaseHealth(away.database(), "0001").database();
                assertThat(health.getStatus().getCode()).isEqualTo("DOWN");
                assertThat(health.getDetails())
                        .containsEntry("owner", "reachable")
                        .containsEntry("requests", "unreachable");
            }
            try (Connections nowhere = own.through(1)) {
                var health = new DatabaseHealth(nowhere.database(), "0001");
                assertThat(health.database().getDetails()).containsEntry("owner", "unreachable");
                assertThat(health.schema().getStatus().getCode()).isEqualTo("UNKNOWN");
            }
        }
    }

    @Test
    void an_old_postgresql_is_refused_by_its_version() {
        assertThatThrownBy(() -> Schema.requireVersion(14))
                .hasMessageContaining("15 or newer")
                .hasMessageContaining("14");
        Schema.requireVersion(15);
    }

    @Test
    void a_migration_with_an_earlier_number_than_the_last_is_made_up_for() throws SQLException {
        try (OwnDatabase own = OwnDatabase.create()) {
            own.execute("DROP TABLE operator_events, stock_levels; DROP INDEX quarantined_numbers");
            own.execute("DELETE FROM flyway_schema_history WHERE version = '0041'");
            DatabaseSettings settings = OwnDatabase.settings(own.url(), 1);
            new Schema(own.connections(), settings, OwnDatabase.PASSWORD).migrate();
            assertThat(own.texts("SELECT count(*) FROM stock_levels")).containsExactly("0");
        }
    }
}
