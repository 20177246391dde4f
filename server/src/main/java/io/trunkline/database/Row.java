package io.trunkline.database;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a result, read by column name. The plain readers expect a value: a null there is a defect and says
 * which column; where null is meant, the name ends in {@code OrNull}.
 */
public final class Row {
    private final ResultSet result;

    Row(ResultSet result) {
        this.result = result;
    }

    public String text(String column) throws SQLException {
        return expected(column, result.getString(column));
    }

    public @Nullable String textOrNull(String column) throws SQLException {
        return result.getString(column);
    }

    public UUID uuid(String column) throws SQLException {
        return expected(column, result.getObject(column, UUID.class));
    }

    public @Nullable UUID uuidOrNull(String column) throws SQLException {
        return result.getObject(column, UUID.class);
    }

    public int integer(String column) throws SQLException {
        return result.getInt(column);
    }

    public long longInteger(String column) throws SQLException {
        return result.getLong(column);
    }

    public @Nullable Long longOrNull(String column) throws SQLException {
        long value = result.getLong(column);
        return result.wasNull() ? null : value;
    }

    /** Of a column of type {@code "char"}. */
    public char letter(String column) throws SQLException {
        return text(column).charAt(0);
    }

    /** Of a column of type {@code uuid[]}. */
    public List<UUID> uuids(String column) throws SQLException {
        Array array = expected(column, result.getArray(column));
        return List.of((UUID[]) array.getArray());
    }

    public boolean bool(String column) throws SQLException {
        return result.getBoolean(column);
    }

    public byte[] bytes(String column) throws SQLException {
        return expected(column, result.getBytes(column));
    }

    public byte @Nullable [] bytesOrNull(String column) throws SQLException {
        return result.getBytes(column);
    }

    public Instant instant(String column) throws SQLException {
        return expected(column, instantOrNull(column));
    }

    public @Nullable Instant instantOrNull(String column) throws SQLException {
        return Optional.ofNullable(result.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant)
                .orElse(null);
    }

    public List<String> texts(String column) throws SQLException {
        Array array = expected(column, result.getArray(column));
        return List.of((String[]) array.getArray());
    }

    private static <T> T expected(String column, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null where a value is expected");
        }
        return value;
    }
}
