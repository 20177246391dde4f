package io.trunkline.box;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks into the database of a started Trunkline, past everything of its own. */
final class Books implements AutoCloseable {
    private final Connection connection;

    private Books(Connection connection) {
        this.connection = connection;
    }

    static Books of(BoxProcess box) throws SQLException {
        return new Books(DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + box.read("postgres/port").strip()
                        + "/postgres?currentSchema=trunkline&user=postgres&password="
                        + box.read("postgres/password").strip()));
    }

    /** The first two columns: a word and a number. */
    Map<String, Long> counts(String sql) throws SQLException {
        var counts = new TreeMap<String, Long>();
        for (List<String> row : rows(sql)) {
            counts.merge(row.getFirst(), Long.valueOf(row.get(1)), Long::sum);
        }
        return counts;
    }

    /** All columns as text; {@code null} as the word. */
    List<List<String>> rows(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            var rows = new ArrayList<List<String>>();
            while (row.next()) {
                var texts = new ArrayList<String>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    texts.add(String.valueOf(row.getString(i)));
                }
                rows.add(List.copyOf(texts));
            }
            return rows;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
