package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A subscriber: a person. */
public record SubscriberId(UUID value) implements Id {
    public static final String PREFIX = "sbr_";

    public static SubscriberId create(Instant at) {
        return new SubscriberId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^sbr_[0-9A-Z]{26}$}. */
    public static Optional<SubscriberId> parse(String text) {
        return Id.parse(PREFIX, text).map(SubscriberId::new);
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
