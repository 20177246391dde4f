package io.trunkline.box.load;

import io.trunkline.database.Sql;
import java.util.ArrayList;
import java.util.List;

/**
 * Empty tables without keys and indexes, which get them back when they are full: sorting once is many times as fast as
 * finding each row its place. All in one transaction, so that nobody ever sees a table without its keys.
 */
final class BareTables {
    /** Foreign keys from and to the tables first, primary keys next, then what is left. */
    private static final String CONSTRAINTS = """
            SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
                pg_get_constraintdef(oid) AS definition
            FROM pg_constraint
            WHERE contype::text = ANY (?) AND conparentid = 0
                AND (conrelid::regclass::text = ANY (?) OR confrelid::regclass::text = ANY (?))
            ORDER BY oid""";

    private static final String INDEXES = """
            SELECT indrelid::regclass::text AS table, indexrelid::regclass::text AS name,
                pg_get_indexdef(indexrelid) AS definition
            FROM pg_index i WHERE indrelid::regclass::text = ANY (?)
                AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
            ORDER BY indexrelid""";

    private final Sql sql;
    private final List<Definition> keys;
    private final List<Definition> indexes;
    private final List<Definition> references;

    private BareTables(Sql sql, String... tables) {
        this.sql = sql;
        this.references = constraints(tables, "f");
        this.keys = constraints(tables, "p", "u");
        this.indexes = sql.list(
                INDEXES, row -> new Definition(row.text("table"), row.text("name"), row.text("definition")), (Object)
                        tables);
    }

    private record Definition(String table, String name, String text) {}

    private List<Definition> constraints(String[] tables, String... types) {
        return sql.list(
                CONSTRAINTS,
                row -> new Definition(row.text("table"), row.text("name"), row.text("definition")),
                types,
                tables,
                tables);
    }

    /** Takes keys and indexes from tables that have no rows. */
    static BareTables strip(Sql sql, String... tables) {
        var bare = new BareTables(sql, tables);
        var drops = new ArrayList<Definition>(bare.references);
        // A unique constraint is not referred to any more; that of another table that refers here is none of ours.
        drops.addAll(bare.keys);
        drops.forEach(key -> sql.update("ALTER TABLE " + key.table() + " DROP CONSTRAINT " + key.name()));
        bare.indexes.forEach(index -> sql.update("DROP INDEX " + index.name()));
        // What is copied into a table that was emptied in the same transaction can be written as old rows are.
        sql.update("TRUNCATE " + String.join(", ", tables));
        return bare;
    }

    /** Gives everything back. */
    void restore(Progress progress) {
        sql.list("SELECT set_config('maintenance_work_mem', '256MB', true) AS set", _ -> true);
        for (Definition key : keys) {
            add(key);
            progress.step("key of " + key.table());
        }
        for (Definition index : indexes) {
            sql.update(index.text());
            progress.step("index " + index.name());
        }
        references.forEach(this::add);
        progress.step(references.size() + " foreign keys checked");
    }

    private void add(Definition constraint) {
        sql.update(
                "ALTER TABLE " + constraint.table() + " ADD CONSTRAINT " + constraint.name() + " " + constraint.text());
    }
}
