package io.trunkline.database;

import com.zaxxer.hikari.pool.HikariPool;
import io.trunkline.ids.Id;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** What running a statement has in common, whoever owns the connection. */
final class Statements {
    private Statements() {}

    static void bind(Connection connection, PreparedStatement statement, int first, @Nullable Object[] parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            bind(connection, statement, first + i, parameters[i]);
        }
    }

    private static void bind(Connection connection, PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(at, Types.NULL);
            case Id id -> statement.setObject(at, id.value());
            case Instant instant -> statement.setObject(at, instant.atOffset(ZoneOffset.UTC));
            case String[] texts -> statement.setArray(at, connection.createArrayOf("text", texts));
            case UUID[] uuids -> statement.setArray(at, connection.createArrayOf("uuid", uuids));
            case Integer[] integers -> statement.setArray(at, connection.createArrayOf("int4", integers));
            case Long[] longs -> statement.setArray(at, connection.createArrayOf("int8", longs));
            case Instant[] instants -> statement.setArray(at, connection.createArrayOf("timestamptz", instants));
            default -> statement.setObject(at, value);
        }
    }

    static void copy(Connection connection, String table, CopyRows rows) throws SQLException {
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " FROM STDIN " + rows.options());
        try {
            rows.writeTo(copy);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    static DatabaseException explain(String sql, SQLException cause) {
        return isUnavailable(cause)
                ? new DatabaseUnavailable(cause)
                : new DatabaseException(cause.getMessage() + " by: " + sql, cause);
    }

    static boolean isUnavailable(SQLException cause) {
        String state = cause.getSQLState();
        return cause instanceof SQLTransientConnectionException
                || cause.getCause() instanceof HikariPool.PoolInitializationException
                || (state != null
                        && (state.startsWith("08") // connection exception
                                || state.startsWith("57P") // shutting down, crashed, starting
                                || state.startsWith("53") // out of disk, memory, connections
                                || state.startsWith("58") // I/O error of the server
                                || state.equals("57014") // longer than a statement may take
                                || state.startsWith("40") // lost against another transaction
                                || state.equals("25006"))); // a standby, or a primary until now
    }
}
