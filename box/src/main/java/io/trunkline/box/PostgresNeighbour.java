package io.trunkline.box;

import io.trunkline.postgres.EmbeddedPostgres;
import io.trunkline.postgres.PostgresConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded PostgreSQL. Its port is chosen once: the server's pools keep the address over every restart. */
final class PostgresNeighbour extends Neighbour {
    private static final Logger log = LoggerFactory.getLogger(PostgresNeighbour.class);
    /** The server's two pools, and people who look. */
    private static final Map<String, String> SETTINGS = Map.of("max_connections", "100");

    /** The system property that names where PostgreSQL's programs are unpacked to. */
    static final String PROGRAMS = "trunkline.postgres.programs";

    private Optional<EmbeddedPostgres> running = Optional.empty();
    private int port;

    private final Map<String, String> settings;

    /** Takes settings beyond the usual ones. */
    PostgresNeighbour(DataDirectory data, Map<String, String> further) {
        super("postgres", data);
        settings = new HashMap<>(SETTINGS);
        settings.putAll(further);
    }

    @Override
    synchronized long launch() {
        EmbeddedPostgres started = start(data().resolve("postgres"), port, settings);
        port = started.port();
        running = Optional.of(started);
        return started.pid();
    }

    /**
     * Starts it alone.
     *
     * @param port 0: the one of the last time, or a free one
     */
    static EmbeddedPostgres start(Path directory, int port) {
        return start(directory, port, SETTINGS);
    }

    private static EmbeddedPostgres start(Path directory, int port, Map<String, String> settings) {
        return EmbeddedPostgres.start(new PostgresConfig(
                directory, programs(directory), port, true, settings, PostgresConfig.DEFAULT_START_TIMEOUT));
    }

    /** 60 MB; several data directories of one machine can share them. */
    private static Path programs(Path directory) {
        return Optional.ofNullable(System.getProperty(PROGRAMS))
                .map(Path::of)
                .orElseGet(() -> directory.resolve("programs"));
    }

    private synchronized EmbeddedPostgres current() {
        return running.orElseThrow(() -> new IllegalStateException("PostgreSQL was not started"));
    }

    /** JDBC URL of its superuser, who owns the schema. */
    String url() {
        return current().jdbcUrl("postgres");
    }

    @Override
    void awaitEnd() throws InterruptedException {
        int code = current().awaitEnd();
        if (code != 0) {
            log.warn("PostgreSQL ended with exit code {}", code);
        }
    }

    @Override
    void end() {
        current().close();
    }
}
