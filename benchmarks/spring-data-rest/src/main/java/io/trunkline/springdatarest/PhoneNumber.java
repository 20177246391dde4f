package io.trunkline.springdatarest;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

/** A number that a line holds or held. */
@Entity
@Table(name = "phone_numbers")
@IdClass(PhoneNumber.Key.class)
@SuppressWarnings("NullAway.Init")
public class PhoneNumber {
    @Id
    private String msisdn;

    @Id
    private Instant heldFrom;

    @TenantId
    private UUID organizationId;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "subscription_id")
    private Subscription subscription;

    @Column(name = "is_primary")
    private boolean primary;

    private String country;

    private @Nullable Instant heldTo;

    public String getMsisdn() {
        return msisdn;
    }

    public Instant getHeldFrom() {
        return heldFrom;
    }

    public UUID getOrganizationId() {
        return organizationId;
    }

    public Subscription getSubscription() {
        return subscription;
    }

    public boolean isPrimary() {
        return primary;
    }

    public String getCountry() {
        return country;
    }

    public @Nullable Instant getHeldTo() {
        return heldTo;
    }

    /** What names one within an organization. */
    public record Key(String msisdn, Instant heldFrom) {}
}
