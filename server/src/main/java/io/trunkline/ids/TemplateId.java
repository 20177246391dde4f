package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** An order template. */
public record TemplateId(UUID value) implements Id {
    public static final String PREFIX = "otpl_";

    public static TemplateId create(Instant at) {
        return new TemplateId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^otpl_[0-9A-Z]{26}$}. */
    public static Optional<TemplateId> parse(String text) {
        return Id.parse(PREFIX, text).map(TemplateId::new);
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
