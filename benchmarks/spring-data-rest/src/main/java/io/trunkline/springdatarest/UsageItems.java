package io.trunkline.springdatarest;

import java.time.Instant;
import java.util.UUID;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Slice;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;

/** {@code GET /usageItems/search/NAME}: a query for each filter of usage, alone and with dates. */
@RepositoryRestResource(path = "usageItems")
public interface UsageItems extends Repository<UsageItem, UUID> {
    Slice<UsageItem> findAllBy(Pageable page);

    Slice<UsageItem> findByStartedAtBetween(Instant from, Instant to, Pageable page);

    Slice<UsageItem> findByType(String type, Pageable page);

    Slice<UsageItem> findByTypeAndStartedAtBetween(String type, Instant from, Instant to, Pageable page);

    Slice<UsageItem> findByDirection(String direction, Pageable page);

    Slice<UsageItem> findByDirectionAndStartedAtBetween(String direction, Instant from, Instant to, Pageable page);

    Slice<UsageItem> findByCostType(String costType, Pageable page);

    Slice<UsageItem> findByCostTypeAndStartedAtBetween(String costType, Instant from, Instant to, Pageable page);

    Slice<UsageItem> findByAccountId(UUID accountId, Pageable page);

    Slice<UsageItem> findByAccountIdAndStartedAtBetween(UUID accountId, Instant from, Instant to, Pageable page);

    Slice<UsageItem> findBySubscriptionId(UUID subscriptionId, Pageable page);

    Slice<UsageItem> findBySubscriptionIdAndStartedAtBetween(
            UUID subscriptionId, Instant from, Instant to, Pageable page);

    Slice<UsageItem> findBySubscriberId(UUID subscriberId, Pageable page);

    Slice<UsageItem> findBySubscriberIdAndStartedAtBetween(UUID subscriberId, Instant from, Instant to, Pageable page);

    @Query("select u from UsageItem u where u.ownMsisdn = :msisdn or u.otherMsisdn = :msisdn")
    Slice<UsageItem> findByMsisdn(Long msisdn, Pageable page);

    @Query("""
            select u from UsageItem u where (u.ownMsisdn = :msisdn or u.otherMsisdn = :msisdn)
                and u.startedAt between :from and :to""")
    Slice<UsageItem> findByMsisdnAndStartedAtBetween(Long msisdn, Instant from, Instant to, Pageable page);
}
