package io.trunkline.box.demo;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.usage.Usage;
import io.trunkline.usage.UsageItem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The usage of the demo's lines since they became active. Each start adds what has happened since the last one: a day
 * comes out the same each time, and an item that is there already is known by its id.
 */
final class DemoUsage {
    private static final long SEED = 20_260_102;
    /** From the end of something to its item. */
    private static final Duration PROCESSING = Duration.ofMinutes(4);

    /** Longest of a call or session: what began this long before the last item may not have ended then. */
    private static final Duration LONGEST = Duration.ofHours(3);

    private static final String NEWEST = """
            SELECT started_at FROM usage_items WHERE organization_id = ?
            ORDER BY started_at DESC, id DESC LIMIT 1""";
    private static final String KNOWN = "SELECT id FROM usage_items WHERE organization_id = ? AND started_at >= ?";

    private final Database database;
    private final Usage usage;
    private final Instant now;

    private DemoUsage(Database database, Usage usage, Instant now) {
        this.database = database;
        this.usage = usage;
        this.now = now;
    }

    /**
     * Adds what is missing up to now, in one transaction.
     *
     * @return how many items were added
     */
    static int complete(Database database, Usage usage, Instant now, List<OrganizationId> organizations) {
        var demo = new DemoUsage(database, usage, now);
        var missing = new ArrayList<UsageItem>();
        organizations.forEach(organization -> missing.addAll(demo.missing(organization)));
        demo.add(missing);
        return missing.size();
    }

    private List<UsageItem> missing(OrganizationId organization) {
        Sql sql = database.owner();
        List<DemoLine> lines = DemoLine.of(sql, organization);
        Optional<Instant> first = lines.stream().map(DemoLine::from).min(Comparator.naturalOrder());
        if (first.isEmpty()) {
            return List.of();
        }
        Optional<Instant> newest =
                sql.one(NEWEST, row -> row.instant("started_at"), organization).map(at -> at.minus(LONGEST));
        Instant kept = usage.oldest();
        Instant from = newest.or(() -> first).filter(at -> at.isAfter(kept)).orElse(kept);
        // Allowances are of a month: it is gone through from its start.
        YearMonth month = YearMonth.from(from.atOffset(ZoneOffset.UTC));
        Set<UUID> known =
                newest.isEmpty() ? Set.of() : new HashSet<>(sql.list(KNOWN, row -> row.uuid("id"), organization, from));
        return items(lines, month.atDay(1)).stream()
                .filter(item -> !item.event().startedAt().isBefore(from)
                        && !known.contains(item.id().value()))
                .toList();
    }

    /** All that began on this day or later and is over by now. */
    private List<UsageItem> items(List<DemoLine> lines, LocalDate first) {
        var life = new DemoLife(SEED, lines);
        var tariff = new DemoTariff();
        var items = new ArrayList<UsageItem>();
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        for (LocalDate day = first; !day.isAfter(today); day = day.plusDays(1)) {
            YearMonth month = YearMonth.from(day);
            life.on(day).stream()
                    .filter(event -> processedAt(event.event()).isBefore(now))
                    .sorted(Comparator.comparing(
                                    (DemoEvent event) -> event.event().startedAt())
                            .thenComparing(DemoEvent::name))
                    .forEach(event -> items.addAll(items(event, tariff.charge(event, month))));
        }
        return items;
    }

    private static List<UsageItem> items(DemoEvent happened, List<DemoTariff.Part> parts) {
        var items = new ArrayList<UsageItem>();
        UsageItem.Event event = happened.event();
        for (DemoTariff.Part part : parts) {
            UsageItemId id = UsageItemId.of(event.startedAt(), tail(happened.name() + "/" + items.size()));
            items.add(new UsageItem(
                    id,
                    happened.line().holder(part.offering()),
                    new UsageItem.Event(
                            event.type(),
                            event.direction(),
                            event.technology(),
                            event.ownNumber(),
                            event.otherNumber(),
                            event.otherAddress(),
                            event.country(),
                            event.roaming(),
                            event.recorded(),
                            event.startedAt(),
                            event.endedAt(),
                            part.quantity()),
                    part.charge()));
        }
        return items;
    }

    private static byte[] tail(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(hash, UsageItemId.TAIL_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    private static Instant processedAt(UsageItem.Event event) {
        return event.endedAt().plus(PROCESSING);
    }

    /** A batch for each day, in order. */
    private void add(List<UsageItem> items) {
        if (items.isEmpty()) {
            return;
        }
        var days = new TreeMap<LocalDate, List<UsageItem>>();
        items.forEach(item -> days.computeIfAbsent(
                        processedAt(item.event()).atOffset(ZoneOffset.UTC).toLocalDate(), _ -> new ArrayList<>())
                .add(item));
        usage.cover(
                items.stream()
                        .map(item -> item.event().startedAt())
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                items.stream()
                        .map(item -> item.event().startedAt())
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
        database.inOwnerTransaction(sql -> {
            for (List<UsageItem> day : days.values()) {
                usage.add(sql, day, item -> processedAt(item.event()));
            }
            return days.size();
        });
    }
}
