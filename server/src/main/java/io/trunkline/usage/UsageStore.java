package io.trunkline.usage;

import io.trunkline.database.CopyRows;
import io.trunkline.database.Order;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements of the room. */
final class UsageStore {
    /** So few that a row of them is read in one piece. */
    private static final int IDS_PER_ROW = 100;

    private static final UUID LAST_ID = new UUID(-1, -1);

    private static final String FIND = "SELECT " + UsageItemShape.COLUMNS + " FROM usage_items\n"
            + "WHERE organization_id = ? AND started_at = ? AND id = ?";
    private static final String HOLDERS =
            "SELECT DISTINCT subscription_id AS id FROM phone_numbers WHERE organization_id = ? AND msisdn = ? LIMIT ?";
    private static final String OF_SUBSCRIBER =
            "SELECT id FROM subscriptions WHERE organization_id = ? AND subscriber_id = ? LIMIT ?";
    private static final String OF_ACCOUNT =
            "SELECT id FROM subscriptions WHERE organization_id = ? AND account_id = ? LIMIT ?";

    private static final String NEW_BATCH = "SELECT nextval('usage_batch_ids') AS id";
    private static final String INSERT_BATCH = """
            INSERT INTO usage_batches (organization_id, id, items, first_started_at, last_started_at, processed_at)
            VALUES (?, ?, ?, ?, ?, ?)""";
    private static final String BATCH_ITEMS = "usage_batch_items (organization_id, batch_id, last_id, ids)";
    private static final int BATCH_ITEMS_COLUMNS = 4;
    static final String ITEMS = "usage_items";
    private static final String ITEM_COLUMNS = " (organization_id, batch_id, " + UsageItemShape.COLUMNS
            + ", source_id, record_id, part, continued, consumed)";
    private static final int ITEMS_COLUMNS = 29;

    /** The lists of ids from a place on, as many as hold {@code before} ids and one more. */
    private static final String LISTED = """
            SELECT number, batch_id, ids FROM (
                SELECT b.number, b.id AS batch_id, p.last_id, p.ids,
                    sum(cardinality(p.ids)) OVER (ORDER BY b.number, p.last_id) - cardinality(p.ids) AS before
                FROM usage_batches b CROSS JOIN LATERAL (
                    SELECT last_id, ids FROM usage_batch_items i
                    WHERE i.organization_id = ? AND i.batch_id = b.id
                        AND i.last_id > CASE WHEN b.number = ? THEN ? ELSE '00000000-0000-0000-0000-000000000000' END
                    ORDER BY last_id LIMIT ?) p
                WHERE b.organization_id = ? AND b.number >= ?
                ORDER BY b.number, p.last_id LIMIT ?) listed
            WHERE before < ?""";

    private static final String PROCESSED = """
            SELECT %s, number, true AS belongs, false AS ends
            FROM unnest(?, ?, ?, ?) AS listed (listed_number, listed_batch, listed_at, listed_id)
            JOIN LATERAL (
                SELECT usage_items.*, listed_number AS number FROM usage_items
                WHERE organization_id = ? AND started_at = listed_at AND id = listed_id AND batch_id = listed_batch
                LIMIT 1) item ON true
            WHERE true""".formatted(UsageItemShape.COLUMNS);
    static final Order PROCESSED_ORDER = Order.byNumber("number", "id");

    private UsageStore() {}

    static boolean find(Sql sql, OrganizationId organization, UsageItemId id, Slice.Sink sink) {
        return sql.scan(
                FIND,
                result -> {
                    if (!result.next()) {
                        return false;
                    }
                    sink.accept(result.row());
                    return true;
                },
                organization,
                id.startedAt(),
                id);
    }

    /** Newest first. */
    static Slice.Ends list(
            Sql sql, OrganizationId organization, UsageFilter filter, Slice slice, int examined, Slice.Sink sink) {
        return selected(sql, organization, filter, new UsageQuery(organization, filter, slice, examined))
                .map(select -> slice.walk(sql, select, UsageQuery.NEWEST_FIRST, UsageQuery::part, sink))
                .orElseGet(() -> new Slice.Ends(Optional.empty(), Optional.empty()));
    }

