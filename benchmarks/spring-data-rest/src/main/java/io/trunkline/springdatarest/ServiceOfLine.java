package io.trunkline.springdatarest;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.TenantId;

/** A service of a line. */
@Entity
@Table(name = "subscription_services")
@IdClass(ServiceOfLine.Key.class)
@SuppressWarnings("NullAway.Init")
public class ServiceOfLine {
    @Id
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "subscription_id")
    private Subscription subscription;

    @Id
    private String type;

    @TenantId
    private UUID organizationId;

    private boolean enabled;

    public Subscription getSubscription() {
        return subscription;
    }

    public String getType() {
        return type;
    }

    public UUID getOrganizationId() {
        return organizationId;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /** What names one within an organization. */
    public record Key(UUID subscription, String type) {}
}
