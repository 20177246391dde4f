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
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is used of allowances. A batch locks the rows that it may take from, always in the same order, counts in memory,
 * and writes the sums: a pool's row is written once a batch, however many lines share it.
 *
 * <p>Or it locks nothing, counts on from what was known before, and says so when it writes: where a row is no longer as
 * it was known, nothing is written ({@link Changed}).
 */
final class UsageBalances {
    /** In one order for everybody, so that nobody waits in a circle. */
    private static final Comparator<Key> IN_ORDER = Comparator.comparing(
                    (Key key) -> key.organization().value(), UsageStore.BY_VALUE)
            .thenComparing(key -> key.pot().holder(), UsageStore.BY_VALUE)
            .thenComparing(key -> key.pot().offering().value(), UsageStore.BY_VALUE)
            .thenComparing(key -> key.pot().allowance())
            .thenComparing(key -> key.pot().from());

    private static final String WANTED =
            "unnest(?, ?, ?, ?, ?) AS w (organization_id, holder_id, offering_id, allowance, period_from)";
    private static final String MAKE = """
            INSERT INTO usage_balances (organization_id, holder_id, offering_id, allowance, period_from, period_to,
                pooled, used)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?::text[]::boolean[], ?)
            ON CONFLICT DO NOTHING""";
    private static final String LOCK = """
            SELECT b.organization_id, b.holder_id, b.offering_id, b.allowance, b.period_from, b.period_to, b.pooled,
                b.used
            FROM %s
            JOIN usage_balances b USING (organization_id, holder_id, offering_id, allowance, period_from)
            ORDER BY b.organization_id, b.holder_id, b.offering_id, b.allowance, b.period_from
            FOR UPDATE OF b""".formatted(WANTED);
    private static final String LOOK = LOCK.substring(0, LOCK.indexOf("ORDER BY"));
    private static final String TAKE = """
            UPDATE usage_balances b SET used = b.used + w.taken
            FROM unnest(?, ?, ?, ?, ?, ?) AS w (organization_id, holder_id, offering_id, allowance, period_from, taken)
            WHERE b.organization_id = w.organization_id AND b.holder_id = w.holder_id
                AND b.offering_id = w.offering_id AND b.allowance = w.allowance AND b.period_from = w.period_from""";
    /** Locked in the same order as by those who lock before they rate. */
    private static final String GO_ON = """
            WITH held AS MATERIALIZED (
                SELECT b.ctid AS place, w.before, w.after FROM unnest(?, ?, ?, ?, ?, ?, ?)
                    AS w (organization_id, holder_id, offering_id, allowance, period_from, before, after)
                JOIN usage_balances b USING (organization_id, holder_id, offering_id, allowance, period_from)
                WHERE b.used = w.before
                ORDER BY b.organization_id, b.holder_id, b.offering_id, b.allowance, b.period_from
                FOR NO KEY UPDATE OF b),
            moved AS (
                UPDATE usage_balances b SET used = held.after FROM held
                WHERE b.ctid = held.place AND held.after <> held.before)
            SELECT count(*)::integer AS held FROM held""";

    private static final String MEMBERS = """
            SELECT w.organization_id, w.account_id, w.offering_id, p.activated_at, p.terminates_at
            FROM unnest(?, ?, ?) AS w (organization_id, account_id, offering_id)
            JOIN products p ON p.organization_id = w.organization_id AND p.account_id = w.account_id
                AND p.offering_id = w.offering_id""";

    private final Map<Key, Long> used = new HashMap<>();
    private final Map<Key, Long> taken = new HashMap<>();
    private final Map<Key, Long> poolSizes = new HashMap<>();
    private final Map<Key, Holding> holdings = new HashMap<>();
    private final boolean locked;

    /** @param locked whether nobody else can change them meanwhile */
    UsageBalances(boolean locked) {
        this.locked = locked;
    }

    /** A pot is of one organization. */
    record Key(OrganizationId organization, Pot pot) {
        @Override
        public int hashCode() {
            return pot.hashCode();
        }
    }

    private record Pool(OrganizationId organization, UUID account, OfferingId offering) {}