    /** Empty where nothing can be among the items. */
    private static Optional<Select> selected(
            Sql sql, OrganizationId organization, UsageFilter filter, UsageQuery query) {
        if (filter.subscription().isPresent()) {
            return Optional.of(
                    query.ofSubscriptions(List.of(filter.subscription().get())));
        }
        List<SubscriptionId> lines;
        if (filter.msisdn().isPresent()) {
            lines = lines(sql, HOLDERS, organization, filter.msisdn().get().digits());
            return Optional.of(
                    lines.size() > UsageQuery.MOST_SUBSCRIPTIONS ? query.ofOrganization() : query.ofNumber(lines));
        }
        if (filter.subscriber().isPresent()) {
            lines = lines(sql, OF_SUBSCRIBER, organization, filter.subscriber().get());
        } else if (filter.account().isPresent()) {
            lines = lines(sql, OF_ACCOUNT, organization, filter.account().get());
        } else {
            return Optional.of(query.ofOrganization());
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                lines.size() > UsageQuery.MOST_SUBSCRIPTIONS ? query.ofOrganization() : query.ofSubscriptions(lines));
    }

    /** Up to one more than are read each for itself. */
    private static List<SubscriptionId> lines(Sql sql, String select, OrganizationId organization, Object value) {
        return sql.list(
                select,
                row -> new SubscriptionId(row.uuid("id")),
                organization,
                value,
                UsageQuery.MOST_SUBSCRIPTIONS + 1);
    }

    /** An item that a numbered batch has made or changed. */
    private record Listed(long number, long batch, UUID id) {}

    /** In the order of processing, from a place on that need not be a row's. There is always one to read on from. */
    static Slice.Ends processed(
            Sql sql,
            OrganizationId organization,
            UsageFilter filter,
            Slice.Key after,
            int limit,
            int most,
            Slice.Sink sink) {
        List<Listed> listed = listed(sql, organization, after, most);
        if (listed.isEmpty()) {
            return new Slice.Ends(Optional.of(new Slice.From(false, false, after)), Optional.empty());
        }
        Select select = new Select(
                PROCESSED,
                listed.stream().map(Listed::number).toArray(Long[]::new),
                listed.stream().map(Listed::batch).toArray(Long[]::new),
                listed.stream()
                        .map(entry -> new UsageItemId(entry.id()).startedAt())
                        .toArray(Instant[]::new),
                listed.stream().map(Listed::id).toArray(UUID[]::new),
                organization);
        new UsageQuery(organization, filter, new Slice(limit, Optional.empty()), most).narrow(select);
        Slice.Ends ends = new Slice(limit, Optional.empty()).walk(sql, select, PROCESSED_ORDER, UsageQuery::part, sink);
        Listed last = listed.getLast();
        var examined = new Slice.From(false, false, new Slice.Key(last.number(), last.id()));
        return new Slice.Ends(ends.next().or(() -> Optional.of(examined)), Optional.empty());
    }

    private static List<Listed> listed(Sql sql, OrganizationId organization, Slice.Key after, int most) {
        var listed = new ArrayList<Listed>();
        // The first list may begin before the place.
        int wanted = most + IDS_PER_ROW;
        return sql.scan(
                LISTED,
                result -> {
                    while (result.next()) {
                        listed.addAll(idsOf(result.row(), after));
                    }
                    return listed.size() > most ? listed.subList(0, most) : listed;
                },
                organization,
                after.rank(),
                after.id(),
                most,
                organization,
                after.rank(),
                most,
                wanted);
    }

    private static List<Listed> idsOf(Row row, Slice.Key after) throws SQLException {
        long number = row.longInteger("number");
        long batch = row.longInteger("batch_id");
        return row.uuids("ids").stream()
                .filter(id -> number > after.rank() || BY_VALUE.compare(id, after.id()) > 0)
                .map(id -> new Listed(number, batch, id))
                .toList();
    }

    /** As PostgreSQL orders them; Java compares their halves as signed numbers. */
    static final Comparator<UUID> BY_VALUE = (one, other) -> {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    };

    /** The place behind all items of the batches up to this number. */
    static Slice.Key after(long number) {
        return new Slice.Key(number, LAST_ID);
    }

