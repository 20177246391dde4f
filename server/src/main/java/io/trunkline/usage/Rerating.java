package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Sql;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.rating.Chargeable;
import io.trunkline.rating.Holding;
import io.trunkline.rating.Pot;
import io.trunkline.rating.Rating;
import io.trunkline.usage.StoredRecords.Stored;
import io.trunkline.web.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records of lines, rated again in one transaction in which the lines are locked: what they had consumed is given back,
 * and then each takes what is left, in the order of their time. What others have consumed stays.
 */
final class Rerating {
    private final Sql sql;
    private final OrganizationId organization;
    private final List<Stored> records;
    private final Tariffs.Book book;
    private final FeedLookups lookups;
    private final Instant now;

    private final Map<Stored, Rateable> rateable = new LinkedHashMap<>();
    private final List<UsageItem> made = new ArrayList<>();
    private final List<UsageItem> gone = new ArrayList<>();
    private long refused;

    Rerating(Sql sql, OrganizationId organization, List<Stored> records, Tariffs.Book book, Instant now) {
        this.sql = sql;
        this.organization = organization;
        this.records = records;
        this.book = book;
        this.now = now;
        this.lookups = FeedLookups.of(
                sql,
                book,
                organization,
                records.stream().map(Stored::line).collect(Collectors.toSet()),
                records.stream()
                        .flatMap(record -> Stream.ofNullable(record.event().otherNumber()))
                        .map(String::valueOf)
                        .collect(Collectors.toSet()));
    }

    /**
     * What has come of it.
     *
     * @param changed items that are new or others than before
     * @param removed items that are there no more
     * @param refused records that went to the quarantine
     */
    record Outcome(long records, long changed, long removed, long refused) {}

    private record Rateable(
            FeedLookups.Line line, UsageItem.Event event, Chargeable usage, Holding plan, List<Holding> products) {}

    Outcome run(UsageThresholds thresholds) {
        records.forEach(record -> rateable(record).ifPresent(found -> rateable.put(record, found)));
        Map<UsageBalances.Key, Long> before = Rating.sums(records.stream()
                        .flatMap(record -> record.items().stream())
                        .flatMap(this::taken))
                .entrySet()
                .stream()
                .collect(Collectors.toMap(entry -> key(entry.getKey()), Map.Entry::getValue));
        UsageBalances balances = UsageBalances.lock(
                sql,
                book,
                Stream.concat(
                                before.keySet().stream(),
                                rateable.values().stream()
                                        .flatMap(one -> Rating.pots(one.usage(), one.plan(), one.products()).stream())
                                        .map(this::key))
                        .collect(Collectors.toSet()));
        before.forEach((key, quantity) -> balances.take(key, -quantity));
        records.forEach(record -> rate(record, balances));
        Set<UsageItem> kept = new HashSet<>(gone);
        kept.retainAll(new HashSet<>(made));
        gone.removeAll(kept);
        made.removeAll(kept);
        write();
        balances.write(sql);
        thresholds.raise(sql, balances, made, now);
        Set<Id> ids = made.stream().map(UsageItem::id).collect(Collectors.toSet());
        long removed = gone.stream().filter(item -> !ids.contains(item.id())).count();
        return new Outcome(records.size(), made.size(), removed, refused);
    }

    private UsageBalances.Key key(Pot pot) {
        return new UsageBalances.Key(organization, pot);
    }

    private Optional<Rateable> rateable(Stored record) {
        FeedLookups.Line line = lookups.line(record.line());
        List<Holding> products = line.productsAt(record.startedAt());
        List<Holding> plans =
                products.stream().filter(product -> product.terms().plan()).toList();
        if (plans.size() != 1) {
            return Optional.empty();
        }
        UsageItem.Event event =
                record.event().roaming(book.zones().isRoaming(record.event().country()));
        Long other = event.otherNumber();
        boolean onNet = other != null && lookups.isOf(organization, other.toString(), record.startedAt());
        return Optional.of(new Rateable(
                line,
                event,
                Mediation.chargeable(book.zones(), event, onNet, record.continued()),
                plans.getFirst(),
                products));
    }

