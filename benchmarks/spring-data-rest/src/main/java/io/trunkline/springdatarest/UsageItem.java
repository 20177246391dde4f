package io.trunkline.springdatarest;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

/** A call, a message, a data session. */
@Entity
@Table(name = "usage_items")
@SuppressWarnings("NullAway.Init")
public class UsageItem {
    @Id
    private UUID id;

    @TenantId
    private UUID organizationId;

    private Instant startedAt;

    private Instant endedAt;

    private Instant processedAt;

    private long quantity;

    private long chargedQuantity;

    private long costMicros;

    private @Nullable Long ownMsisdn;

    private @Nullable Long otherMsisdn;

    private UUID subscriptionId;

    private UUID subscriberId;

    private UUID accountId;

    private UUID productId;

    private String type;

    private String direction;

    private String costType;

    private @Nullable String technology;

    private boolean roaming;

    @Column(name = "is_recorded")
    private boolean recorded;

    private String currency;

    private @Nullable String locationCountry;

    private @Nullable String otherAddress;

    public UUID getId() {
        return id;
    }

    public UUID getOrganizationId() {
        return organizationId;
    }

    public Instant getStartedAt() {
        return startedAt;
    }

    public Instant getEndedAt() {
        return endedAt;
    }

    public Instant getProcessedAt() {
        return processedAt;
    }

    public long getQuantity() {
        return quantity;
    }

    public long getChargedQuantity() {
        return chargedQuantity;
    }

    public long getCostMicros() {
        return costMicros;
    }

    public @Nullable Long getOwnMsisdn() {
        return ownMsisdn;
    }

    public @Nullable Long getOtherMsisdn() {
        return otherMsisdn;
    }

    public UUID getSubscriptionId() {
        return subscriptionId;
    }

    public UUID getSubscriberId() {
        return subscriberId;
    }

    public UUID getAccountId() {
        return accountId;
    }

    public UUID getProductId() {
        return productId;
    }

    public String getType() {
        return type;
    }

    public String getDirection() {
        return direction;
    }

    public String getCostType() {
        return costType;
    }

    public @Nullable String getTechnology() {
        return technology;
    }

    public boolean isRoaming() {
        return roaming;
    }

    public boolean isRecorded() {
        return recorded;
    }

    public String getCurrency() {
        return currency;
    }

    public @Nullable String getLocationCountry() {
        return locationCountry;
    }

    public @Nullable String getOtherAddress() {
        return otherAddress;
    }
}
