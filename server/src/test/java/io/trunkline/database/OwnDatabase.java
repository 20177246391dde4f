package io.trunkline.database;

import io.trunkline.postgres.ThrowawayPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database of the test's own with our schema, and the pools of both roles. */
final class OwnDatabase implements AutoCloseable {
    static final String PASSWORD = "a-password-of-the-test";

    private final ThrowawayPostgres.Database made;
    private final Connections connections;

    private OwnDatabase(ThrowawayPostgres.Database made, Connections connections) {
        this.made = made;
        this.connections = connections;
    }

    static OwnDatabase create() {
        ThrowawayPostgres.Database made = ThrowawayPostgres.createDatabase();
        DatabaseSettings settings = settings(made.url(), 1);
        var connections = new Connections(settings, PASSWORD);
        new Schema(connections, settings, PASSWORD).migrate();
        return new OwnDatabase(made, connections);
    }

    /** So many connections a pool. */
    static DatabaseSettings settings(String url, int connections) {
        return new DatabaseSettings(
                url,
                "",
                connections,
                connections,
                DatabaseSettings.DEFAULT_CONNECTION_WAIT,
                DatabaseSettings.DEFAULT_STATEMENT_TIMEOUT);
    }

    /** The same database by way of another port. */
    Connections through(int port) {
        String url = made.url().replaceFirst(":\\d+/", ":" + port + "/");
        return new Connections(settings(url, 1), PASSWORD);
    }

    String url() {
        return made.url();
    }

    int port() {
        return Integer.parseInt(made.url().replaceFirst(".*?://[^/]*:(\\d+)/.*", "$1"));
    }

    Connections connections() {
        return connections;
    }

    Database database() {
        return connections.database();
    }

    /** As the owner, with our schema first. */
    Connection owner() throws SQLException {
        return connections.owner().getConnection();
    }

    /** The first column of all rows, as texts. */
    List<String> texts(String sql) throws SQLException {
        try (Connection connection = owner()) {
            return texts(connection, sql);
        }
    }

    static List<String> texts(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (result.next()) {
                texts.add(String.valueOf(result.getString(1)));
            }
            return texts;
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = owner();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
