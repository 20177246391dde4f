package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The months of usage_items. A month is made as a table of its own and then attached, which readers and writers do not
 * notice; so is it detached when its retention is over. A detached month remains a table of the owner, for the operator
 * to keep elsewhere and drop; no request can read it.
 */
@Component
class UsagePartitions {
    private static final Logger log = LoggerFactory.getLogger(UsagePartitions.class);
    private static final String PREFIX = "usage_items_";
    /** Held while a month is made: several servers may need it at once. */
    private static final long LOCK = 0x7573616765L;

    private static final String ATTACHED = """
            SELECT c.relname AS name, i.inhdetachpending AS pending
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'usage_items'::regclass ORDER BY c.relname""";
    private static final String TABLE = "SELECT 1 AS one FROM pg_class WHERE oid = to_regclass(?)";
    private static final String ANY =
            "SELECT EXISTS (SELECT FROM usage_items WHERE started_at >= ? AND started_at < ?) AS any";
    private static final String KEYS = """
            SELECT 'ALTER TABLE %1$s ADD ' || pg_get_constraintdef(oid) AS definition
            FROM pg_constraint WHERE conrelid = 'usage_items'::regclass AND contype = 'p'
            UNION ALL
            SELECT regexp_replace(pg_get_indexdef(indexrelid), '^CREATE INDEX .* USING', 'CREATE INDEX ON %1$s USING')
            FROM pg_index WHERE indrelid = 'usage_items'::regclass AND NOT indisprimary""";
    private static final String FORGET_BATCHES = "DELETE FROM usage_batches WHERE last_started_at < ?";

    private final Database database;
    private final UsageSettings settings;
    private final Clock clock;
    private final Set<YearMonth> known = ConcurrentHashMap.newKeySet();

