package io.trunkline.database;

import java.time.Duration;

/**
 * Where the database is.
 *
 * @param url JDBC URL of the owner's connection, with {@code user} and {@code password}. The owner makes the schema,
 *     and the requests' role where {@code requestsUrl} is empty (CREATEROLE).
 * @param requestsUrl JDBC URL of the requests' role; empty: the role {@code <database>_requests}, made by us, with a
 *     password derived from the master key
 * @param requestConnections most connections of requests at a time
 * @param ownerConnections most connections of workers at a time
 * @param connectionWait how long a request waits for a free connection before it is answered 503
 * @param statementTimeout the longest that one statement of a request may run
 */
public record DatabaseSettings(
        String url,
        String requestsUrl,
        int requestConnections,
        int ownerConnections,
        Duration connectionWait,
        Duration statementTimeout) {
    /** Each takes memory of PostgreSQL's, 10 to 18 MB once it has planned what is asked of months of usage. */
    public static final int DEFAULT_REQUEST_CONNECTIONS = 8;

    public static final int DEFAULT_OWNER_CONNECTIONS = 12;
    public static final Duration DEFAULT_CONNECTION_WAIT = Duration.ofSeconds(3);
    public static final Duration DEFAULT_STATEMENT_TIMEOUT = Duration.ofSeconds(10);
}
