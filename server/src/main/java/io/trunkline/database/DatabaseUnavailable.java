package io.trunkline.database;

import java.sql.SQLException;

/** The database cannot be reached, is starting, stopping or full: what was asked for may succeed later. */
public final class DatabaseUnavailable extends DatabaseException {
    DatabaseUnavailable(SQLException cause) {
        super("the database is unavailable: " + cause.getMessage(), cause);
    }
}