    /**
     * Writes a batch.
     *
     * @param table where its items go: {@link #ITEMS}, or a month that is being filled
     * @return its id
     */
    static long add(
            Sql transaction,
            UsagePartitions.Table table,
            List<UsageItem> items,
            Function<UsageItem, Instant> processedAt) {
        Written batch = prepare(transaction, items, table.isNew(), processedAt);
        batch.write(transaction, table.name());
        return batch.id();
    }

    /**
     * A batch as its rows, ready to be sent.
     *
     * @param batches parameters of their statement, by organization
     */
    record Written(long id, List<@Nullable Object[]> batches, CopyRows lists, CopyRows items, UsageRollups.Rows sums) {
        void write(Sql transaction, String table) {
            transaction.updateAll(INSERT_BATCH, batches);
            transaction.copy(BATCH_ITEMS, lists);
            transaction.copy(table + ITEM_COLUMNS, items);
            sums.write(transaction);
        }
    }

    /** Makes the rows of a batch, which has its id from here on. */
    static Written prepare(Sql sql, List<UsageItem> items, boolean isNew, Function<UsageItem, Instant> processedAt) {
        long batch = sql.one(NEW_BATCH, row -> row.longInteger("id")).orElseThrow();
        Map<OrganizationId, List<UUID>> ids = items.stream()
                .collect(Collectors.groupingBy(
                        item -> item.holder().organization(),
                        () -> new TreeMap<>(Comparator.comparing(OrganizationId::value, BY_VALUE)),
                        Collectors.mapping(item -> item.id().value(), Collectors.toList())));
        Instant last =
                items.stream().map(processedAt).max(Comparator.naturalOrder()).orElseThrow();
        var batches = new ArrayList<@Nullable Object[]>();
        var lists = new CopyRows(BATCH_ITEMS_COLUMNS);
        ids.forEach((organization, own) -> {
            own.sort(BY_VALUE);
            batches.add(new Object[] {
                organization,
                batch,
                own.size(),
                new UsageItemId(own.getFirst()).startedAt(),
                new UsageItemId(own.getLast()).startedAt(),
                last
            });
            for (int from = 0; from < own.size(); from += IDS_PER_ROW) {
                List<UUID> part = own.subList(from, Math.min(own.size(), from + IDS_PER_ROW));
                lists.row()
                        .uuid(organization.value())
                        .number(batch)
                        .uuid(part.getLast())
                        .uuids(part);
            }
        });
        var rows = new CopyRows(ITEMS_COLUMNS, items.size());
        if (isNew) {
            rows.frozen();
        }
        var rollups = new UsageRollups();
        for (UsageItem item : items) {
            write(rows, item, batch, processedAt.apply(item));
            // A month that is made with all of its items is summed when it is whole.
            if (!isNew) {
                rollups.add(item);
            }
        }
        return new Written(batch, batches, lists, rows, rollups.rows());
    }

    private static void write(CopyRows rows, UsageItem item, long batch, Instant processedAt) {
        UsageItem.Holder holder = item.holder();
        UsageItem.Event event = item.event();
        UsageItem.Charge charge = item.charge();
        rows.row()
                .uuid(holder.organization().value())
                .number(batch)
                .uuid(item.id().value())
                .time(event.startedAt())
                .time(event.endedAt())
                .time(processedAt)
                .number(event.quantity())
                .number(charge.quantity())
                .number(charge.micros())
                .numberOrNull(event.ownNumber())
                .numberOrNull(event.otherNumber())
                .uuid(holder.subscription().value())
                .uuid(holder.subscriber().value())
                .uuid(holder.account().value())
                .uuid(holder.product().value())
                .letter(event.type().letter())
                .letter(event.direction().letter())
                .letter(charge.type().letter());
        UsageItem.Technology technology = event.technology();
        if (technology == null) {
            rows.none();
        } else {
            rows.letter(technology.letter());
        }
        rows.bool(event.roaming())
                .bool(event.recorded())
                .textOrNull(charge.currency())
                .textOrNull(event.country())
                .textOrNull(event.otherAddress());
        write(rows, item.origin());
    }

    private static void write(CopyRows rows, UsageItem.@Nullable Origin origin) {
        if (origin == null) {
            rows.none().none().none().none().none();
        } else {
            rows.integer(origin.source())
                    .textOrNull(origin.recordId())
                    .integer(origin.part())
                    .bool(origin.continued())
                    .textOrNull(origin.consumed());
        }
    }
}
