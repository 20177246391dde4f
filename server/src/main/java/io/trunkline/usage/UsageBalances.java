package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Sql;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.rating.Holding;
import io.trunkline.rating.Pot;
import io.trunkline.rating.Rating;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is used of allowances. A batch locks the rows that it may take from, always in the same order, counts in memory,
 * and writes the sums: a pool's row is written once a batch, however many lines share it.
 */
final class UsageBalances {
    /** In one order for everybody, so that nobody waits in a circle. */
    private static final Comparator<Key> IN_ORDER = Comparator.comparing(
                    (Key key) -> key.organization().text())
            .thenComparing(key -> key.pot().holder().toString())
            .thenComparing(key -> key.pot().offering().text())
            .thenComparing(key -> key.pot().allowance())
            .thenComparing(key -> key.pot().from());

    private static final String WANTED =
            "unnest(?, ?, ?, ?, ?) AS w (organization_id, holder_id, offering_id, allowance, period_from)";
    private static final String MAKE = """
            INSERT INTO usage_balances (organization_id, holder_id, offering_id, allowance, period_from, period_to,
                pooled, used)
            SELECT w.*, 0 FROM unnest(?, ?, ?, ?, ?, ?, ?::text[]::boolean[])
                AS w (organization_id, holder_id, offering_id, allowance, period_from, period_to, pooled)
            ON CONFLICT DO NOTHING""";
    private static final String LOCK = """
            SELECT b.organization_id, b.holder_id, b.offering_id, b.allowance, b.period_from, b.period_to, b.pooled,
                b.used
            FROM %s
            JOIN usage_balances b USING (organization_id, holder_id, offering_id, allowance, period_from)
            ORDER BY b.organization_id, b.holder_id, b.offering_id, b.allowance, b.period_from
            FOR UPDATE OF b""".formatted(WANTED);
    private static final String TAKE = """
            UPDATE usage_balances b SET used = b.used + w.taken
            FROM unnest(?, ?, ?, ?, ?, ?) AS w (organization_id, holder_id, offering_id, allowance, period_from, taken)
            WHERE b.organization_id = w.organization_id AND b.holder_id = w.holder_id
                AND b.offering_id = w.offering_id AND b.allowance = w.allowance AND b.period_from = w.period_from""";
    private static final String MEMBERS = """
            SELECT w.organization_id, w.account_id, w.offering_id, p.activated_at, p.terminates_at
            FROM unnest(?, ?, ?) AS w (organization_id, account_id, offering_id)
            JOIN products p ON p.organization_id = w.organization_id AND p.account_id = w.account_id
                AND p.offering_id = w.offering_id""";

    private final Map<Key, Long> used = new HashMap<>();
    private final Map<Key, Long> taken = new HashMap<>();
    private final Map<Key, Long> poolSizes = new HashMap<>();
    private final Map<Key, Holding> holdings = new HashMap<>();

    /** A pot is of one organization. */
    record Key(OrganizationId organization, Pot pot) {}

    private record Pool(OrganizationId organization, UUID account, OfferingId offering) {}

    /** Locks them until the end of the transaction; those that are missing are made. */
    static UsageBalances lock(Sql sql, Tariffs.Book book, Collection<Key> keys) {
        var balances = new UsageBalances();
        List<Key> wanted = keys.stream().distinct().sorted(IN_ORDER).toList();
        if (wanted.isEmpty()) {
            return balances;
        }
        Columns columns = Columns.of(wanted);
        sql.update(
                MAKE,
                columns.organizations(),
                columns.holders(),
                columns.offerings(),
                columns.allowances(),
                columns.from(),
                wanted.stream().map(key -> key.pot().to()).toArray(Instant[]::new),
                wanted.stream().map(key -> Boolean.toString(key.pot().pooled())).toArray(String[]::new));
        balances.read(sql, LOCK, columns);
        balances.measurePools(sql, book, wanted);
        return balances;
    }

    /** The same without a lock, to be looked at. */
    static UsageBalances look(Sql sql, Tariffs.Book book, Collection<Key> keys) {
        var balances = new UsageBalances();
        List<Key> wanted = keys.stream().distinct().sorted(IN_ORDER).toList();
        if (!wanted.isEmpty()) {
            balances.read(sql, LOCK.substring(0, LOCK.indexOf("FOR UPDATE")), Columns.of(wanted));
            balances.measurePools(sql, book, wanted);
        }
        return balances;
    }

