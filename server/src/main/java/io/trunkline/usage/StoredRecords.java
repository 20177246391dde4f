package io.trunkline.usage;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.usage.UsageItem.Coded;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records as their items tell of them. Items that came of no record are none of these. */
final class StoredRecords {
    private static final String COLUMNS =
            UsageItemShape.COLUMNS + ", organization_id, source_id, record_id, part," + " continued, consumed";
    /** Those of these lines from a moment on, in the order in which they are rated. */
    private static final String OF_LINES = "SELECT i.*, s.name AS source_name FROM (SELECT " + COLUMNS
            + " FROM usage_items WHERE organization_id = ? AND subscription_id = ANY (?) AND started_at >= ?"
            + " AND source_id IS NOT NULL) i JOIN usage_sources s ON s.id = i.source_id"
            + " ORDER BY i.started_at, s.name COLLATE \"C\", i.record_id COLLATE \"C\", i.part LIMIT ?";

    private static final String REMOVE = """
            DELETE FROM usage_items i USING unnest(?, ?) AS gone (started_at, id)
            WHERE i.organization_id = ? AND i.started_at = gone.started_at AND i.id = gone.id""";
    private static final String FORGET = "DELETE FROM usage_records WHERE source_id = ? AND record_id = ?";

    private StoredRecords() {}

    /**
     * One record.
     *
     * @param items its parts in their order
     */
    record Stored(int source, String sourceName, String recordId, List<UsageItem> items) {
        SubscriptionId line() {
            return items.getFirst().holder().subscription();
        }

        Instant startedAt() {
            return items.getFirst().event().startedAt();
        }

        boolean continued() {
            return Objects.requireNonNull(items.getFirst().origin()).continued();
        }

        /** With all of its quantity. */
        UsageItem.Event event() {
            return items.getFirst()
                    .event()
                    .with(items.stream()
                            .mapToLong(item -> item.event().quantity())
                            .sum());
        }
    }

    private record Key(int source, String recordId) {}

    private record Part(String sourceName, UsageItem item) {}

    /** Of up to so many items; one more is read where there are more. */
    static List<Stored> of(
            Sql sql, OrganizationId organization, List<SubscriptionId> lines, Instant from, int mostItems) {
        var records = new LinkedHashMap<Key, Stored>();
        List<Part> parts = sql.list(
                OF_LINES,
                row -> new Part(row.text("source_name"), item(row)),
                organization,
                lines.stream().map(SubscriptionId::value).toArray(UUID[]::new),
                from,
                mostItems + 1);
        for (Part part : parts) {
            UsageItem.Origin origin = Objects.requireNonNull(part.item().origin());
            records.computeIfAbsent(
                            new Key(origin.source(), origin.recordId()),
                            key -> new Stored(key.source(), part.sourceName(), key.recordId(), new ArrayList<>()))
                    .items()
                    .add(part.item());
        }
        return List.copyOf(records.values());
    }

    private static UsageItem item(Row row) throws SQLException {
        String technology = row.textOrNull("technology");
        return new UsageItem(
                new UsageItemId(row.uuid("id")),
                new UsageItem.Holder(
                        new OrganizationId(row.uuid("organization_id")),
                        new SubscriptionId(row.uuid("subscription_id")),
                        new SubscriberId(row.uuid("subscriber_id")),
                        new AccountId(row.uuid("account_id")),
                        new ProductId(row.uuid("product_id"))),
                new UsageItem.Event(
                        Coded.of(UsageItem.Type.values(), row.letter("type")),
                        Coded.of(Direction.values(), row.letter("direction")),
                        technology == null ? null : Coded.of(Technology.values(), technology.charAt(0)),
                        row.longOrNull("own_msisdn"),
                        row.longOrNull("other_msisdn"),
                        row.textOrNull("other_address"),
                        row.textOrNull("location_country"),
                        row.bool("roaming"),
                        row.bool("is_recorded"),
                        row.instant("started_at"),
                        row.instant("ended_at"),
                        row.longInteger("quantity")),
                new UsageItem.Charge(
                        Coded.of(CostType.values(), row.letter("cost_type")),
                        row.longInteger("charged_quantity"),
                        row.longInteger("cost_micros"),
                        row.text("currency")),
                origin(row));
    }

    private static UsageItem.Origin origin(Row row) throws SQLException {
        @Nullable String consumed = row.textOrNull("consumed");
        return new UsageItem.Origin(
                row.integer("source_id"), row.text("record_id"), row.integer("part"), row.bool("continued"), consumed);
    }

    static void remove(Sql sql, OrganizationId organization, List<UsageItem> items) {
        sql.update(
                REMOVE,
                items.stream().map(item -> item.event().startedAt()).toArray(Instant[]::new),
                items.stream().map(item -> item.id().value()).toArray(UUID[]::new),
                organization);
    }

    /** It is no longer known as accepted. */
    static void forget(Sql sql, Stored record) {
        sql.update(FORGET, record.source(), record.recordId());
    }
}
