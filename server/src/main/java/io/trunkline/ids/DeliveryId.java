package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** One attempt to bring an activation code to a person. */
public record DeliveryId(UUID value) implements Id {
    public static final String PREFIX = "dlv_";

    public static DeliveryId create(Instant at) {
        return new DeliveryId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^dlv_[0-9A-Z]{26}$}. */
    public static Optional<DeliveryId> parse(String text) {
        return Id.parse(PREFIX, text).map(DeliveryId::new);
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
