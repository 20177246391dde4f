package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A text to one or more recipients. */
public record SmsId(UUID value) implements Id {
    public static final String PREFIX = "sms_";

    public static SmsId create(Instant at) {
        return new SmsId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^sms_[0-9A-Z]{26}$}. */
    public static Optional<SmsId> parse(String text) {
        return Id.parse(PREFIX, text).map(SmsId::new);
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
