package io.trunkline.network.hlr;

import java.time.Duration;

/**
 * How an HLR is spoken to over CTRL.
 *
 * @param connections most connections; calls share them, pipelined
 * @param connectTimeout until a connection stands
 * @param commandTimeout for the answer to each command, from the moment it is handed over
 * @param maxConcurrentCalls calls at a time
 * @param maxWait how long a call waits for one of them to end before it is rejected as {@code busy}
 * @param longestBackoff the longest pause before an HLR that could not be reached is tried again; it doubles up to that
 */
public record CtrlSettings(
        String host,
        int port,
        int connections,
        Duration connectTimeout,
        Duration commandTimeout,
        int maxConcurrentCalls,
        Duration maxWait,
        Duration longestBackoff) {
    /** What OsmoHLR listens on. */
    public static final int DEFAULT_PORT = 4259;

    public static final int DEFAULT_CONNECTIONS = 4;
    public static final int DEFAULT_MAX_CONCURRENT_CALLS = 64;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(1);
    public static final Duration DEFAULT_LONGEST_BACKOFF = Duration.ofSeconds(5);

    public CtrlSettings {
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("an HLR is a host and a port, not \"" + host + "\":" + port);
        }
        if (connections < 1 || maxConcurrentCalls < 1 || maxWait.isNegative()) {
            throw new IllegalArgumentException("at least 1 connection, 1 concurrent call and a wait of at least 0, got "
                    + connections + ", " + maxConcurrentCalls + " and " + maxWait);
        }
        requireMillis("connect timeout", connectTimeout);
        requireMillis("command timeout", commandTimeout);
        requireMillis("longest backoff", longestBackoff);
    }

    /** All limits at their defaults. */
    public static CtrlSettings at(String host, int port) {
        return new CtrlSettings(
                host,
                port,
                DEFAULT_CONNECTIONS,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_COMMAND_TIMEOUT,
                DEFAULT_MAX_CONCURRENT_CALLS,
                DEFAULT_MAX_WAIT,
                DEFAULT_LONGEST_BACKOFF);
    }

    private static void requireMillis(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException("the " + name + " is at least 1 ms, not " + duration);
        }
    }
}
