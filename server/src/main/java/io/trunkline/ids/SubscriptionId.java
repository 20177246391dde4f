package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A subscription. */
public record SubscriptionId(UUID value) implements Id {
    public static final String PREFIX = "sub_";

    public static SubscriptionId create(Instant at) {
        return new SubscriptionId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^sub_[0-9A-Z]{26}$}. */
    public static Optional<SubscriptionId> parse(String text) {
        return Id.parse(PREFIX, text).map(SubscriptionId::new);
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