    /** What an item says that it has taken. */
    private Stream<Rating.Taken> taken(UsageItem item) {
        UsageItem.Origin origin = item.origin();
        @Nullable String consumed = origin == null ? null : origin.consumed();
        if (consumed == null) {
            return Stream.empty();
        }
        Holding holding =
                lookups.line(item.holder().subscription()).product(item.holder().product());
        return Stream.of(consumed.split(" ", -1)).map(one -> {
            int equals = one.indexOf('=');
            boolean pooled = one.startsWith("*");
            return new Rating.Taken(
                    holding.pot(
                            one.substring(pooled ? 1 : 0, equals),
                            pooled,
                            item.event().startedAt()),
                    Long.parseLong(one.substring(equals + 1)));
        });
    }

    private void rate(Stored record, UsageBalances balances) {
        gone.addAll(record.items());
        Optional<Rateable> found = Optional.ofNullable(rateable.get(record));
        List<Rating.Part> parts = found.map(one -> Rating.rate(
                        one.usage(),
                        one.plan(),
                        one.products(),
                        (pot, holding) -> balances.remaining(key(pot), holding)))
                .orElse(List.of());
        if (parts.isEmpty()) {
            putAside(record, found.isPresent() ? FeedReason.NO_RATE : FeedReason.NO_PRODUCT);
            return;
        }
        parts.forEach(part -> part.taken().forEach(taken -> balances.take(key(taken.pot()), taken.quantity())));
        for (int i = 0; i < parts.size(); i++) {
            made.add(FeedRound.item(
                    found.orElseThrow().line(),
                    found.orElseThrow().event(),
                    parts.get(i),
                    new UsageItem.Origin(
                            record.source(),
                            record.recordId(),
                            i + 1,
                            record.continued(),
                            FeedRound.consumed(parts.get(i).taken())),
                    record.sourceName()));
        }
    }

    /** Its line is written anew: what came is not kept of what was accepted. */
    private void putAside(Stored record, FeedReason reason) {
        refused++;
        StoredRecords.forget(sql, record);
        UsageItem.Event event = record.event();
        String imsi = event.ownNumber() == null
                ? FeedLookups.imsi(sql, organization, record.line(), record.startedAt())
                : null;
        String line = Json.text(json -> {
            json.text("record_id", record.recordId())
                    .text("type", event.type().text())
                    .text("direction", event.direction().text());
            text(json, "technology", event.technology(), UsageItem.Technology::text);
            text(json, "imsi", imsi, Function.identity());
            text(json, "msisdn", event.ownNumber(), String::valueOf);
            text(json, "other_party", event.otherNumber(), String::valueOf);
            text(json, "other_party", event.otherAddress(), Function.identity());
            text(json, "location_country", event.country(), Function.identity());
            if (event.country() == null) {
                json.text("serving_plmn", "90101");
            }
            json.time("started_at", event.startedAt())
                    .time("ended_at", event.endedAt())
                    .text("quantity", Long.toString(event.quantity()));
            if (record.continued()) {
                json.text("session_id", record.recordId()).text("partial", "2");
            }
        });
        FeedStore.putAside(sql, List.<@Nullable Object[]>of(new @Nullable Object[] {
            Id.newValue(now),
            record.source(),
            record.recordId(),
            record.recordId(),
            reason.text(),
            FeedStore.newRun(sql),
            null,
            1L,
            line.getBytes(StandardCharsets.UTF_8),
            null,
            now
        }));
    }

    private static <T> void text(Json json, String name, @Nullable T value, Function<T, String> written) {
        if (value != null) {
            json.text(name, written.apply(value));
        }
    }

    private void write() {
        if (!gone.isEmpty()) {
            StoredRecords.remove(sql, organization, gone);
            var rollups = new UsageRollups();
            gone.forEach(rollups::subtract);
            rollups.rows().write(sql);
        }
        if (!made.isEmpty()) {
            UsageStore.add(sql, UsagePartitions.ALL, made, _ -> now);
        }
    }

    /** A line is one's own until the end of the transaction, as far as rating it again goes. */
    static void lock(Sql sql, OrganizationId organization, List<SubscriptionId> lines) {
        sql.list(
                "SELECT id FROM subscriptions WHERE organization_id = ? AND id = ANY (?) ORDER BY id FOR NO KEY UPDATE",
                _ -> true,
                organization,
                lines.stream().map(SubscriptionId::value).toArray(UUID[]::new));
    }
}