    /** Somebody else has changed what was counted on from; nothing may be kept of the transaction. */
    static final class Changed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Changed() {
            super("balances are no longer as they were", null, false, false);
        }
    }

    /** Locks them until the end of the transaction; those that are missing are made. */
    static UsageBalances lock(Sql sql, Tariffs.Book book, Collection<Key> keys) {
        var balances = new UsageBalances(true);
        List<Key> wanted = keys.stream().distinct().sorted(IN_ORDER).toList();
        if (wanted.isEmpty()) {
            return balances;
        }
        Columns columns = Columns.of(wanted);
        make(sql, wanted, columns, _ -> 0L);
        balances.read(sql, LOCK, columns);
        balances.measurePools(sql, book, wanted);
        return balances;
    }

    /** How many of them were missing. */
    private static int make(Sql sql, List<Key> keys, Columns columns, Function<Key, Long> used) {
        return sql.update(
                MAKE,
                columns.organizations(),
                columns.holders(),
                columns.offerings(),
                columns.allowances(),
                columns.from(),
                keys.stream().map(key -> key.pot().to()).toArray(Instant[]::new),
                keys.stream().map(key -> Boolean.toString(key.pot().pooled())).toArray(String[]::new),
                keys.stream().map(used).toArray(Long[]::new));
    }

    /** The same without a lock, to be looked at. */
    static UsageBalances look(Sql sql, Tariffs.Book book, Collection<Key> keys) {
        var balances = new UsageBalances(false);
        List<Key> wanted = keys.stream().distinct().sorted(IN_ORDER).toList();
        if (!wanted.isEmpty()) {
            balances.read(sql, LOOK, Columns.of(wanted));
            balances.measurePools(sql, book, wanted);
        }
        return balances;
    }

    /** What is known of a balance that nobody has locked: empty where it has no row yet. */
    record Known(OptionalLong used, long poolSize) {}

    /** To go on from what is known. */
    void begin(Key key, Known known) {
        known.used().ifPresent(before -> used.put(key, before));
        if (key.pot().pooled()) {
            poolSizes.put(key, known.poolSize());
        }
    }

    /** What is known of it once this is written. */
    Known known(Key key) {
        boolean exists = used.containsKey(key) || taken.getOrDefault(key, 0L) != 0;
        return new Known(exists ? OptionalLong.of(used(key)) : OptionalLong.empty(), poolSizes.getOrDefault(key, 0L));
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

    /**
     * Writes what was taken.
     *
     * @throws Changed where they were not locked and are not what they were
     */
    void write(Sql sql) {
        List<Key> changed = taken.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .map(Map.Entry::getKey)
                .sorted(IN_ORDER)
                .toList();
        if (!locked) {
            goOn(sql, changed);
        } else if (!changed.isEmpty()) {
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

    private void goOn(Sql sql, List<Key> changed) {
        List<Key> missing =
                changed.stream().filter(key -> !used.containsKey(key)).toList();
        if (!missing.isEmpty() && make(sql, missing, Columns.of(missing), this::used) != missing.size()) {
            throw new Changed();
        }
        // What had nothing left decides as well: it may have been given something back.
        Stream<Key> spent = holdings.entrySet().stream()
                .filter(entry -> taken.getOrDefault(entry.getKey(), 0L) == 0)
                .filter(entry -> used.getOrDefault(entry.getKey(), 0L) >= size(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getKey);
        List<Key> rows = Stream.concat(changed.stream(), spent)
                .filter(used::containsKey)
                .sorted(IN_ORDER)
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        Columns columns = Columns.of(rows);
        int held = sql.one(
                        GO_ON,
                        row -> row.integer("held"),
                        columns.organizations(),
                        columns.holders(),
                        columns.offerings(),
                        columns.allowances(),
                        columns.from(),
                        rows.stream().map(key -> used.getOrDefault(key, 0L)).toArray(Long[]::new),
                        rows.stream().map(this::used).toArray(Long[]::new))
                .orElseThrow();
        if (held != rows.size()) {
            throw new Changed();
        }
    }
}
