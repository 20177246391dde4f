package io.trunkline.springdatarest;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

/** A person. */
@Entity
@Table(name = "subscribers")
@SuppressWarnings("NullAway.Init")
public class Subscriber {
    @Id
    private UUID id;

    @TenantId
    private UUID organizationId;

    private String firstName;

    private String lastName;

    private String email;

    private @Nullable String employeeId;

    private @Nullable String groupName;

    private @Nullable String locale;

    private Instant createdAt;

    public UUID getId() {
        return id;
    }

    public UUID getOrganizationId() {
        return organizationId;
    }

    public String getFirstName() {
        return firstName;
    }

    public String getLastName() {
        return lastName;
    }

    public String getEmail() {
        return email;
    }

    public @Nullable String getEmployeeId() {
        return employeeId;
    }

    public @Nullable String getGroupName() {
        return groupName;
    }

    public @Nullable String getLocale() {
        return locale;
    }

    public Instant getCreatedAt() {
        return createdAt;
    }
}
