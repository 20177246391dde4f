package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A product offering of the catalog: a plan or an add-on. */
public record OfferingId(UUID value) implements Id {
    public static final String PREFIX = "prodoff_";

    public static OfferingId create(Instant at) {
        return new OfferingId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^prodoff_[0-9A-Z]{26}$}. */
    public static Optional<OfferingId> parse(String text) {
        return Id.parse(PREFIX, text).map(OfferingId::new);
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
