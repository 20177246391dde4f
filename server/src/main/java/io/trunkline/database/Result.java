package io.trunkline.database;

import java.sql.ResultSet;
import java.sql.SQLException;

/** The rows of a statement while it is open. */
public final class Result {
    private final ResultSet result;
    private final Row row;

    Result(ResultSet result) {
        this.result = result;
        this.row = new Row(result);
    }

    public boolean next() throws SQLException {
        return result.next();
    }

    public boolean previous() throws SQLException {
        return result.previous();
    }

    /** To the row of this number, from 1; the one after the last is allowed. */
    void goTo(int number) throws SQLException {
        boolean _ = result.absolute(number);
    }

    /** The current row: the same object for all of them. */
    public Row row() {
        return row;
    }

    /** What to do with a result. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Result result) throws SQLException;
    }
}