    UsagePartitions(Database database, UsageSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    static final Table ALL = new Table(UsageStore.ITEMS, false);

    /**
     * Where items are written to.
     *
     * @param isNew whether it was made in the transaction that writes
     */
    record Table(String name, boolean isNew) {}

    private record Partition(YearMonth month, boolean detachPending) {}

    /** Before this nothing is kept. */
    Instant oldest() {
        return clock.instant()
                .atOffset(ZoneOffset.UTC)
                .minus(settings.retention())
                .toInstant();
    }

    /** Makes months ahead, and lets go of those whose retention is over. */
    void maintain() {
        YearMonth now = month(clock.instant());
        for (int ahead = 0; ahead <= settings.monthsAhead(); ahead++) {
            make(now.plusMonths(ahead));
        }
        detachOld();
    }

    /**
     * Sees to it that there is room for items of this time.
     *
     * @throws IllegalArgumentException where it lies before the retention, or so far ahead that no clock is so wrong
     */
    void cover(Instant first, Instant last) {
        YearMonth latest = month(clock.instant()).plusMonths(settings.monthsAhead());
        if (first.isBefore(oldest()) || month(last).isAfter(latest)) {
            throw new IllegalArgumentException("usage from " + first + " to " + last + " cannot be kept: expected from "
                    + oldest() + " to the end of " + latest);
        }
        for (YearMonth month = month(first); !month.isAfter(month(last)); month = month.plusMonths(1)) {
            if (!known.contains(month)) {
                make(month);
            }
        }
    }

    /** Sees to it that there is room for a month that may be kept. */
    void cover(YearMonth month) {
        if (!known.contains(month)) {
            make(month);
        }
    }

    private void make(YearMonth month) {
        String name = name(month);
        database.inOwnerTransaction(sql -> {
            sql.list("SELECT pg_advisory_xact_lock(?)", _ -> true, LOCK);
            if (attached(sql).stream().noneMatch(partition -> partition.month().equals(month))) {
                // One that was detached comes back when the retention has been made longer.
                boolean isNew = sql.one(TABLE, _ -> true, name).isEmpty();
                if (isNew) {
                    sql.update("CREATE TABLE " + name + " (LIKE usage_items INCLUDING ALL)");
                }
                sql.update("ALTER TABLE usage_items ATTACH PARTITION " + name + bounds(month));
                if (!isNew) {
                    UsageRollups.sum(sql, name, month);
                }
                log.info("usage of {} has its partition", month);
            }
            return true;
        });
        known.add(month);
    }

    boolean has(YearMonth month) {
        return has(database.owner(), month);
    }

    private static boolean has(Sql sql, YearMonth month) {
        return sql.one(ANY, row -> row.bool("any"), start(month), start(month.plusMonths(1)))
                .orElse(false);
    }

    /**
     * Makes a month with its content; a partition of it that is there already must be empty. The content is whole
     * before it takes the partition's place, in a second transaction: one that replaces a partition waits for everybody
     * who uses the table of all months, and must not be waited for by them.
     */
    void fill(YearMonth month, BiConsumer<Sql, Table> content) {
        var filled = new Table(name(month) + "_filled", true);
        refuseUnless(!has(month), month);
        database.inOwnerTransaction(sql -> {
            // What a fill left that was interrupted.
            sql.update("DROP TABLE IF EXISTS " + filled.name());
            sql.update("CREATE TABLE " + filled.name() + " (LIKE usage_items INCLUDING ALL EXCLUDING INDEXES)");
            content.accept(sql, filled);
            sql.list("SELECT set_config('maintenance_work_mem', '256MB', true) AS set", _ -> true);
            sql.list(KEYS.formatted(filled.name()), row -> row.text("definition"))
                    .forEach(sql::update);
            return true;
        });
        boolean done = database.inOwnerTransaction(sql -> {
            sql.list("SELECT pg_advisory_xact_lock(?)", _ -> true, LOCK);
            if (has(sql, month)) {
                sql.update("DROP TABLE " + filled.name());
                return false;
            }
            String name = name(month);
            if (attached(sql).stream().anyMatch(partition -> partition.month().equals(month))) {
                sql.update("DROP TABLE " + name);
            }
            sql.update("ALTER TABLE " + filled.name() + " RENAME TO " + name);
            sql.update("ALTER TABLE usage_items ATTACH PARTITION " + name + bounds(month));
            UsageRollups.sum(sql, name, month);
            return true;
        });
        refuseUnless(done, month);
        known.add(month);
    }

    private static void refuseUnless(boolean free, YearMonth month) {
        if (!free) {
            throw new IllegalStateException("usage of " + month + " is there already");
        }
    }

    private static String bounds(YearMonth month) {
        return " FOR VALUES FROM ('" + start(month) + "') TO ('" + start(month.plusMonths(1)) + "')";
    }

    private void detachOld() {
        YearMonth oldest = month(oldest());
        boolean detached = false;
        for (Partition partition : attached(database.owner())) {
            YearMonth month = partition.month();
            if (partition.detachPending()) {
                // A detachment that was interrupted.
                database.owner().update("ALTER TABLE usage_items DETACH PARTITION " + name(month) + " FINALIZE");
            } else if (month.isBefore(oldest)) {
                known.remove(month);
                detached = true;
                database.owner().update("ALTER TABLE usage_items DETACH PARTITION " + name(month) + " CONCURRENTLY");
                log.info("usage of {} is past its retention; its table {} is detached", month, name(month));
            }
        }
        if (detached) {
            database.owner().update(FORGET_BATCHES, start(oldest));
        }
    }

    private static List<Partition> attached(Sql sql) {
        return sql.list(ATTACHED, row -> new Partition(monthOf(row.text("name")), row.bool("pending")));
    }

    private static YearMonth monthOf(String name) {
        return Optional.of(name)
                .filter(text -> text.matches(PREFIX + "\\d{4}_\\d{2}"))
                .map(text -> YearMonth.parse(text.substring(PREFIX.length()).replace('_', '-')))
                .orElseThrow(() -> new IllegalStateException(
                        "usage_items has a partition \"" + name + "\", expected only " + PREFIX + "YYYY_MM"));
    }

    private static String name(YearMonth month) {
        return PREFIX + month.toString().replace('-', '_');
    }

    private static YearMonth month(Instant at) {
        return YearMonth.from(at.atOffset(ZoneOffset.UTC));
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
