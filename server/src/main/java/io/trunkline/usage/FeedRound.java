package io.trunkline.usage;

import io.trunkline.database.CopyRows;
import io.trunkline.database.Sql;
import io.trunkline.ids.Id;
import io.trunkline.ids.UsageItemId;
import io.trunkline.rating.Pot;
import io.trunkline.rating.Rating;
import io.trunkline.usage.FeedLine.Read;
import io.trunkline.usage.Mediation.Mediated;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One batch: judged, and then written in one transaction in which its source is locked. It is judged in that
 * transaction, or before it, by what was then known.
 */
final class FeedRound {
    private final FeedStore.Source source;
    private final FeedBatch batch;
    private final Instant now;
    private final Map<String, UUID> before;
    private final IdentityHashMap<FeedRecord, Mediated> mediated = new IdentityHashMap<>();

    private final Map<String, UUID> accepted = new LinkedHashMap<>();
    private final Map<String, Instant> startedAt = new HashMap<>();
    private final List<UsageItem> items = new ArrayList<>();
    private final Map<String, @Nullable Object[]> aside = new LinkedHashMap<>();
    private final Set<String> settled = new HashSet<>();
    private final List<FeedCounts.Quarantined> quarantined = new ArrayList<>();
    private long repeated;
    private Optional<UsageBalances> balances = Optional.empty();
    private Optional<UsageStore.Written> written = Optional.empty();
    private Optional<CopyRows> records = Optional.empty();

    /**
     * Begins with what its records are; {@link #rate} does the rest.
     *
     * @param before those of its records that were accepted before, with what they said
     */
    FeedRound(FeedStore.Source source, FeedBatch batch, Map<String, UUID> before, Instant now) {
        this.source = source;
        this.batch = batch;
        this.before = before;
        this.now = now;
    }

    /** The ids of a batch's records, where they can be read. */
    static Set<String> ids(FeedBatch batch) {
        return batch.lines().stream().flatMap(line -> line.recordId().stream()).collect(Collectors.toSet());
    }

    /** Those that were not accepted before. */
    List<FeedRecord> fresh() {
        return batch.lines().stream()
                .map(FeedLine::read)
                .filter(Read.Good.class::isInstance)
                .map(read -> ((Read.Good) read).record())
                .filter(record -> !before.containsKey(record.recordId()))
                .toList();
    }

    /**
     * Finds whose the fresh ones are.
     *
     * @return what they may be taken from
     */
    Set<UsageBalances.Key> mediate(List<FeedRecord> fresh, Mediation mediation) {
        fresh.forEach(record -> mediated.put(record, mediation.mediate(record)));
        return pots(mediated);
    }

    /** Judges line by line, and makes the rows of it. */
    FeedRound rate(Sql sql, UsageBalances balances) {
        batch.lines().forEach(line -> judge(line, balances));
        this.balances = Optional.of(balances);
        if (!items.isEmpty()) {
            written = Optional.of(UsageStore.prepare(sql, items, false, _ -> now));
        }
        records = Optional.of(FeedStore.rows(source, accepted, startedAt));
        return this;
    }

    FeedCounts counts() {
        return new FeedCounts(accepted.size(), repeated, quarantined.size(), List.copyOf(quarantined));
    }

    /** What was accepted of it, by id, with what it said. */
    Map<String, UUID> accepted() {
        return accepted;
    }

    private static Set<UsageBalances.Key> pots(Map<FeedRecord, Mediated> mediated) {
        var pots = new HashSet<UsageBalances.Key>();
        for (Mediated one : mediated.values()) {
            if (one instanceof Mediated.Rateable record) {
                Rating.pots(record.usage(), record.plan(), record.products())
                        .forEach(pot -> pots.add(key(record, pot)));
            }
        }
        return pots;
    }

    private void judge(FeedLine line, UsageBalances balances) {
        Optional<UUID> known = line.recordId()
                .flatMap(id -> Optional.ofNullable(before.get(id)).or(() -> Optional.ofNullable(accepted.get(id))));
        switch (line.read()) {
            case Read.Bad(FeedReason reason, Optional<String> _) ->
                putAside(line, known.isPresent() ? FeedReason.CONFLICTING_DUPLICATE : reason);
            case Read.Good(FeedRecord record) -> {
                if (known.isEmpty()) {
                    switch (Optional.ofNullable(mediated.get(record)).orElseThrow()) {
                        case Mediated.Refused(FeedReason reason) -> putAside(line, reason);
                        case Mediated.Rateable rateable -> rate(line, rateable, balances);
                    }
                } else if (known.get().equals(record.content())) {
                    repeated++;
                } else {
                    putAside(line, FeedReason.CONFLICTING_DUPLICATE);
                }
            }
        }
    }

