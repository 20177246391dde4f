package io.trunkline.postgres;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A process of its own that runs a PostgreSQL, so that it can be killed: {@code Child DIRECTORY BINARIES} starts one,
 * tells of it in one line, and closes it at the end of its input or when it is told to end.
 */
final class Child {
    private Child() {}

    static void main(String[] arguments) throws Exception {
        EmbeddedPostgres postgres;
        try {
            postgres = EmbeddedPostgres.start(PostgresConfig.durable(Path.of(arguments[0]), Path.of(arguments[1])));
        } catch (PostgresException e) {
            System.out.println("REFUSED " + String.valueOf(e.getMessage()).replace("\n", " | "));
            System.exit(3);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(postgres)));
        System.out.println("READY " + postgres.pid() + " " + postgres.port() + " " + postgres.jdbcUrl("postgres"));
        while (System.in.read() >= 0) {
            // Whatever it is, we wait for the end.
        }
        System.exit(0);
    }

    private static void end(EmbeddedPostgres postgres) {
        String answer;
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"))) {
            answer = connection.isValid(5) ? "ANSWERS" : "SILENT";
        } catch (SQLException e) {
            answer = "GONE " + e.getMessage();
        }
        postgres.close();
        System.out.println("ENDED " + answer);
    }
}
