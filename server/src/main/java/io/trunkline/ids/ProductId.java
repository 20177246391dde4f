package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A product: an offering that a subscription holds or held. */
public record ProductId(UUID value) implements Id {
    public static final String PREFIX = "prod_";

    public static ProductId create(Instant at) {
        return new ProductId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^prod_[0-9A-Z]{26}$}. */
    public static Optional<ProductId> parse(String text) {
        return Id.parse(PREFIX, text).map(ProductId::new);
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
