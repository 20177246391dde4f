package io.trunkline.database;

import io.trunkline.ids.OrganizationId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows for tables that nobody has told us of: values by the type of each column. Rules of values and references are
 * dropped first, since they are not what is tested; keys, defaults and policies stay.
 */
final class GenericRows {
    private static final String RULES = """
            SELECT conname FROM pg_constraint
            WHERE conrelid = 'trunkline.%s'::regclass AND contype IN ('c', 'f')""";
    private static final List<String> ACROSS = new ArrayList<>();

    private GenericRows() {}

    /** The foreign keys, found before they were dropped, that join two tenant tables by less than the organization. */
    static List<String> foreignKeysAcrossOrganizations() {
        return List.copyOf(ACROSS);
    }

    /** Empties the table of its rules and rows, and gives it one row of each organization. */
    static void forget(Connection owner, String table, List<OrganizationId> organizations) throws SQLException {
        noteForeignKeys(owner, table);
        try (Statement statement = owner.createStatement()) {
            for (String constraint : OwnDatabase.texts(owner, RULES.formatted(table))) {
                statement.execute("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + constraint + " CASCADE");
            }
            statement.execute("DELETE FROM " + table);
            statement.execute(withDefaultPartition(table));
            List<String> columns = columns(owner, table);
            for (OrganizationId organization : organizations) {
                statement.execute("INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                        + values(owner, table, columns, "'" + organization.value() + "'") + ")");
                if (columns.contains("single")) {
                    // A table of one row.
                    return;
                }
            }
        }
    }

    private static void noteForeignKeys(Connection owner, String table) throws SQLException {
        ACROSS.addAll(OwnDatabase.texts(owner, """
                SELECT f.conname FROM pg_constraint f
                JOIN pg_constraint mine ON mine.conrelid = f.conrelid AND mine.contype = 'p'
                JOIN pg_constraint theirs ON theirs.conrelid = f.confrelid AND theirs.contype = 'p'
                JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
                JOIN pg_attribute m ON m.attrelid = f.conrelid AND m.attnum = mine.conkey[1]
                JOIN pg_attribute t ON t.attrelid = f.confrelid AND t.attnum = theirs.conkey[1]
                WHERE f.contype = 'f' AND f.conrelid = 'trunkline.%s'::regclass AND m.attname = 'organization_id'
                    AND t.attname = 'organization_id' AND a.attname <> 'organization_id'""".formatted(table)));
    }

    /** Rows of any time fit into a partitioned table. */
    private static String withDefaultPartition(String table) {
        return """
                DO $$ BEGIN
                    IF EXISTS (SELECT FROM pg_partitioned_table
                               WHERE partrelid = 'trunkline.%1$s'::regclass AND partdefid = 0) THEN
                        CREATE TABLE %1$s_default PARTITION OF %1$s DEFAULT;
                    END IF;
                END $$""".formatted(table);
    }

    /** An INSERT of one more row; its parameter is the organization. */
    static String copy(OwnDatabase own, String table) throws SQLException {
        try (Connection owner = own.owner()) {
            List<String> columns = columns(owner, table);
            return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                    + values(owner, table, columns, "?::uuid") + ")";
        }
    }

    private static List<String> columns(Connection owner, String table) throws SQLException {
        return OwnDatabase.texts(owner, """
                SELECT quote_ident(attname) FROM pg_attribute
                WHERE attrelid = 'trunkline.%s'::regclass AND attnum > 0 AND NOT attisdropped
                    AND attgenerated = '' AND attidentity = ''
                ORDER BY attnum""".formatted(table));
    }

    private static String values(Connection owner, String table, List<String> columns, String organization)
            throws SQLException {
        try (Statement statement = owner.createStatement();
                ResultSet nothing = statement.executeQuery(
                        "SELECT " + String.join(", ", columns) + " FROM " + table + " LIMIT 0")) {
            var values = new ArrayList<String>();
            for (int i = 1; i <= columns.size(); i++) {
                values.add(
                        columns.get(i - 1).equals("organization_id")
                                ? organization
                                : value(nothing.getMetaData().getColumnTypeName(i)));
            }
            return values.stream().collect(Collectors.joining(", "));
        }
    }

    private static String value(String type) {
        return switch (type) {
            case "uuid" -> "gen_random_uuid()";
            case "text", "varchar" -> "gen_random_uuid()::text";
            case "int2", "int4", "int8", "numeric" -> "1";
            case "char" -> "'x'";
            case "bool" -> "true";
            case "timestamptz" -> "now()";
            case "date" -> "current_date";
            case "interval" -> "interval '1 second'";
            case "bytea" -> "'\\x00'::bytea";
            case "jsonb", "json" -> "'{}'::jsonb";
            default -> {
                if (type.startsWith("_")) {
                    yield "'{}'";
                }
                throw new AssertionError("no value is known for columns of type " + type + ": add one here");
            }
        };
    }
}