    private void rate(FeedLine line, Mediated.Rateable rateable, UsageBalances balances) {
        FeedRecord record = rateable.record();
        List<Rating.Part> parts = Rating.rate(
                rateable.usage(),
                rateable.plan(),
                rateable.products(),
                (pot, holding) -> balances.remaining(key(rateable, pot), holding));
        if (parts.isEmpty()) {
            putAside(line, FeedReason.NO_RATE);
            return;
        }
        parts.forEach(part ->
                part.taken().forEach(taken -> balances.take(key(rateable, taken.pot()), taken.quantity())));
        for (int i = 0; i < parts.size(); i++) {
            items.add(item(
                    rateable.line(),
                    rateable.event(),
                    parts.get(i),
                    new UsageItem.Origin(
                            source.id(),
                            record.recordId(),
                            i + 1,
                            record.partial() > 1,
                            consumed(parts.get(i).taken())),
                    source.name()));
        }
        accepted.put(record.recordId(), record.content());
        startedAt.put(record.recordId(), record.startedAt());
        aside.remove(record.recordId());
        settled.add(record.recordId());
    }

    private static UsageBalances.Key key(Mediated.Rateable rateable, Pot pot) {
        return new UsageBalances.Key(rateable.line().organization(), pot);
    }

    static UsageItem item(
            FeedLookups.Line line, UsageItem.Event event, Rating.Part part, UsageItem.Origin origin, String source) {
        byte[] hash = FeedRecord.hash(source + '\0' + origin.recordId() + '\0' + origin.part());
        return new UsageItem(
                UsageItemId.of(event.startedAt(), Arrays.copyOf(hash, UsageItemId.TAIL_BYTES)),
                line.holder(part.product()),
                event.with(part.quantity()),
                new UsageItem.Charge(costType(part.type()), part.charged(), part.micros(), part.currency()),
                origin);
    }

    private static UsageItem.CostType costType(Rating.CostType type) {
        return switch (type) {
            case FREE -> UsageItem.CostType.FREE;
            case IN_BUNDLE -> UsageItem.CostType.IN_BUNDLE;
            case OUT_OF_BUNDLE -> UsageItem.CostType.OUT_OF_BUNDLE;
        };
    }

    /** As the item's row keeps it; a star before a pooled allowance. */
    static @Nullable String consumed(List<Rating.Taken> taken) {
        return taken.isEmpty()
                ? null
                : taken.stream()
                        .map(one -> (one.pot().pooled() ? "*" : "") + one.pot().allowance() + "=" + one.quantity())
                        .collect(Collectors.joining(" "));
    }

    private void putAside(FeedLine line, FeedReason reason) {
        String key =
                line.recordId().orElseGet(() -> "line:" + HexFormat.of().formatHex(FeedRecord.hash(line.original())));
        aside.put(key, new Object[] {
            Id.newValue(now),
            source.id(),
            key,
            line.recordId().orElse(null),
            reason.text(),
            batch.run(),
            batch.file().orElse(null),
            line.number(),
            line.original(),
            batch.header().orElse(null),
            now
        });
        quarantined.add(
                new FeedCounts.Quarantined(line.number(), line.recordId().orElse(null), reason));
    }

    /**
     * Writes it.
     *
     * @throws UsageBalances.Changed where it was judged by balances that are no longer so
     */
    void write(Sql sql, UsageThresholds thresholds) {
        UsageBalances rated = balances.orElseThrow();
        rated.write(sql);
        records.ifPresent(rows -> FeedStore.add(sql, rows));
        written.ifPresent(rows -> rows.write(sql, UsageStore.ITEMS));
        FeedStore.takeBack(sql, source, settled);
        FeedStore.putAside(sql, List.copyOf(aside.values()));
        thresholds.raise(sql, rated, items, now);
    }
}
