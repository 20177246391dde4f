package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A business account: a branch or department of an organization. */
public record AccountId(UUID value) implements Id {
    public static final String PREFIX = "acc_";

    public static AccountId create(Instant at) {
        return new AccountId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^acc_[0-9A-Z]{26}$}. */
    public static Optional<AccountId> parse(String text) {
        return Id.parse(PREFIX, text).map(AccountId::new);
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
