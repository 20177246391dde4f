package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Usage as a file. */
public record ExportId(UUID value) implements Id {
    public static final String PREFIX = "uexp_";

    public static ExportId create(Instant at) {
        return new ExportId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^uexp_[0-9A-Z]{26}$}. */
    public static Optional<ExportId> parse(String text) {
        return Id.parse(PREFIX, text).map(ExportId::new);
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
