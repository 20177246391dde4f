package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** An order. */
public record OrderId(UUID value) implements Id {
    public static final String PREFIX = "order_";

    public static OrderId create(Instant at) {
        return new OrderId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^order_[0-9A-Z]{26}$}. */
    public static Optional<OrderId> parse(String text) {
        return Id.parse(PREFIX, text).map(OrderId::new);
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
