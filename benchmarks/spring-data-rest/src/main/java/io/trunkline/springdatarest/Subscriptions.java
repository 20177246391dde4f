package io.trunkline.springdatarest;

import java.util.UUID;
import org.springframework.data.repository.Repository;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;

/** {@code GET /subscriptions/ID?projection=whole}. */
@RepositoryRestResource(path = "subscriptions")
public interface Subscriptions extends Repository<Subscription, UUID> {
    java.util.Optional<Subscription> findById(UUID id);
}
