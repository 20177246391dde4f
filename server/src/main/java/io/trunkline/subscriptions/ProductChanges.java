package io.trunkline.subscriptions;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import io.trunkline.catalog.Catalog;
import io.trunkline.catalog.ProductOffering;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriptionId;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Products and services of lines that are there, and their changes, within the transaction of an order. */
@Component
public class ProductChanges {
    private static final String ACTIVE = """
            SELECT subscription_id, id, offering_id FROM products
            WHERE organization_id = ? AND subscription_id = ANY (?) AND status = 'active' ORDER BY id""";
    private static final String END = """
            UPDATE products SET status = 'terminated', terminates_at = ?
            WHERE organization_id = ? AND subscription_id = ? AND status = 'active' AND id = ANY (?)""";
    private static final String SET_SERVICE = """
            INSERT INTO subscription_services (organization_id, subscription_id, type, enabled) VALUES (?, ?, ?, ?)
            ON CONFLICT (organization_id, subscription_id, type) DO UPDATE SET enabled = excluded.enabled""";

    private final Catalog catalog;
    private final Clock clock;

    ProductChanges(Catalog catalog, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    /** A product that the line has, and what it is an instance of. */
    public record Active(ProductId id, ProductOffering offering) {
        public boolean isPlan() {
            return offering.type() == ProductOffering.Type.PLAN;
        }
    }

    private record Held(SubscriptionId line, ProductId id, OfferingId offering) {}

    /** What the line has at present: one plan, and any add-ons. */
    public List<Active> active(Sql sql, OrganizationId organization, SubscriptionId id) {
        return active(sql, organization, List.of(id)).getOrDefault(id, List.of());
    }

    /** The same of many lines. */
    public Map<SubscriptionId, List<Active>> active(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        UUID[] lines = ids.stream().map(SubscriptionId::value).distinct().toArray(UUID[]::new);
        List<Held> held = sql.list(
                ACTIVE,
                row -> new Held(
                        new SubscriptionId(row.uuid("subscription_id")),
                        new ProductId(row.uuid("id")),
                        new OfferingId(row.uuid("offering_id"))),
                organization,
                lines);
        Map<OfferingId, ProductOffering> offerings =
                catalog.offerings(sql, held.stream().map(Held::offering).toList()).stream()
                        .collect(toMap(ProductOffering::id, offering -> offering));
        return held.stream()
                .collect(groupingBy(
                        Held::line,
                        mapping(
                                product ->
                                        new Active(product.id(), expected(offerings.get(product.offering()), product)),
                                toList())));
    }

    private static ProductOffering expected(@Nullable ProductOffering offering, Held product) {
        if (offering == null) {
            throw new IllegalStateException(product.id() + " is of an offering that its organization cannot see");
        }
        return offering;
    }

    /** The type of SIM profile that the line's plan needs. */
    public String profileType(Sql sql, OrganizationId organization, SubscriptionId id) {
        return active(sql, organization, id).stream()
                .filter(Active::isPlan)
                .flatMap(plan -> plan.offering().profileType().stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(id + " has no plan with a profile type"));
    }

    /** Ends some products and begins others, at one moment; services are as told, the others stay. */
    public void change(
            Sql sql,
            OrganizationId organization,
            AccountId account,
            SubscriptionId id,
            Collection<OfferingId> add,
            Collection<ProductId> remove,
            Collection<Service> services) {
        Instant now = clock.instant();
        UUID[] ended = remove.stream().map(ProductId::value).toArray(UUID[]::new);
        if (sql.update(END, now, organization, id, ended) != ended.length) {
            throw new IllegalStateException(id + " no longer has all of " + remove);
        }
        sql.updateAll(
                Subscriptions.ADD_PRODUCT,
                add.stream()
                        .map(offering ->
                                new @Nullable Object[] {organization, ProductId.create(now), id, account, offering, now
                                })
                        .toList());
        sql.updateAll(
                SET_SERVICE,
                services.stream()
                        .map(service -> new @Nullable Object[] {organization, id, service.type(), service.enabled()})
                        .toList());
    }
}
