package io.trunkline.ids;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** An organization: the operator's enterprise customer, and the tenant of every row. */
public record OrganizationId(UUID value) implements Id {
    public static final String PREFIX = "org_";

    public static OrganizationId create(Instant at) {
        return new OrganizationId(Id.newValue(at));
    }

    /** Empty where the text does not match {@code ^org_[0-9A-Z]{26}$}. */
    public static Optional<OrganizationId> parse(String text) {
        return Id.parse(PREFIX, text).map(OrganizationId::new);
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
