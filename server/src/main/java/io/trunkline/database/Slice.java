package io.trunkline.database;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which rows of an ordered list to read: so many, from the start or from a place between two rows. By key, never by
 * number: page N costs what page 1 costs, and rows inserted meanwhile shift nothing.
 *
 * @param limit most rows of the answer; one more is read to see whether the list goes on
 */
public record Slice(int limit, Optional<From> from) {
    /**
     * A place: just after this row in the direction of reading.
     *
     * @param backward reading towards the start of the list
     */
    public record From(boolean backward, UUID row) {}

    /**
     * What was read, in the order of the list.
     *
     * @param hasNext whether rows follow
     * @param hasPrevious whether rows precede
     */
    public record Rows<T>(List<T> rows, boolean hasNext, boolean hasPrevious) {}

    private boolean backward() {
        return from.isPresent() && from.get().backward();
    }

    /** Completes a query, runs it and puts its rows into the order of the list. */
    public <T> Rows<T> read(Sql sql, Select select, String key, boolean descending, RowReader<T> reader) {
        from.ifPresent(place -> select.and(key + (descending == place.backward() ? " > ?" : " < ?"), place.row()));
        String direction = descending == backward() ? " ASC" : " DESC";
        select.then("ORDER BY " + key + direction + " LIMIT ?", limit + 1);
        List<T> rows = sql.list(select.text(), reader, select.parameters());
        boolean more = rows.size() > limit;
        List<T> kept = more ? rows.subList(0, limit) : rows;
        if (backward()) {
            return new Rows<>(kept.reversed(), !kept.isEmpty(), more);
        }
        return new Rows<>(kept, more, from.isPresent() && !kept.isEmpty());
    }
}