    @SuppressWarnings("ArrayRecordComponent") // Parameters of statements, never compared.
    private record Columns(
            UUID[] organizations, UUID[] holders, UUID[] offerings, String[] allowances, Instant[] from) {
        static Columns of(List<Key> keys) {
            return new Columns(
                    keys.stream().map(key -> key.organization().value()).toArray(UUID[]::new),
                    keys.stream().map(key -> key.pot().holder()).toArray(UUID[]::new),
                    keys.stream().map(key -> key.pot().offering().value()).toArray(UUID[]::new),
                    keys.stream().map(key -> key.pot().allowance()).toArray(String[]::new),
                    keys.stream().map(key -> key.pot().from()).toArray(Instant[]::new));
        }
    }

    private void read(Sql sql, String query, Columns columns) {
        sql.list(
                query,
                row -> used.put(
                        new Key(
                                new OrganizationId(row.uuid("organization_id")),
                                new Pot(
                                        row.bool("pooled"),
                                        row.uuid("holder_id"),
                                        new OfferingId(row.uuid("offering_id")),
                                        row.text("allowance"),
                                        row.instant("period_from"),
                                        row.instant("period_to"))),
                        row.longInteger("used")),
                columns.organizations(),
                columns.holders(),
                columns.offerings(),
                columns.allowances(),
                columns.from());
    }

    private void measurePools(Sql sql, Tariffs.Book book, List<Key> wanted) {
        List<Key> pooled = wanted.stream().filter(key -> key.pot().pooled()).toList();
        if (pooled.isEmpty()) {
            return;
        }
        List<Pool> pools = pooled.stream().map(UsageBalances::pool).distinct().toList();
        var members = new HashMap<Pool, List<Rating.Member>>();
        sql.list(
                MEMBERS,
                row -> members.computeIfAbsent(
                                new Pool(
                                        new OrganizationId(row.uuid("organization_id")),
                                        row.uuid("account_id"),
                                        new OfferingId(row.uuid("offering_id"))),
                                _ -> new ArrayList<>())
                        .add(new Rating.Member(
                                row.instant("activated_at"), Optional.ofNullable(row.instantOrNull("terminates_at")))),
                pools.stream().map(pool -> pool.organization().value()).toArray(UUID[]::new),
                pools.stream().map(Pool::account).toArray(UUID[]::new),
                pools.stream().map(pool -> pool.offering().value()).toArray(UUID[]::new));
        for (Key key : pooled) {
            poolSizes.put(
                    key,
                    Rating.poolSize(
                            key.pot(), book.terms(key.pot().offering()), members.getOrDefault(pool(key), List.of())));
        }
    }

    private static Pool pool(Key key) {
        return new Pool(key.organization(), key.pot().holder(), key.pot().offering());
    }

    long size(Key key, Holding holding) {
        return key.pot().pooled() ? poolSizes.getOrDefault(key, 0L) : Rating.size(key.pot(), holding);
    }

    long used(Key key) {
        return used.getOrDefault(key, 0L) + taken.getOrDefault(key, 0L);
    }

    /** A balance that has more used than before. */
    record Grown(Key key, long before, long after, long size) {}

    /** Of those of which {@link #remaining} was asked. */
    List<Grown> grown() {
        return taken.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && holdings.containsKey(entry.getKey()))
                .map(entry -> {
                    Key key = entry.getKey();
                    long before = used.getOrDefault(key, 0L);
                    return new Grown(
                            key,
                            before,
                            before + entry.getValue(),
                            size(key, Optional.ofNullable(holdings.get(key)).orElseThrow()));
                })
                .toList();
    }

    long remaining(Key key, Holding holding) {
        holdings.putIfAbsent(key, holding);
        return size(key, holding) - used(key);
    }

    /** Less than nothing gives back. */
    void take(Key key, long quantity) {
        taken.merge(key, quantity, Long::sum);
    }

    /** Writes what was taken. */
    void write(Sql sql) {
        List<Key> changed = taken.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .map(Map.Entry::getKey)
                .sorted(IN_ORDER)
                .toList();
        if (changed.isEmpty()) {
            return;
        }
        Columns columns = Columns.of(changed);
        sql.update(
                TAKE,
                columns.organizations(),
                columns.holders(),
                columns.offerings(),
                columns.allowances(),
                columns.from(),
                changed.stream().map(key -> taken.getOrDefault(key, 0L)).toArray(Long[]::new));
    }
}
