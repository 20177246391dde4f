package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many rows of each table were written, as PostgreSQL counts them (pg_stat_user_tables). */
record RowWrites(Map<String, Table> byName) {
    /** Fewer writes than this for an order are not the order's. */
    private static final double LEAST = 0.02;

    /** The simulated network's usage comes in meanwhile: it is no order's. */
    private static final String READ = """
            SELECT relname, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del FROM pg_stat_user_tables
            WHERE schemaname = '%s' AND relname NOT LIKE 'usage%%' ORDER BY relname""".formatted(Connections.SCHEMA);
    /** Only transactions that write have a number. */
    private static final String TRANSACTIONS = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS n";

    /**
     * One table.
     *
     * @param inPlace of the updated rows, those for which no index had to be touched
     */
    record Table(String name, double inserted, double updated, double inPlace, double deleted) {
        private Table since(Table before) {
            return new Table(
                    name,
                    inserted - before.inserted,
                    updated - before.updated,
                    inPlace - before.inPlace,
                    deleted - before.deleted);
        }

        private Table per(long orders) {
            return new Table(name, inserted / orders, updated / orders, inPlace / orders, deleted / orders);
        }

        double all() {
            return inserted + updated + deleted;
        }
    }

    /** All that was ever written. */
    static RowWrites until(Database database) {
        var tables = new LinkedHashMap<String, Table>();
        database.owner()
                .list(
                        READ,
                        row -> new Table(
                                row.text("relname"),
                                row.longInteger("n_tup_ins"),
                                row.longInteger("n_tup_upd"),
                                row.longInteger("n_tup_hot_upd"),
                                row.longInteger("n_tup_del")))
                .forEach(table -> tables.put(table.name(), table));
        return new RowWrites(tables);
    }

    /** How many transactions have written so far. */
    static long transactions(Database database) {
        return database.owner()
                .one(TRANSACTIONS, row -> row.longInteger("n"))
                .orElseThrow(() -> new IllegalStateException("no answer"));
    }

    RowWrites since(RowWrites before) {
        var tables = new LinkedHashMap<String, Table>();
        byName.forEach((name, table) -> tables.put(
                name,
                Optional.ofNullable(before.byName.get(name)).map(table::since).orElse(table)));
        return new RowWrites(tables);
    }

    RowWrites perOrder(long orders) {
        var tables = new LinkedHashMap<String, Table>();
        byName.values().stream()
                .map(table -> table.per(orders))
                .filter(table -> table.all() >= LEAST)
                .forEach(table -> tables.put(table.name(), table));
        return new RowWrites(tables);
    }

    List<Table> tables() {
        return new ArrayList<>(byName.values());
    }

    double inserted() {
        return tables().stream().mapToDouble(Table::inserted).sum();
    }

    double updated() {
        return tables().stream().mapToDouble(Table::updated).sum();
    }

    double deleted() {
        return tables().stream().mapToDouble(Table::deleted).sum();
    }
}
