package io.trunkline.usage;

import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.rating.Pot;
import io.trunkline.web.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * Raises an event when an allowance is used up to a share of it, or when what a line costs in a month reaches an
 * amount: once in a period and for each level, in the transaction of the usage.
 */
@Component
class UsageThresholds {
    private static final List<Integer> PERCENT = List.of(50, 80, 100);
    private static final String CORRELATION = "usage";

    private static final String ONCE = """
            INSERT INTO usage_thresholds (organization_id, holder_id, what, period_from, level, raised_at)
            SELECT w.*, ? FROM unnest(?, ?, ?, ?, ?) AS w (organization_id, holder_id, what, period_from, level)
            ON CONFLICT DO NOTHING RETURNING organization_id, holder_id, what, period_from, level""";
    private static final String COSTS = """
            SELECT w.organization_id, w.subscription_id, w.month, d.currency,
                least(sum(d.cost_micros), 9223372036854775807)::bigint AS micros
            FROM unnest(?, ?, ?) AS w (organization_id, subscription_id, month)
            JOIN usage_line_days d ON d.organization_id = w.organization_id
                AND d.subscription_id = w.subscription_id AND d.day >= w.month::date
                AND d.day < w.month::date + interval '1 month'
            GROUP BY 1, 2, 3, 4""";

    private final Events events;
    private final UsageSettings settings;

    UsageThresholds(Events events, UsageSettings settings) {
        this.events = events;
        this.settings = settings;
    }

    private record Key(OrganizationId organization, UUID holder, String what, Instant from, long level) {
        static final Comparator<Key> IN_ORDER = Comparator.comparing(
                        (Key key) -> key.organization().text())
                .thenComparing(key -> key.holder().toString())
                .thenComparing(Key::what)
                .thenComparing(Key::from)
                .thenComparingLong(Key::level);
    }

    private record Reached(Key key, String type, String subject, Consumer<Json> data) {}

    /** After balances and sums have been written. */
    void raise(Sql sql, UsageBalances balances, List<UsageItem> items, Instant now) {
        var reached = new ArrayList<Reached>();
        balances.grown().forEach(grown -> allowance(grown, reached));
        if (!settings.amounts().isEmpty()) {
            amounts(sql, items, reached);
        }
        if (reached.isEmpty()) {
            return;
        }
        // In one order for everybody, so that nobody waits in a circle.
        List<Key> keys = reached.stream().map(Reached::key).sorted(Key.IN_ORDER).toList();
        Set<Key> first = new HashSet<>(sql.list(
                ONCE,
                row -> new Key(
                        new OrganizationId(row.uuid("organization_id")),
                        row.uuid("holder_id"),
                        row.text("what"),
                        row.instant("period_from"),
                        row.longInteger("level")),
                now,
                keys.stream().map(key -> key.organization().value()).toArray(UUID[]::new),
                keys.stream().map(Key::holder).toArray(UUID[]::new),
                keys.stream().map(Key::what).toArray(String[]::new),
                keys.stream().map(Key::from).toArray(Instant[]::new),
                keys.stream().map(Key::level).toArray(Long[]::new)));
        reached.stream()
                .filter(one -> first.contains(one.key()))
                .forEach(one -> events.raise(
                        sql, one.key().organization(), one.type(), one.subject(), CORRELATION, one.data()));
    }

    private static void allowance(UsageBalances.Grown grown, List<Reached> reached) {
        Pot pot = grown.key().pot();
        String subject =
                pot.pooled() ? "account/" + new AccountId(pot.holder()) : "product/" + new ProductId(pot.holder());
        for (int percent : PERCENT) {
            long level = share(grown.size(), percent);
            if (grown.size() > 0 && grown.before() < level && grown.after() >= level) {
                reached.add(new Reached(
                        new Key(
                                grown.key().organization(),
                                pot.holder(),
                                pot.offering() + "/" + pot.allowance(),
                                pot.from(),
                                percent),
                        "usage.allowance_reached",
                        subject,
                        json -> json.text("offering_id", pot.offering().text())
                                .text("allowance", pot.allowance())
                                .number("percent", percent)
                                .number("size", grown.size())
                                .number("used", grown.after())
                                .bool("pooled", pot.pooled())
                                .time("from", pot.from())
                                .time("to", pot.to())));
            }
        }
    }

    /** The least that is so much of it. */
    static long share(long size, int percent) {
        return size / 100 * percent + Math.ceilDiv(size % 100 * percent, 100L);
    }

    private record LineMonth(OrganizationId organization, SubscriptionId line, LocalDate month) {}

    private void amounts(Sql sql, List<UsageItem> items, List<Reached> reached) {
        List<LineMonth> costly = items.stream()
                .filter(item -> item.charge().micros() > 0)
                .map(item -> new LineMonth(
                        item.holder().organization(),
                        item.holder().subscription(),
                        item.event()
                                .startedAt()
                                .atOffset(ZoneOffset.UTC)
                                .toLocalDate()
                                .withDayOfMonth(1)))
                .distinct()
                .toList();
        if (costly.isEmpty()) {
            return;
        }
        sql.list(
                        COSTS,
                        row -> new Cost(
                                new OrganizationId(row.uuid("organization_id")),
                                new SubscriptionId(row.uuid("subscription_id")),
                                row.text("month"),
                                row.text("currency"),
                                row.longInteger("micros")),
                        costly.stream().map(one -> one.organization().value()).toArray(UUID[]::new),
                        costly.stream().map(one -> one.line().value()).toArray(UUID[]::new),
                        costly.stream().map(one -> one.month().toString()).toArray(String[]::new))
                .forEach(cost -> settings.amounts().stream()
                        .filter(amount -> cost.micros() / UsageItemShape.MICROS >= amount)
                        .forEach(amount -> reached.add(cost.reached(amount))));
    }

    /** Of a line in a month. */
    private record Cost(OrganizationId organization, SubscriptionId line, String month, String currency, long micros) {
        Reached reached(long amount) {
            return new Reached(
                    new Key(
                            organization,
                            line.value(),
                            currency,
                            LocalDate.parse(month).atStartOfDay(ZoneOffset.UTC).toInstant(),
                            amount),
                    "usage.amount_reached",
                    "subscription/" + line,
                    json -> json.text("month", month.substring(0, "2026-01".length()))
                            .text("currency", currency)
                            .number("amount", amount)
                            .number("micros", micros));
        }
    }
}
