package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.usage.FeedLine.Read;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Takes records in: each batch is one transaction with its items, balances, quarantine and its source's position. */
@Component
class Feed {
    /** Most lines of a batch. */
    static final int BATCH = 5_000;

    private final Database database;
    private final UsagePartitions partitions;
    private final Tariffs tariffs;
    private final UsageThresholds thresholds;
    private final Clock clock;

    Feed(Database database, UsagePartitions partitions, Tariffs tariffs, UsageThresholds thresholds, Clock clock) {
        this.database = database;
        this.partitions = partitions;
        this.tariffs = tariffs;
        this.thresholds = thresholds;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    Instant oldest() {
        return partitions.oldest();
    }

    /** The source is there. */
    void open(String source) {
        FeedStore.make(database.owner(), source, clock.instant());
    }

    /** In a transaction in which nobody else writes of the source. */
    <T> T with(String source, Locked<T> work) {
        return database.inOwnerTransaction(sql -> work.in(sql, FeedStore.lock(sql, source)));
    }

    /** What is done while a source is locked. */
    @FunctionalInterface
    interface Locked<T> {
        T in(Sql sql, FeedStore.Source source);
    }

    /** Makes the months of a batch, which is not done in its transaction. */
    void cover(FeedBatch batch) {
        batch.lines().stream()
                .map(FeedLine::read)
                .filter(Read.Good.class::isInstance)
                .map(read -> ((Read.Good) read).record().startedAt())
                .map(at -> YearMonth.from(at.atOffset(ZoneOffset.UTC)))
                .collect(Collectors.toSet())
                .forEach(partitions::cover);
    }

    /** Takes a batch whose months are covered. */
    FeedCounts take(Sql sql, FeedStore.Source source, FeedBatch batch) {
        Tariffs.Book book = tariffs.book(sql);
        var round =
                new FeedRound(source, batch, FeedStore.accepted(sql, source, FeedRound.ids(batch)), clock.instant());
        List<FeedRecord> fresh = round.fresh();
        var mediation = new Mediation(FeedLookups.of(sql, book, fresh), book.zones());
        UsageBalances balances = UsageBalances.lock(sql, book, round.mediate(fresh, mediation));
        round.rate(sql, balances).write(sql, thresholds);
        return round.counts();
    }

    /** Judges a batch by what is known, outside of a transaction; {@link #write} keeps it. */
    FeedRound judge(FeedStore.Source source, FeedBatch batch, KnownWorld known) {
        return known.judge(database.owner(), tariffs.book(database.owner()), source, batch, clock.instant());
    }

    /** Whether what is known is not to be relied on any longer. */
    boolean isOld(KnownWorld known) {
        return known.isOld(tariffs.book(database.owner()), clock.instant());
    }

    /** Nothing is known, and no batch is being written. */
    void forget(KnownWorld known) {
        known.forget(tariffs.book(database.owner()), clock.instant());
    }

    /**
     * Writes a batch that was judged, in a transaction of its own.
     *
     * @param check as with {@link #take}
     * @param position what the source's is afterwards
     * @throws UsageBalances.Changed where it was judged by what is no longer so
     */
    boolean write(String source, FeedRound round, Consumer<FeedStore.Source> check, String position) {
        return with(source, (sql, locked) -> {
            check.accept(locked);
            round.write(sql, thresholds);
            FeedStore.advance(sql, locked, position, round.counts(), clock.instant());
            return true;
        });
    }

    /**
     * Takes a batch in a transaction of its own.
     *
     * @param check judges the source's position before anything is done; it throws where another has moved it
     * @param position what it is afterwards
     */
    FeedCounts take(
            String source, FeedBatch batch, Consumer<FeedStore.Source> check, Function<FeedCounts, String> position) {
        cover(batch);
        return with(source, (sql, locked) -> {
            check.accept(locked);
            FeedCounts counts = take(sql, locked, batch);
            FeedStore.advance(sql, locked, position.apply(counts), counts, clock.instant());
            return counts;
        });
    }
}
