package io.trunkline.box.demo;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line of the demo as its usage needs to know it.
 *
 * @param products the names of their offerings
 * @param plan the name of its plan
 * @param sims those that it has had, in order
 * @param home where it is unless it travels: the country of its first number
 * @param to when it was suspended or terminated; null while it is active
 */
record DemoLine(
        SubscriptionId id,
        Set<String> products,
        String plan,
        List<Sim> sims,
        List<Long> numbers,
        List<String> services,
        String home,
        Instant from,
        @Nullable Instant to) {
    private static final String LINES = """
            SELECT s.id, s.status, s.updated_at, s.terminated_at,
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
            SELECT p.subscription_id, p.activated_at, o.name, o.type
            FROM products p JOIN product_offerings o ON o.id = p.offering_id
            WHERE p.organization_id = ? ORDER BY p.id""";

    private static final String SIMS = """
            SELECT subscription_id, imsi, held_from FROM sim_profiles WHERE organization_id = ? AND imsi IS NOT NULL
            ORDER BY held_from""";

    /** What the network knows a line by. */
    record Sim(String imsi, Instant from) {}

    private record Product(SubscriptionId line, Instant activatedAt, String name, boolean plan) {}

    /** Those of an organization that once became active and have a plan, by id. */
    static List<DemoLine> of(Sql sql, OrganizationId organization) {
        var products = new HashMap<SubscriptionId, Set<String>>();
        var plans = new HashMap<SubscriptionId, Product>();
        for (Product product : sql.list(
                PRODUCTS,
                row -> new Product(
                        new SubscriptionId(row.uuid("subscription_id")),
                        row.instant("activated_at"),
                        row.text("name"),
                        row.text("type").equals("plan")),
                organization)) {
            products.computeIfAbsent(product.line(), _ -> new HashSet<>()).add(product.name());
            if (product.plan()) {
                plans.put(product.line(), product);
            }
        }
        var sims = new HashMap<SubscriptionId, List<Sim>>();
        sql.list(
                SIMS,
                row -> sims.computeIfAbsent(new SubscriptionId(row.uuid("subscription_id")), _ -> new ArrayList<>())
                        .add(new Sim(row.text("imsi"), row.instant("held_from"))),
                organization);
        return sql.list(LINES, row -> line(row, plans, products, sims), organization).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty where the line has no plan. */
    private static Optional<DemoLine> line(
            Row row,
            Map<SubscriptionId, Product> plans,
            Map<SubscriptionId, Set<String>> products,
            Map<SubscriptionId, List<Sim>> sims)
            throws SQLException {
        var id = new SubscriptionId(row.uuid("id"));
        Product plan = plans.get(id);
        if (plan == null) {
            return Optional.empty();
        }
        return Optional.of(new DemoLine(
                id,
                Set.copyOf(products.getOrDefault(id, Set.of())),
                plan.name(),
                List.copyOf(sims.getOrDefault(id, List.of())),
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
        return products.contains(offering);
    }

    /** Of the SIM that it had then, as long as it had one. */
    String imsi(Instant at) {
        return sims.stream()
                .filter(sim -> !sim.from().isAfter(at))
                .reduce((_, later) -> later)
                .orElseGet(sims::getFirst)
                .imsi();
    }
}
