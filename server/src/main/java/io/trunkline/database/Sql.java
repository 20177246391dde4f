package io.trunkline.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements. Stores are handed one and do not know whether it stands for one statement or a transaction.
 *
 * <p>Parameters are positional ({@code ?}); besides JDBC's types an {@code Id}, an {@code Instant}, an array or list of
 * texts, integers or UUIDs, and null may be given.
 */
public interface Sql {
    default <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return scan(
                sql,
                result -> {
                    var rows = new ArrayList<T>();
                    while (result.next()) {
                        rows.add(reader.read(result.row()));
                    }
                    return rows;
                },
                parameters);
    }

    /**
     * Reads one row or none.
     *
     * @throws IllegalStateException when there is a second row
     */
    default <T> Optional<T> one(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        List<T> rows = list(sql, reader, parameters);
        if (rows.size() > 1) {
            throw new IllegalStateException("one row expected, found " + rows.size() + " by: " + sql);
        }
        return rows.stream().findFirst();
    }

    /** Reads the rows while the statement is open, in both directions, without keeping any. */
    <T> T scan(String sql, Result.Reader<T> reader, @Nullable Object... parameters);

    /** The number of rows changed. */
    int update(String sql, @Nullable Object... parameters);

    /**
     * Changes rows without an answer: in a transaction this goes with the next statement that has one, or at its end.
     *
     * @param changed is told how many rows were changed once that is known; what it throws ends the transaction
     */
    default void write(IntConsumer changed, String sql, @Nullable Object... parameters) {
        changed.accept(update(sql, parameters));
    }

    /** The same where it does not matter how many rows are changed. */
    default void write(String sql, @Nullable Object... parameters) {
        write(_ -> {}, sql, parameters);
    }

    /** The same statement for many rows, sent together. */
    void updateAll(String sql, List<@Nullable Object[]> rows);

    /**
     * Sends rows by COPY; as the owner only, since COPY into a table under a policy is refused.
     *
     * @param table the table with its columns, e.g. {@code usage_items (organization_id, id)}
     */
    void copy(String table, CopyRows rows);
}
