package io.trunkline.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How the embedded PostgreSQL is started.
 *
 * @param directory its own: the cluster in {@code cluster/}, the superuser's password, the remembered port and the log
 *     beside it
 * @param binaries where the programs are unpacked to, shared by all clusters of this machine
 * @param port on loopback; 0: the port of the last time, or a free one
 * @param durable whether what is committed survives a crash of the machine ({@code fsync}); false only for tests
 * @param settings further settings of postgresql.conf
 * @param startTimeout how long it may take to accept connections, recovery included
 */
public record PostgresConfig(
        Path directory, Path binaries, int port, boolean durable, Map<String, String> settings, Duration startTimeout) {
    /** Recovery after a crash replays at most a few WAL segments; five minutes are for a very slow disk. */
    public static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(5);

    /** A durable one on a remembered port. */
    public static PostgresConfig durable(Path directory, Path binaries) {
        return new PostgresConfig(directory, binaries, 0, true, Map.of(), DEFAULT_START_TIMEOUT);
    }
}
