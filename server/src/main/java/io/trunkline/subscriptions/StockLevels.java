package io.trunkline.subscriptions;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * How much of the stock is free. One of the servers counts it from time to time and warns once when it falls below a
 * threshold; each server shows what was counted last.
 */
@Component
class StockLevels {
    static final String NUMBERS = "numbers";
    static final String PROFILES = "profiles";

    private static final Logger log = LoggerFactory.getLogger(StockLevels.class);
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    /** What was counted once is counted for ever: of what is no longer free at all there is no row to count. */
    private static final String COUNT = """
            WITH free AS (
                SELECT 'numbers' AS kind, country AS name, count(*) AS free FROM number_stock
                WHERE state = 'free' GROUP BY country
                UNION ALL
                SELECT 'profiles', profile_type, count(*) FROM profile_stock
                WHERE state = 'free' GROUP BY profile_type),
            known AS (SELECT kind, name, warned FROM stock_levels FOR UPDATE)
            SELECT kind, name, coalesce(f.free, 0) AS free, k.warned
            FROM free f FULL JOIN known k USING (kind, name)
            ORDER BY kind, name""";

    private static final String WRITE = """
            INSERT INTO stock_levels (kind, name, free, warned, counted_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (kind, name) DO UPDATE
            SET free = excluded.free, warned = excluded.warned, counted_at = excluded.counted_at""";
    private static final String READ = "SELECT kind, name, free, warned, counted_at FROM stock_levels";

    private final Database database;
    private final Events events;
    private final StockSettings settings;
    private final MeterRegistry meters;
    private final Clock clock;
    private Map<Key, Level> shown = Map.of();
    private Instant countedAt;
    private Instant readAt = Instant.EPOCH;

    StockLevels(Database database, Events events, StockSettings settings, MeterRegistry meters, Clock clock) {
        this.database = database;
        this.events = events;
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
        this.countedAt = clock.instant();
        // Which countries and types there are is not known before the database is asked: whoever looks at the age of
        // the count makes the other gauges known.
        Gauge.builder("trunkline.stock.age", this, StockLevels::ageSeconds)
                .description("How long ago the stock was counted")
                .baseUnit("seconds")
                .register(meters);
    }

    private record Key(String kind, String name) {}

    private record Level(Key key, long free, OptionalLong warned) {
        static Level read(Row row) throws SQLException {
            Long warned = row.longOrNull("warned");
            return new Level(
                    new Key(row.text("kind"), row.text("name")),
                    row.longInteger("free"),
                    warned == null ? OptionalLong.empty() : OptionalLong.of(warned));
        }
    }

    /** Counts, and warns of what has become little since it was counted last. */
    void count() {
        database.inOwnerTransaction(sql -> {
            List<Level> levels = sql.list(COUNT, Level::read);
            levels.forEach(level -> take(sql, level));
            return levels;
        });
    }

    private void take(Sql sql, Level level) {
        List<Long> thresholds = level.key().kind().equals(NUMBERS) ? settings.numbers() : settings.profiles();
        OptionalLong warned = warned(thresholds, level.warned(), level.free());
        if (warned.isPresent()
                && (level.warned().isEmpty()
                        || warned.getAsLong() < level.warned().getAsLong())) {
            warn(sql, level, warned.getAsLong());
        }
        sql.update(
                WRITE,
                level.key().kind(),
                level.key().name(),
                level.free(),
                warned.isPresent() ? warned.getAsLong() : null,
                clock.instant());
    }

    private void warn(Sql sql, Level level, long threshold) {
        Key key = level.key();
        log.warn("Of the {} of {} only {} are free, fewer than {}", key.kind(), key.name(), level.free(), threshold);
        events.raiseForOperator(
                sql,
                level.free() == 0 ? "stock.exhausted" : "stock.low",
                key.kind() + "/" + key.name(),
                json -> json.text("kind", key.kind())
                        .text("name", key.name())
                        .number("free", level.free())
                        .number("threshold", threshold));
    }

    /**
     * The threshold that is warned of from now on.
     *
     * @param thresholds ascending
     * @param before the one that was warned of. It counts until there is a tenth more than it, at least one more: what
     *     goes up and down around a threshold is warned of once
     */
    static OptionalLong warned(List<Long> thresholds, OptionalLong before, long free) {
        Optional<Long> below =
                thresholds.stream().filter(threshold -> free < threshold).findFirst();
        if (before.isPresent() && thresholds.contains(before.getAsLong())) {
            long threshold = before.getAsLong();
            boolean recovered = free >= threshold + Math.max(1, threshold / 10);
            if (!recovered && below.map(lower -> lower > threshold).orElse(true)) {
                return before;
            }
        }
        return below.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private double ageSeconds() {
        look();
        return Math.max(0, Duration.between(countedAt, clock.instant()).toMillis() / 1_000.0);
    }

    private double free(Key key) {
        Level level = look().get(key);
        return level == null ? 0 : level.free();
    }

    /** What was read last stays while the database is away: its own meters tell that it is. */
    private synchronized Map<Key, Level> look() {
        Instant now = clock.instant();
        if (now.isBefore(readAt.plus(REMEMBERED))) {
            return shown;
        }
        readAt = now;
        try {
            var read = new HashMap<Key, Level>();
            database.owner().list(READ, row -> {
                countedAt = row.instant("counted_at");
                Level level = Level.read(row);
                return read.put(level.key(), level);
            });
            read.keySet().forEach(this::show);
            shown = read;
        } catch (DatabaseException e) {
            return shown;
        }
        return shown;
    }

    /** Registering it again is nothing. */
    private void show(Key key) {
        Gauge.builder("trunkline.stock.free", () -> free(key))
                .description("Free numbers of a country, free profiles of a type")
                .tag("kind", key.kind())
                .tag("name", key.name())
                .register(meters);
    }
}
