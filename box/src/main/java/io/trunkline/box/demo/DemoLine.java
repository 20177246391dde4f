package io.trunkline.box.demo;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.usage.UsageItem;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A line of the demo as its usage needs to know it.
 *
 * @param products by the names of their offerings
 * @param plan the name of its plan
 * @param home where it is unless it travels: the country of its first number
 * @param to when it was suspended or terminated; null while it is active
 */
record DemoLine(
        OrganizationId organization,
        SubscriptionId id,
        AccountId account,
        SubscriberId subscriber,
        Map<String, ProductId> products,
        String plan,
        List<Long> numbers,
        List<String> services,
        String home,
        Instant from,
        @Nullable Instant to) {
    private static final String LINES = """
            SELECT s.id, s.account_id, s.subscriber_id, s.status, s.updated_at, s.terminated_at,
                (SELECT coalesce(array_agg(n.msisdn ORDER BY n.is_primary DESC, n.msisdn), '{}') FROM phone_numbers n
                 WHERE n.organization_id = s.organization_id AND n.subscription_id = s.id) AS numbers,
                (SELECT n.country FROM phone_numbers n
                 WHERE n.organization_id = s.organization_id AND n.subscription_id = s.id
                 ORDER BY n.is_primary DESC, n.msisdn LIMIT 1) AS home,
                (SELECT coalesce(array_agg(v.type), '{}') FROM subscription_services v
                 WHERE v.organization_id = s.organization_id AND v.subscription_id = s.id AND v.enabled) AS services
            FROM subscriptions s
            WHERE s.organization_id = ? AND s.status <> 'pending' ORDER BY s.id""";
    private static final String PRODUCTS = """
            SELECT p.subscription_id, p.id, p.activated_at, o.name, o.type
            FROM products p JOIN product_offerings o ON o.id = p.offering_id
            WHERE p.organization_id = ? ORDER BY p.id""";

    private record Product(SubscriptionId line, ProductId id, Instant activatedAt, String name, boolean plan) {}

    /** Those of an organization that once became active and have a plan, by id. */
    static List<DemoLine> of(Sql sql, OrganizationId organization) {
        var products = new HashMap<SubscriptionId, Map<String, ProductId>>();
        var plans = new HashMap<SubscriptionId, Product>();
        for (Product product : sql.list(
                PRODUCTS,
                row -> new Product(
                        new SubscriptionId(row.uuid("subscription_id")),
                        new ProductId(row.uuid("id")),
                        row.instant("activated_at"),
                        row.text("name"),
                        row.text("type").equals("plan")),
                organization)) {
            products.computeIfAbsent(product.line(), _ -> new HashMap<>()).put(product.name(), product.id());
            if (product.plan()) {
                plans.put(product.line(), product);
            }
        }
        return sql.list(LINES, row -> line(row, organization, plans, products), organization).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty where the line has no plan. */
    private static Optional<DemoLine> line(
            Row row,
            OrganizationId organization,
            Map<SubscriptionId, Product> plans,
            Map<SubscriptionId, Map<String, ProductId>> products)
            throws SQLException {
        var id = new SubscriptionId(row.uuid("id"));
        Product plan = plans.get(id);
        if (plan == null) {
            return Optional.empty();
        }
        return Optional.of(new DemoLine(
                organization,
                id,
                new AccountId(row.uuid("account_id")),
                new SubscriberId(row.uuid("subscriber_id")),
                Map.copyOf(products.getOrDefault(id, Map.of())),
                plan.name(),
                row.texts("numbers").stream().map(Long::valueOf).toList(),
                row.texts("services"),
                Optional.ofNullable(row.textOrNull("home")).orElse("GB"),
                plan.activatedAt(),
                switch (row.text("status")) {
                    case "terminated" -> row.instantOrNull("terminated_at");
                    case "suspended" -> row.instant("updated_at");
                    default -> null;
                }));
    }

    boolean isActive(Instant at) {
        return !at.isBefore(from) && (to == null || at.isBefore(to));
    }

    boolean has(String service) {
        return services.contains(service);
    }

    boolean hasProduct(String offering) {
        return products.containsKey(offering);
    }

    UsageItem.Holder holder(String offering) {
        ProductId product = products.get(offering);
        if (product == null) {
            throw new IllegalStateException(id + " has no product \"" + offering + "\"");
        }
        return new UsageItem.Holder(organization, id, subscriber, account, product);
    }
}
