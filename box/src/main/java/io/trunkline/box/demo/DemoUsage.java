package io.trunkline.box.demo;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.usage.UsageFeed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The usage of the demo's lines since they became active, as records of a feed of its own. Each start adds what has
 * happened since the last one: a day comes out the same each time, and a record that has come before is known by its
 * id.
 */
final class DemoUsage {
    static final String SOURCE = "demo";

    private static final long SEED = 20_260_102;
    /** From the end of something to its record. */
    private static final Duration RECORDING = Duration.ofMinutes(4);
    /** Longest of a call or session: what began this long before the last record may not have ended then. */
    private static final Duration LONGEST = Duration.ofHours(3);
    /** Records that are handed over at once cover this much. */
    private static final int DAYS_AT_ONCE = 28;

    private static final String NEWEST = """
            SELECT max(r.started_at) AS newest
            FROM usage_records r JOIN usage_sources s ON s.id = r.source_id WHERE s.name = ?""";
    /** Earlier builds made items beside the feeds. */
    private static final String OF_NO_RECORD =
            "DELETE FROM usage_items WHERE organization_id = ANY (?) AND source_id IS NULL";

    private final UsageFeed feed;
    private final List<DemoLife> lives;
    private final Instant now;

    private DemoUsage(UsageFeed feed, List<DemoLife> lives, Instant now) {
        this.feed = feed;
        this.lives = lives;
        this.now = now;
    }

    /**
     * Adds what is missing up to now.
     *
     * @param oldest before this nothing is kept
     */
    static UsageFeed.Taken complete(
            Database database, UsageFeed feed, Instant oldest, Instant now, List<OrganizationId> organizations) {
        Sql sql = database.owner();
        List<List<DemoLine>> lines = organizations.stream()
                .map(organization -> DemoLine.of(sql, organization))
                .toList();
        Optional<Instant> newest = sql.list(NEWEST, row -> Optional.ofNullable(row.instantOrNull("newest")), SOURCE)
                .getFirst();
        if (newest.isEmpty()) {
            sql.update(OF_NO_RECORD, (Object)
                    organizations.stream().map(OrganizationId::value).toArray(UUID[]::new));
        }
        Optional<Instant> from = newest.map(at -> at.minus(LONGEST))
                .or(() ->
                        lines.stream().flatMap(List::stream).map(DemoLine::from).min(Comparator.naturalOrder()))
                .map(at -> at.isBefore(oldest) ? oldest : at);
        var demo = new DemoUsage(
                feed, lines.stream().map(own -> new DemoLife(SEED, own)).toList(), now);
        return from.map(demo::complete).orElse(new UsageFeed.Taken(0, 0, 0));
    }

    private UsageFeed.Taken complete(Instant from) {
        var taken = new UsageFeed.Taken(0, 0, 0);
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        LocalDate day = from.atOffset(ZoneOffset.UTC).toLocalDate();
        for (LocalDate next = day; !day.isAfter(today); day = next) {
            next = day.plusDays(DAYS_AT_ONCE);
            String records = records(day, next.isAfter(today) ? today.plusDays(1) : next, from);
            if (!records.isEmpty()) {
                taken = taken.plus(feed.take(SOURCE, records));
            }
        }
        return taken;
    }

    /** All that began on these days and is over by now, in order: the last one tells how far it has come. */
    private String records(LocalDate first, LocalDate end, Instant from) {
        var events = new ArrayList<DemoEvent>();
        for (LocalDate day = first; day.isBefore(end); day = day.plusDays(1)) {
            for (DemoLife life : lives) {
                events.addAll(life.on(day));
            }
        }
        return events.stream()
                .filter(event -> !event.at().isBefore(from)
                        && event.until().plus(RECORDING).isBefore(now))
                .sorted(Comparator.comparing(DemoEvent::at).thenComparing(DemoEvent::name))
                .map(DemoEvent::record)
                .collect(Collectors.joining("\n"));
    }
}
