package io.trunkline.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement as the product has sent it.
 *
 * @param scrollable the kind of result that was asked for, {@link ResultSet#TYPE_FORWARD_ONLY} or other
 */
record Statement(String text, int scrollable, List<Parameter> parameters) {
    /** One value with the way in which it was set. */
    sealed interface Parameter {
        void set(Connection connection, PreparedStatement statement, int at) throws SQLException;

        record Value(@Nullable Object value) implements Parameter {
            @Override
            public void set(Connection connection, PreparedStatement statement, int at) throws SQLException {
                statement.setObject(at, value);
            }
        }

        record Text(String value) implements Parameter {
            @Override
            public void set(Connection connection, PreparedStatement statement, int at) throws SQLException {
                statement.setString(at, value);
            }
        }

        record Nothing(int type) implements Parameter {
            @Override
            public void set(Connection connection, PreparedStatement statement, int at) throws SQLException {
                statement.setNull(at, type);
            }
        }

        record Elements(String type, List<Object> values) implements Parameter {
            @Override
            public void set(Connection connection, PreparedStatement statement, int at) throws SQLException {
                statement.setArray(at, connection.createArrayOf(type, values.toArray()));
            }
        }
    }

    /** Runs it and goes over its rows, looking at none: nobody can do less. */
    long run(Connection connection) throws SQLException {
        long rows = 0;
        try (PreparedStatement statement = connection.prepareStatement(text, scrollable, ResultSet.CONCUR_READ_ONLY)) {
            for (int i = 0; i < parameters.size(); i++) {
                parameters.get(i).set(connection, statement, i + 1);
            }
            boolean hasRows = statement.execute();
            while (hasRows || statement.getUpdateCount() >= 0) {
                if (hasRows) {
                    try (ResultSet result = statement.getResultSet()) {
                        while (result.next()) {
                            rows++;
                        }
                    }
                }
                hasRows = statement.getMoreResults();
            }
        }
        return rows;
    }
}
