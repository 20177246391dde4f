package io.trunkline.database;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * Rows in PostgreSQL's binary COPY format (documentation of COPY, "Binary Format"): nothing is escaped or parsed. Each
 * row begins with {@link #row}; then its values follow, as many as the table's list of columns has, of exactly their
 * types.
 */
public final class CopyRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final int UUID_BYTES = 2 * Long.BYTES;
    /** The type of uuid in the catalog of every PostgreSQL. */
    private static final int UUID_OID = 2950;

    private static final int ARRAY_HEADER_BYTES = 5 * Integer.BYTES;
    private static final short END = -1;
    private static final int NULL = -1;
    private static final int FIRST_BYTES = 1 << 14;
    /** Of a value, with its length. */
    private static final int USUAL_BYTES = 13;

    private static final int SENT_AT_ONCE = 1 << 16;

    private final int columns;
    private ByteBuffer bytes;
    private int rows;
    private boolean frozen;

    public CopyRows(int columns) {
        this(columns, 0);
    }

    /** @param expected how many rows there will be, so that their room need not grow */
    public CopyRows(int columns, int expected) {
        this.columns = columns;
        bytes = ByteBuffer.allocate(Math.max(FIRST_BYTES, expected * columns * USUAL_BYTES));
        bytes.put(SIGNATURE).putInt(0).putInt(0);
    }

    /**
     * For a table that was made or emptied in the same transaction: its rows are written as if they had always been
     * there, and no vacuum has to write them a second time.
     */
    public CopyRows frozen() {
        frozen = true;
        return this;
    }

    String options() {
        return frozen ? "(FORMAT binary, FREEZE)" : "(FORMAT binary)";
    }

    /** How many rows there are. */
    public int size() {
        return rows;
    }

    public CopyRows row() {
        rows++;
        room(Short.BYTES).putShort((short) columns);
        return this;
    }

    public CopyRows uuid(UUID value) {
        room(Integer.BYTES + UUID_BYTES).putInt(UUID_BYTES);
        put(value);
        return this;
    }

    private void put(UUID value) {
        bytes.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }

    /** {@code uuid[]} of one dimension. */
    public CopyRows uuids(Collection<UUID> values) {
        int length = ARRAY_HEADER_BYTES + values.size() * (Integer.BYTES + UUID_BYTES);
        room(Integer.BYTES + length)
                .putInt(length)
                .putInt(1) // dimensions
                .putInt(0) // no nulls
                .putInt(UUID_OID)
                .putInt(values.size())
                .putInt(1); // the first index
        for (UUID value : values) {
            bytes.putInt(UUID_BYTES);
            put(value);
        }
        return this;
    }

    /** {@code bigint}. */
    public CopyRows number(long value) {
        room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
        return this;
    }

    /** {@code bigint} or null. */
    public CopyRows numberOrNull(@Nullable Long value) {
        return value == null ? none() : number(value);
    }

    /** {@code integer}. */
    public CopyRows integer(int value) {
        room(2 * Integer.BYTES).putInt(Integer.BYTES).putInt(value);
        return this;
    }

    /** {@code timestamptz}. */
    public CopyRows time(Instant value) {
        return number(ChronoUnit.MICROS.between(EPOCH, value));
    }

    /** {@code date}. */
    public CopyRows date(LocalDate value) {
        return integer(Math.toIntExact(ChronoUnit.DAYS.between(FIRST_DAY, value)));
    }

    /** {@code "char"}: one ASCII character. */
    public CopyRows letter(char value) {
        room(Integer.BYTES + 1).putInt(1).put((byte) value);
        return this;
    }

    public CopyRows bool(boolean value) {
        room(Integer.BYTES + 1).putInt(1).put((byte) (value ? 1 : 0));
        return this;
    }

    public CopyRows textOrNull(@Nullable String value) {
        if (value == null) {
            return none();
        }
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + text.length).putInt(text.length).put(text);
        return this;
    }

    /** {@code bytea}. */
    public CopyRows bytes(byte[] value) {
        room(Integer.BYTES + value.length).putInt(value.length).put(value);
        return this;
    }

    public CopyRows none() {
        room(Integer.BYTES).putInt(NULL);
        return this;
    }

    private ByteBuffer room(int needed) {
        // The end of the file always has its place.
        if (bytes.remaining() < needed + Short.BYTES) {
            int size = Math.max(bytes.capacity() * 2, bytes.position() + needed + Short.BYTES);
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), size)).position(bytes.position());
        }
        return bytes;
    }

    void writeTo(CopyIn copy) throws SQLException {
        int end = bytes.position();
        bytes.putShort(end, END);
        for (int from = 0; from < end + Short.BYTES; from += SENT_AT_ONCE) {
            copy.writeToCopy(bytes.array(), from, Math.min(SENT_AT_ONCE, end + Short.BYTES - from));
        }
    }
}
