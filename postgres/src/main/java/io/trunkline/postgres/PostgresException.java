package io.trunkline.postgres;

/** The embedded PostgreSQL could not be started, stopped or prepared; the message tells where, why and what to do. */
public final class PostgresException extends RuntimeException {
    PostgresException(String message) {
        super(message);
    }

    PostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
