package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;

/**
 * The limit of orders: as many rows inserted, updated and deleted in copies of the same tables with the same indexes,
 * and as many commits, by plain JDBC. Copies have no foreign keys and no policies; rows are found by where they lie,
 * which no index is faster than; and nothing is read, decided, sealed or sent.
 */
final class WriteLoop implements AutoCloseable {
    private static final String SCHEMA = "bench_limit";
    private static final String WORK = "order_work";
    private static final double NANOS_PER_SECOND = 1e9;
    /** What is done is deleted, so that rows of this table have to be made again of their orders. */
    private static final String MADE_WORK = """
            INSERT INTO %1$s.made_order_work (organization_id, order_id, subscription_id, step, neighbour, attempt,
                in_doubt, due_at, deadline)
            SELECT organization_id, id, subscription_id, 'reserve', 'none', 0, false, created_at,
                created_at + interval '15 minutes'
            FROM (SELECT * FROM orders ORDER BY id DESC LIMIT ?) o""";
    /** Updates for which an index has to be touched, as the product's are. */
    private static final Map<String, String> MOVING = Map.of(
            "orders",
            "status = CASE status WHEN 'pending' THEN 'completed' ELSE 'pending' END",
            "subscriptions",
            "status = CASE status WHEN 'pending' THEN 'active' ELSE 'pending' END",
            WORK,
            "due_at = due_at + interval '1 second'",
            "profile_stock",
            "order_id = gen_random_uuid()",
            "number_stock",
            "order_id = gen_random_uuid()");

    private final Connections connections;
    private final Database database;
    private final RowWrites perOrder;

    WriteLoop(Connections connections, RowWrites perOrder) {
        this.connections = connections;
        this.database = connections.database();
        this.perOrder = perOrder;
        drop();
        database.owner().update("CREATE SCHEMA " + SCHEMA);
        for (RowWrites.Table table : perOrder.tables()) {
            copyOf(table.name(), table.name());
        }
        copyOf(WORK, "made_" + WORK);
    }

    private void copyOf(String table, String name) {
        database.owner()
                .update("CREATE TABLE %s.%s (LIKE %s.%s INCLUDING ALL EXCLUDING GENERATED)"
                        .formatted(SCHEMA, name, Connections.SCHEMA, table));
    }

    private void drop() {
        database.owner().update("DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE");
    }

    @Override
    public void close() {
        drop();
    }

    /** The rows that are written of one table. */
    private record Rows(RowWrites.Table table, List<String> sources, List<String> there) {}

