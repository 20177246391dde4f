package io.trunkline.database;

import java.sql.SQLException;

/** Reads one row of a result. */
@FunctionalInterface
public interface RowReader<T> {
    T read(Row row) throws SQLException;
}
