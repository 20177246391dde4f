package io.trunkline.database;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a list is ordered by. No two rows of it are alike in that.
 *
 * @param columns as a query names them
 * @param values a key's values, in the order of the columns
 * @param reader a row's key
 */
public record Order(
        List<String> columns,
        boolean descending,
        Function<Slice.Key, @Nullable Object[]> values,
        RowReader<Slice.Key> reader) {

    /** By id alone: ids rise with the time at which they were made. */
    public static Order byId(String column, boolean descending) {
        String label = label(column);
        return new Order(
                List.of(column),
                descending,
                key -> new @Nullable Object[] {key.id()},
                row -> new Slice.Key(0, row.uuid(label)));
    }

    /** By a time, then by id. */
    public static Order byTime(String time, String id, boolean descending) {
        String timeLabel = label(time);
        String idLabel = label(id);
        return new Order(
                List.of(time, id),
                descending,
                key -> new @Nullable Object[] {Instant.EPOCH.plus(key.rank(), ChronoUnit.MICROS), key.id()},
                row -> new Slice.Key(
                        ChronoUnit.MICROS.between(Instant.EPOCH, row.instant(timeLabel)), row.uuid(idLabel)));
    }

    /** By a number, then by id, rising. */
    public static Order byNumber(String number, String id) {
        String numberLabel = label(number);
        String idLabel = label(id);
        return new Order(
                List.of(number, id),
                false,
                key -> new @Nullable Object[] {key.rank(), key.id()},
                row -> new Slice.Key(row.longInteger(numberLabel), row.uuid(idLabel)));
    }

    /** By an id, then by a number, rising. */
    public static Order byIdAndNumber(String id, String number) {
        String idLabel = label(id);
        String numberLabel = label(number);
        return new Order(
                List.of(id, number),
                false,
                key -> new @Nullable Object[] {key.id(), key.rank()},
                row -> new Slice.Key(row.longInteger(numberLabel), row.uuid(idLabel)));
    }

    /** {@code ORDER BY …}, in the direction of reading. */
    public String clause(boolean backward) {
        String direction = descending == backward ? " ASC" : " DESC";
        return columns.stream().map(column -> column + direction).collect(Collectors.joining(", ", "ORDER BY ", ""));
    }

    /**
     * Adds that a row comes after the place in the direction of reading. Of two columns the first one is also compared
     * by itself: PostgreSQL passes over partitions by that, and not by a comparison of both.
     */
    Select after(Select select, Slice.From place) {
        String comparison = descending == place.backward() ? " >" : " <";
        @Nullable Object[] key = values.apply(place.key());
        if (columns.size() > 1) {
            select.and(columns.getFirst() + comparison + "= ?", key[0]);
        }
        return select.and(
                columns.stream().collect(Collectors.joining(", ", "(", ")"))
                        + comparison
                        + (place.inclusive() ? "= " : " ")
                        + columns.stream().map(_ -> "?").collect(Collectors.joining(", ", "(", ")")),
                key);
    }

    /** As a result names the column. */
    private static String label(String column) {
        return column.substring(column.lastIndexOf('.') + 1);
    }
}
