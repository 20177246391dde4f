package io.trunkline.ids;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A usage item. Its time, to the millisecond, is that at which the usage started: by the id alone it is known in which
 * month the item lies.
 */
public record UsageItemId(UUID value) implements Id {
    public static final String PREFIX = "uitem_";

    /** How many bytes of an id tell items apart that started in the same millisecond. */
    public static final int TAIL_BYTES = 10;

    private static final int TIME_SHIFT = 16;

    /**
     * The id that an item gets each time it is made of the same record.
     *
     * @param tail {@value #TAIL_BYTES} bytes, e.g. of a hash of the record's source, its id and the item's place in it
     */
    public static UsageItemId of(Instant startedAt, byte[] tail) {
        if (tail.length != TAIL_BYTES) {
            throw new IllegalArgumentException("expected " + TAIL_BYTES + " bytes, not " + tail.length);
        }
        ByteBuffer rest = ByteBuffer.wrap(tail);
        long high = startedAt.toEpochMilli() << TIME_SHIFT | Short.toUnsignedLong(rest.getShort());
        return new UsageItemId(new UUID(high, rest.getLong()));
    }

    /** Empty where the text does not match {@code ^uitem_[0-9A-Z]{26}$}. */
    public static Optional<UsageItemId> parse(String text) {
        return Id.parse(PREFIX, text).map(UsageItemId::new);
    }

    /** When the usage started. */
    public Instant startedAt() {
        return Instant.ofEpochMilli(value.getMostSignificantBits() >>> TIME_SHIFT);
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public String toString() {
        return text();
    }
}
