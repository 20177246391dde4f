package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Orders that were sent together. */
public record BatchId(UUID value) implements Id {
    public static final String PREFIX = "batch_";

    public static BatchId create(Instant at) {
        return new BatchId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^batch_[0-9A-Z]{26}$}. */
    public static Optional<BatchId> parse(String text) {
        return Id.parse(PREFIX, text).map(BatchId::new);
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
