package io.trunkline.benchmarks;

import io.trunkline.postgres.EmbeddedPostgres;
import io.trunkline.postgres.PostgresConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From the launcher's start on a directory that was up before, to the first request that is answered with 200. */
final class Start {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double GOAL_SECONDS = 5;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Settings settings;

    Start(Settings settings) {
        this.settings = settings;
    }

    Result run(String name) {
        var ours = new Latencies();
        var limits = new Latencies();
        Installation installation = Installation.loaded(settings, false);
        var perRound = new ArrayList<String>();
        double peakMb = 0;
        double cpuSeconds = 0;
        installation.down();
        try {
            for (int round = 0; round < settings.rounds(); round++) {
                limits.add(postgres(installation.data().resolve("postgres")));
                long took = answered(installation);
                ours.add(took);
                // They have begun since.
                cpuSeconds += Machine.cpuSeconds(installation.processes());
                peakMb = Math.max(peakMb, Machine.pssMb(installation.processes()));
                perRound.add(String.format(Locale.ROOT, "%.2f s", took / NANOS_PER_MILLI / MILLIS_PER_SECOND));
                installation.down();
            }
        } finally {
            installation.close();
        }
        double seconds = ours.percentile(50) / MILLIS_PER_SECOND;
        double limit = limits.percentile(50) / MILLIS_PER_SECOND;
        return new Result(
                name,
                "s",
                seconds,
                limit,
                seconds / limit,
                GOAL_SECONDS,
                seconds < GOAL_SECONDS,
                ours.percentile(50),
                ours.percentile(99),
                cpuSeconds / settings.rounds() * Cpu.PER_THOUSAND,
                peakMb,
                List.of(
                        "the goal is of ours, in seconds; the rounds: " + String.join(", ", perRound),
                        "limit: PostgreSQL's start on the same directory to the answer of SELECT 1",
                        "load of the machine when it ended: " + Machine.load()));
    }

    private static long answered(Installation installation) {
        long start = System.nanoTime();
        Process up = installation.starting();
        Await.until("the first answer", () -> answers(installation));
        long took = System.nanoTime() - start;
        installation.started(up);
        return took;
    }

    /** With a token, as a client does. */
    private static boolean answers(Installation installation) {
        String client = installation.clients().keySet().iterator().next();
        try {
            String url = installation.url();
            Call call = new Tokens(url, installation.clients())
                    .calls(List.of(new Ask(client, "/enterprise/accounts", "")))
                    .getFirst();
            try (var connection = new JdkClient.Connection(url)) {
                return connection.get(call).length > 0;
            }
        } catch (IOException | RuntimeException notYet) {
            return false;
        }
    }

    private static long postgres(Path directory) {
        long start = System.nanoTime();
        try (EmbeddedPostgres postgres =
                        EmbeddedPostgres.start(PostgresConfig.durable(directory, directory.resolve("programs")));
                Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"), postgres.superuser(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
            return System.nanoTime() - start;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
