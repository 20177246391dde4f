package io.trunkline.springdatarest;

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

/** A profile that a line holds or held. */
@Entity
@Table(name = "sim_profiles")
@IdClass(SimProfile.Key.class)
@SuppressWarnings("NullAway.Init")
public class SimProfile {
    @Id
    private String iccid;

    @Id
    private Instant heldFrom;

    @TenantId
    private UUID organizationId;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "subscription_id")
    private Subscription subscription;

    private String imsi;

    private @Nullable String eid;

    private String state;

    private @Nullable String smdpAddress;

    private @Nullable Instant heldTo;

    public String getIccid() {
        return iccid;
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

    public String getImsi() {
        return imsi;
    }

    public @Nullable String getEid() {
        return eid;
    }

    public String getState() {
        return state;
    }

    public @Nullable String getSmdpAddress() {
        return smdpAddress;
    }

    public @Nullable Instant getHeldTo() {
        return heldTo;
    }

    /** What names one within an organization. */
    public record Key(String iccid, Instant heldFrom) {}
}
