package io.trunkline.database;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of an ordered list to read: so many, from the start or from a place between two rows. By key, never by
 * number: page N costs what page 1 costs, and rows inserted meanwhile shift nothing.
 *
 * @param limit most rows of the answer; one more is read to see whether the list goes on
 */
public record Slice(int limit, Optional<From> from) {
    /**
     * What orders a row among others.
     *
     * @param rank what comes before the id: a time in microseconds, a number; 0 where the id alone orders the list
     */
    public record Key(long rank, UUID id) {}

    /**
     * A place beside a row.
     *
     * @param backward reading towards the start of the list
     * @param inclusive reading from this row on, not from the one after it
     */
    public record From(boolean backward, boolean inclusive, Key key) {}

    /** Where to read on to both sides; empty at an end of the list. */
    public record Ends(Optional<From> next, Optional<From> previous) {}

    /** What was read, in the order of the list. */
    public record Rows<T>(List<T> rows, Ends ends) {
        /** The same place of the list, told in other words. */
        public <U> Rows<U> with(List<U> others) {
            return new Rows<>(others, ends);
        }
    }

    /** What a row is to its page, where a query also answers rows that do not belong to it. */
    public enum Part {
        BELONGS,
        /** It belongs; what follows has not been looked at. */
        BELONGS_AND_ENDS,
        /** It does not belong; what follows has not been looked at. */
        ENDS;

        private boolean belongs() {
            return this != ENDS;
        }

        private boolean ends() {
            return this != BELONGS;
        }
    }

    /** Takes a row while the result is open. */
    @FunctionalInterface
    public interface Sink {
        void accept(Row row) throws SQLException;
    }

    public boolean backward() {
        return from.isPresent() && from.get().backward();
    }

    /** Completes a query, runs it and puts its rows into the order of the list. */
    public <T> Rows<T> read(Sql sql, Select select, String key, boolean descending, RowReader<T> reader) {
        var rows = new ArrayList<T>();
        Ends ends = stream(sql, select, Order.byId(key, descending), row -> rows.add(reader.read(row)));
        return new Rows<>(rows, ends);
    }

    /** Completes a query, runs it and hands over its rows in the order of the list, none of them kept. */
    public Ends stream(Sql sql, Select select, Order order, Sink sink) {
        return walk(sql, placed(select, order), order, _ -> Part.BELONGS, sink);
    }

    /** Adds where to read from. */
    public Select placed(Select select, Order order) {
        from.ifPresent(place -> order.after(select, place));
        return select;
    }

    /**
     * Orders and runs a query that knows where to read from.
     *
     * @param part what a row is to the page: after one that ends it, the page is short and the list goes on there
     */
    public Ends walk(Sql sql, Select select, Order order, RowReader<Part> part, Sink sink) {
        select.then(order.clause(backward()) + " LIMIT ?", limit + 1);
        return sql.scan(
                select.text(),
                result -> {
                    var walk = new Walk(order);
                    while (!walk.over && result.next()) {
                        walk.take(result.row(), part.read(result.row()), sink);
                    }
                    if (backward()) {
                        result.goTo(walk.kept + 1);
                        while (result.previous()) {
                            sink.accept(result.row());
                        }
                    }
                    return walk.ends();
                },
                select.parameters());
    }

    /** Goes over the rows in the direction of reading. */
    private final class Walk {
        private final Order order;
        private int kept;
        private boolean over;
        private @Nullable Key first;
        private @Nullable Key last;
        /** From where to read on; null at the end of the list. */
        private @Nullable Key onward;

        Walk(Order order) {
            this.order = order;
        }

        void take(Row row, Part part, Sink sink) throws SQLException {
            if (part.belongs() && kept == limit) {
                onward = last;
                over = true;
                return;
            }
            if (part.belongs()) {
                last = order.reader().read(row);
                first = kept == 0 ? last : first;
                kept++;
                if (!backward()) {
                    sink.accept(row);
                }
            }
            if (part.ends()) {
                onward = order.reader().read(row);
                over = true;
            }
        }

        Ends ends() {
            Optional<From> on = Optional.ofNullable(onward).map(key -> new From(backward(), false, key));
            // Back from the first row; where there is none, from the place itself, whose row is then on the other side.
            Optional<From> back = from.map(place -> first == null
                    ? new From(!place.backward(), !place.inclusive(), place.key())
                    : new From(!place.backward(), false, first));
            return backward() ? new Ends(back, on) : new Ends(on, back);
        }
    }
}
