package io.trunkline.usage;

import io.trunkline.database.Database;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Balances beside what the items say that was taken, and sums by day beside the items: they are equal at every commit.
 * Periods that began before the retention are left out, and months before it, since their items may be gone.
 */
@Component
class UsageAudit {
    private static final int SHOWN = 1_000;
    /** What each item has taken, by the allowance's row; without one where that is missing. */
    private static final String DIFFERENCES = """
            WITH taken AS (
                SELECT i.organization_id, i.product_id, i.account_id, i.started_at,
                    ltrim(split_part(one.text, '=', 1), '*') AS allowance, starts_with(one.text, '*') AS pooled,
                    split_part(one.text, '=', 2)::bigint AS quantity
                FROM usage_items i, LATERAL regexp_split_to_table(i.consumed, ' ') AS one (text)
                WHERE i.consumed IS NOT NULL),
            sums AS (
                SELECT t.organization_id, CASE WHEN t.pooled THEN p.account_id ELSE t.product_id END AS holder_id,
                    p.offering_id, t.allowance, b.period_from, sum(t.quantity)::bigint AS quantity
                FROM taken t
                JOIN products p ON p.organization_id = t.organization_id AND p.id = t.product_id
                LEFT JOIN usage_balances b ON b.organization_id = t.organization_id AND b.pooled = t.pooled
                    AND b.holder_id = CASE WHEN t.pooled THEN p.account_id ELSE t.product_id END
                    AND b.offering_id = p.offering_id AND b.allowance = t.allowance
                    AND b.period_from <= t.started_at AND t.started_at < b.period_to
                GROUP BY 1, 2, 3, 4, 5)
            SELECT coalesce(b.organization_id, s.organization_id)::text AS organization,
                coalesce(b.holder_id, s.holder_id)::text AS holder, coalesce(b.allowance, s.allowance) AS allowance,
                coalesce(b.period_from, s.period_from, 'epoch') AS period_from,
                coalesce(b.used, 0) AS balance, coalesce(s.quantity, 0) AS items
            FROM usage_balances b
            FULL JOIN sums s USING (organization_id, holder_id, offering_id, allowance, period_from)
            WHERE coalesce(b.used, 0) <> coalesce(s.quantity, 0)
                AND coalesce(b.period_from, s.period_from, 'infinity') >= ?
            ORDER BY 1, 2, 3, 4 LIMIT ?""";

    /** What the sums say beyond what the items say, of each kind of usage of a day. */
    private static final String OFF_SUMS = """
            SELECT organization_id::text AS organization, %1$s::text AS holder, day::text AS day,
                sum(items)::bigint AS items, sum(quantity)::text AS quantity,
                sum(charged_quantity)::text AS charged_quantity, sum(cost_micros)::text AS cost_micros
            FROM (
                SELECT organization_id, %2$s, day, %3$s, items, quantity, charged_quantity, cost_micros
                FROM %4$s WHERE day >= ?::date
                UNION ALL
                SELECT organization_id, %2$s, day, %3$s, -items, -quantity, -charged_quantity, -cost_micros
                FROM (%5$s) of_items WHERE day >= ?::date) both_sides
            GROUP BY organization_id, %2$s, day, %3$s
            HAVING sum(items) <> 0 OR sum(quantity) <> 0 OR sum(charged_quantity) <> 0 OR sum(cost_micros) <> 0
            ORDER BY 1, 2, 3 LIMIT ?""";

    private static final String OFF_LINES = OFF_SUMS.formatted(
            "subscription_id",
            "subscription_id, subscriber_id, account_id",
            UsageRollups.KINDS,
            UsageRollups.LINES,
            UsageRollups.OF_ITEMS.formatted(UsageStore.ITEMS));
    private static final String OFF_ACCOUNTS = OFF_SUMS.formatted(
            "account_id",
            "account_id",
            UsageRollups.KINDS,
            UsageRollups.ACCOUNTS,
            UsageRollups.OF_ITEMS.formatted(UsageStore.ITEMS));

    private final Database database;
    private final UsagePartitions partitions;

    UsageAudit(Database database, UsagePartitions partitions) {
        this.database = database;
        this.partitions = partitions;
    }

    /** A balance that is not what its items add up to. */
    record Difference(String organization, String holder, String allowance, Instant from, long balance, long items) {}

    /**
     * Sums of a day that are not those of its items.
     *
     * @param holder the line, or the account
     * @param items how many too many, as the other ones; decimal digits
     */
    record OffSum(
            String organization,
            String holder,
            String day,
            long items,
            String quantity,
            String chargedQuantity,
            String costMicros) {}

    /** None where all is well; the first ones where there are many. */
    List<OffSum> offSums() {
        String first = YearMonth.from(partitions.oldest().atOffset(ZoneOffset.UTC))
                .atDay(1)
                .toString();
        return Stream.of(OFF_LINES, OFF_ACCOUNTS)
                .flatMap(query -> database
                        .owner()
                        .list(
                                query,
                                row -> new OffSum(
                                        row.text("organization"),
                                        row.text("holder"),
                                        row.text("day"),
                                        row.longInteger("items"),
                                        row.text("quantity"),
                                        row.text("charged_quantity"),
                                        row.text("cost_micros")),
                                first,
                                first,
                                SHOWN)
                        .stream())
                .toList();
    }

    /** None where all is well; the first ones where there are many. */
    List<Difference> differences() {
        return database.owner()
                .list(
                        DIFFERENCES,
                        row -> new Difference(
                                row.text("organization"),
                                row.text("holder"),
                                row.text("allowance"),
                                row.instant("period_from"),
                                row.longInteger("balance"),
                                row.longInteger("items")),
                        partitions.oldest(),
                        SHOWN);
    }
}
