package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One batch, judged and written in one transaction, in which its source is locked. */
final class FeedRound {
    private final Sql sql;
    private final FeedStore.Source source;
    private final Tariffs.Book book;
    private final FeedBatch batch;
    private final UsageThresholds thresholds;
    private final Instant now;

    private final Map<String, UUID> before;
    private final Map<String, UUID> accepted = new LinkedHashMap<>();
    private final Map<String, Instant> startedAt = new HashMap<>();
    private final List<UsageItem> items = new ArrayList<>();
    private final Map<String, @Nullable Object[]> aside = new LinkedHashMap<>();
    private final Set<String> settled = new HashSet<>();
    private final List<FeedCounts.Quarantined> quarantined = new ArrayList<>();
    private long repeated;

    FeedRound(
            Sql sql,
            FeedStore.Source source,
            Tariffs.Book book,
            FeedBatch batch,
            UsageThresholds thresholds,
            Instant now) {
        this.sql = sql;
        this.thresholds = thresholds;
        this.source = source;
        this.book = book;
        this.batch = batch;
        this.now = now;
        this.before = FeedStore.accepted(
                sql,
                source,
                batch.lines().stream().flatMap(line -> line.recordId().stream()).collect(Collectors.toSet()));
    }

    FeedCounts run() {
        List<FeedRecord> fresh = batch.lines().stream()
                .map(FeedLine::read)
                .filter(Read.Good.class::isInstance)
                .map(read -> ((Read.Good) read).record())
                .filter(record -> !before.containsKey(record.recordId()))
                .toList();
        var mediation = new Mediation(FeedLookups.of(sql, book, fresh), book.zones());
        var mediated = new HashMap<FeedRecord, Mediated>();
        fresh.forEach(record -> mediated.put(record, mediation.mediate(record)));
        UsageBalances balances = UsageBalances.lock(sql, book, pots(mediated));
        batch.lines().forEach(line -> judge(line, mediated, balances));
        write();
        balances.write(sql);
        thresholds.raise(sql, balances, items, now);
        return new FeedCounts(accepted.size(), repeated, List.copyOf(quarantined));
    }

    private static Set<UsageBalances.Key> pots(Map<FeedRecord, Mediated> mediated) {
        return mediated.values().stream()
                .flatMap(one -> one instanceof Mediated.Rateable record ? pots(record) : Stream.empty())
                .collect(Collectors.toSet());
    }

    private static Stream<UsageBalances.Key> pots(Mediated.Rateable record) {
        return Rating.pots(record.usage(), record.plan(), record.products()).stream()
                .map(pot -> new UsageBalances.Key(record.line().organization(), pot));
    }

    private void judge(FeedLine line, Map<FeedRecord, Mediated> mediated, UsageBalances balances) {
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

    private void write() {
        if (!items.isEmpty()) {
            UsageStore.add(sql, UsagePartitions.ALL, items, _ -> now);
        }
        FeedStore.add(sql, source, accepted, startedAt);
        FeedStore.takeBack(sql, source, settled);
        FeedStore.putAside(sql, List.copyOf(aside.values()));
    }
}
