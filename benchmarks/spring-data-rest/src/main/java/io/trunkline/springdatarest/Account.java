package io.trunkline.springdatarest;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.TenantId;

/** A customer of an organization. */
@Entity
@Table(name = "accounts")
@SuppressWarnings("NullAway.Init")
public class Account {
    @Id
    private UUID id;

    @TenantId
    private UUID organizationId;

    private String referenceCode;

    private String name;

    private String country;

    private String status;

    private Instant createdAt;

    public UUID getId() {
        return id;
    }

    public UUID getOrganizationId() {
        return organizationId;
    }

    public String getReferenceCode() {
        return referenceCode;
    }

    public String getName() {
        return name;
    }

    public String getCountry() {
        return country;
    }

    public String getStatus() {
        return status;
    }

    public Instant getCreatedAt() {
        return createdAt;
    }
}