    /** Writes what so many orders write, and says how many orders a second that makes. */
    double run(int orders, double commitsPerOrder) {
        var rows = new ArrayList<Rows>();
        database.owner().update("TRUNCATE %s.made_%s".formatted(SCHEMA, WORK));
        database.owner().update(MADE_WORK.formatted(SCHEMA), orders);
        for (RowWrites.Table table : perOrder.tables()) {
            database.owner().update("TRUNCATE %s.%s".formatted(SCHEMA, table.name()));
            rows.add(rows(table, orders));
        }
        int threads = connections.owner().getMaximumPoolSize();
        var running = new ArrayList<FutureTask<Boolean>>();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            int first = i;
            var task = new FutureTask<>(() -> {
                write(rows, first, threads, orders, commitsPerOrder);
                return true;
            });
            running.add(task);
            Thread.ofPlatform().name("writes-" + i).daemon().start(task);
        }
        running.forEach(Await::result);
        return orders / ((System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    /** Rows to insert, the newest that the product has written; and rows that are there to be updated. */
    private Rows rows(RowWrites.Table table, int orders) {
        String from = table.name().equals(WORK) ? SCHEMA + ".made_" + WORK : Connections.SCHEMA + "." + table.name();
        int inserted = (int) Math.ceil(table.inserted() * orders);
        List<String> sources =
                places("SELECT ctid::text AS place FROM " + from + " ORDER BY ctid DESC LIMIT " + inserted);
        boolean ofStock = table.inserted() < table.updated() && inserted < orders;
        // What is free belongs to no order, and cannot be given to another one.
        String givenOut = table.name().endsWith("_stock") ? "state = 'free', " : "";
        List<String> there = ofStock
                ? places("INSERT INTO %s.%s SELECT * FROM %s ORDER BY %sctid LIMIT %d RETURNING ctid::text AS place"
                        .formatted(SCHEMA, table.name(), from, givenOut, orders))
                : List.of();
        return new Rows(table, sources, there);
    }

    private List<String> places(String sql) {
        return database.owner().list(sql, row -> row.text("place"));
    }

    private void write(List<Rows> all, int first, int step, int orders, double commitsPerOrder) throws SQLException {
        try (Connection connection = connections.owner().getConnection()) {
            connection.setAutoCommit(false);
            var writer = new Writer(
                    connection, all, commitsPerOrder / (perOrder.inserted() + perOrder.updated() + perOrder.deleted()));
            for (int order = first; order < orders; order += step) {
                writer.order(order);
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** Writes on one connection. */
    private static final class Writer {
        private final Connection connection;
        private final List<Rows> all;
        private final double commitsPerWrite;
        private final Map<String, Deque<String>> written = new HashMap<>();
        private final Map<String, PreparedStatement> statements = new LinkedHashMap<>();
        private double due;

        Writer(Connection connection, List<Rows> all, double commitsPerWrite) {
            this.connection = connection;
            this.all = all;
            this.commitsPerWrite = commitsPerWrite;
        }

        /** As many writes of each kind as an order has, in fractions over many orders. */
        void order(int order) throws SQLException {
            for (Rows rows : all) {
                insert(rows, order);
            }
            for (Rows rows : all) {
                update(rows, order);
            }
            for (Rows rows : all) {
                delete(rows, order);
            }
            written.clear();
        }

        private static int share(double each, int order) {
            return (int) (Math.floor((order + 1) * each) - Math.floor(order * each));
        }

        private Deque<String> written(Rows rows) {
            return written.computeIfAbsent(rows.table().name(), _ -> new ArrayDeque<>());
        }

        private void insert(Rows rows, int order) throws SQLException {
            String table = rows.table().name();
            String from = table.equals(WORK) ? SCHEMA + ".made_" + WORK : Connections.SCHEMA + "." + table;
            int at = (int) Math.floor(order * rows.table().inserted());
            for (int i = share(rows.table().inserted(), order);
                    i > 0 && at < rows.sources().size();
                    i--) {
                written(rows)
                        .add(run(
                                "INSERT INTO " + SCHEMA + "." + table + " SELECT * FROM " + from
                                        + " WHERE ctid = ?::tid RETURNING ctid::text",
                                rows.sources().get(at++)));
            }
            if (rows.there().size() > order) {
                written(rows).add(rows.there().get(order));
            }
        }

        private void update(Rows rows, int order) throws SQLException {
            RowWrites.Table table = rows.table();
            int moving = share(table.updated() - table.inPlace(), order);
            for (int i = share(table.updated(), order); i > 0 && !written(rows).isEmpty(); i--) {
                String change = i <= moving ? MOVING.getOrDefault(table.name(), "") : "";
                String set = change.isEmpty() ? inPlace(table.name()) : change;
                written(rows)
                        .add(run(
                                "UPDATE " + SCHEMA + "." + table.name() + " SET " + set
                                        + " WHERE ctid = ?::tid RETURNING ctid::text",
                                written(rows).removeFirst()));
            }
        }

        private static String inPlace(String table) {
            return table.endsWith("_stock") ? "changed_at = changed_at" : "organization_id = organization_id";
        }

        private void delete(Rows rows, int order) throws SQLException {
            for (int i = share(rows.table().deleted(), order);
                    i > 0 && !written(rows).isEmpty();
                    i--) {
                run(
                        "DELETE FROM " + SCHEMA + "." + rows.table().name() + " WHERE ctid = ?::tid RETURNING ''",
                        written(rows).removeFirst());
            }
        }

        /** Where the row lies now. */
        private String run(String sql, String place) throws SQLException {
            PreparedStatement statement = statements.get(sql);
            if (statement == null) {
                statement = connection.prepareStatement(sql);
                statements.put(sql, statement);
            }
            statement.setString(1, place);
            String now;
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    throw new IllegalStateException("no row was written by " + sql);
                }
                now = result.getString(1);
            }
            due += commitsPerWrite;
            if (due >= 1) {
                due -= 1;
                connection.commit();
            }
            return now;
        }
    }
}
