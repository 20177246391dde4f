package io.trunkline.springdatarest;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

/** A line, with all that a reader of one wants to see. */
@Entity
@Table(name = "subscriptions")
@SuppressWarnings("NullAway.Init")
public class Subscription {
    @Id
    private UUID id;

    @TenantId
    private UUID organizationId;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "account_id")
    private Account account;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "subscriber_id")
    private Subscriber subscriber;

    private String status;

    private Instant createdAt;

    private @Nullable Instant terminatedAt;

    @OneToMany(mappedBy = "subscription")
    @SQLRestriction("held_to IS NULL")
    private List<SimProfile> simProfiles;

    @OneToMany(mappedBy = "subscription")
    @SQLRestriction("held_to IS NULL")
    private List<PhoneNumber> phoneNumbers;

    @OneToMany(mappedBy = "subscription")
    private List<ServiceOfLine> services;

    public UUID getId() {
        return id;
    }

    public UUID getOrganizationId() {
        return organizationId;
    }

    public Account getAccount() {
        return account;
    }

    public Subscriber getSubscriber() {
        return subscriber;
    }

    public String getStatus() {
        return status;
    }

    public Instant getCreatedAt() {
        return createdAt;
    }

    public @Nullable Instant getTerminatedAt() {
        return terminatedAt;
    }

    public List<SimProfile> getSimProfiles() {
        return simProfiles;
    }

    public List<PhoneNumber> getPhoneNumbers() {
        return phoneNumbers;
    }

    public List<ServiceOfLine> getServices() {
        return services;
    }
}
