package io.trunkline.usage;

import io.trunkline.database.Order;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page of items as one query: streams of rows, each along an index in the order of the list, are merged, and what the
 * index does not know is filtered on the way. All streams together examine at most a set number of rows. Where a stream
 * has used up its part, its last row is marked: beyond it something may be missing, so the page ends there.
 */
final class UsageQuery {
    static final Order NEWEST_FIRST = Order.byTime("started_at", "id", true);

    /** How many subscriptions of a person or account are read each for itself; of more, the organization is read. */
    static final int MOST_SUBSCRIPTIONS = 200;

    /** One that has no number yet comes later than all that have. */
    private static final String AS_OF =
            "(SELECT b.number FROM usage_batches b WHERE b.organization_id = ? AND b.id = batch_id) <= ?";

    private final OrganizationId organization;
    private final UsageFilter filter;
    private final Slice slice;
    private final int examined;

    /**
     * For one page.
     *
     * @param examined most rows to look at
     */
    UsageQuery(OrganizationId organization, UsageFilter filter, Slice slice, int examined) {
        this.organization = organization;
        this.filter = filter;
        this.slice = slice;
        this.examined = examined;
    }

    /** Conditions with their values. */
    private record Conditions(List<String> texts, List<Object> values) {
        Conditions() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        Conditions and(String text, Object... given) {
            texts.add(text);
            values.addAll(List.of(given));
            return this;
        }

        Conditions andIf(String text, Optional<?> value) {
            return value.isPresent() ? and(text, value.get()) : this;
        }

        String text() {
            return texts.isEmpty() ? "true" : String.join(" AND ", texts);
        }
    }

    /** Adds all filters to a query of items. */
    Select narrow(Select select) {
        Conditions all = rest().andIf("started_at >= ?", filter.from()).andIf("started_at < ?", filter.before());
        return select.and(
                all.andIf("subscription_id = ?", filter.subscription()).text(),
                all.values().toArray());
    }

    /** What a row of the answer is to its page. */
    static Slice.Part part(Row row) throws SQLException {
        boolean belongs = row.bool("belongs");
        return !row.bool("ends") ? Slice.Part.BELONGS : belongs ? Slice.Part.BELONGS_AND_ENDS : Slice.Part.ENDS;
    }

    /** The items of all lines. */
    Select ofOrganization() {
        return stream("true", List.of(), rest().andIf("subscription_id = ?", filter.subscription()), examined);
    }

    /** The items of these lines. */
    Select ofSubscriptions(List<SubscriptionId> subscriptions) {
        return ofSubscriptions(subscriptions, rest(), examined);
    }

    /** The items in which the filter's number is a party, where these lines have or once had it. */
    Select ofNumber(List<SubscriptionId> holders) {
        long number = filter.msisdn().orElseThrow().value();
        int each = holders.isEmpty() ? examined : examined / 2;
        Select asOther = stream(
                "other_msisdn = ?",
                List.of(number),
                // A call from a number to itself is in the other stream.
                filters().and("own_msisdn IS DISTINCT FROM ?", number),
                each);
        if (holders.isEmpty()) {
            return asOther;
        }
        return merged(ofSubscriptions(holders, filters().and("own_msisdn = ?", number), each), asOther);
    }

    private Select merged(Select one, Select other) {
        limited(one);
        limited(other);
        return new Select(
                "SELECT * FROM ((" + one.text() + ")\nUNION ALL\n(" + other.text() + ")) both_sides",
                Stream.of(one, other)
                        .flatMap(select -> Arrays.stream(select.parameters()))
                        .toArray());
    }

    private Select ofSubscriptions(List<SubscriptionId> subscriptions, Conditions rest, int rows) {
        if (subscriptions.size() == 1) {
            return stream("subscription_id = ?", List.of(subscriptions.getFirst()), rest, rows);
        }
        UUID[] ids = subscriptions.stream().map(Id::value).toArray(UUID[]::new);
        Select each = limited(stream("subscription_id = line.id", List.of(), rest, Math.max(2, rows / ids.length)));
        return new Select("SELECT item.* FROM unnest(?) AS line (id) CROSS JOIN LATERAL (", (Object) ids)
                .then(each.text() + ") item", each.parameters());
    }

    /** What no index knows, of queries that do not seek a number. */
    private Conditions rest() {
        Conditions rest = filters();
        filter.msisdn()
                .map(UsageFilter.Msisdn::value)
                .ifPresent(number -> rest.and("(own_msisdn = ? OR other_msisdn = ?)", number, number));
        return rest;
    }

    private Conditions filters() {
        Conditions rest = new Conditions()
                .andIf("account_id = ?", filter.account())
                .andIf("subscriber_id = ?", filter.subscriber())
                .andIf("direction = ?::\"char\"", filter.direction().map(UsageQuery::letter));
        filter.asOf().ifPresent(number -> rest.and(AS_OF, organization, number));
        if (!filter.types().isEmpty()) {
            rest.and("type = ANY (?::\"char\"[])", (Object) letters(filter.types()));
        }
        if (!filter.costTypes().isEmpty()) {
            rest.and("cost_type = ANY (?::\"char\"[])", (Object) letters(filter.costTypes()));
        }
        return rest;
    }

    private static String letter(UsageItem.Coded coded) {
        return String.valueOf(coded.letter());
    }

    private static String[] letters(List<? extends UsageItem.Coded> coded) {
        return coded.stream().map(UsageQuery::letter).toArray(String[]::new);
    }

    /**
     * Rows along an index, in the order of the list, at most as many as a page needs.
     *
     * @param key what the index knows besides organization and time
     * @param rows most rows to examine
     */
    private Select stream(String key, List<?> keyValues, Conditions rest, int rows) {
        Select along = new Select("FROM usage_items WHERE organization_id = ?", organization)
                .and(key, keyValues.toArray())
                .andIf("started_at >= ?", filter.from())
                .andIf("started_at < ?", filter.before());
        slice.placed(along, NEWEST_FIRST);
        if (rest.texts().isEmpty() && rows > slice.limit()) {
            return new Select(
                    "SELECT " + columns() + ", true AS belongs, false AS ends\n" + along.text(), along.parameters());
        }
        var values = new ArrayList<@Nullable Object>(rest.values());
        values.add(rows);
        Collections.addAll(values, along.parameters());
        values.add(rows);
        String ordered = NEWEST_FIRST.clause(slice.backward());
        return new Select(
                "SELECT * FROM (SELECT along.*, " + rest.text() + " AS belongs, place = ? AS ends FROM (\n"
                        + "SELECT " + columns() + ", row_number() OVER (" + ordered + ") AS place\n"
                        + along.text()
                        + "\n" + ordered + " LIMIT ?) along) examined WHERE (belongs OR ends)",
                values.toArray());
    }

    private String columns() {
        return filter.asOf().isPresent() ? UsageItemShape.COLUMNS + ", batch_id" : UsageItemShape.COLUMNS;
    }

    /** One of several streams. */
    private Select limited(Select stream) {
        return stream.then(NEWEST_FIRST.clause(slice.backward()) + " LIMIT ?", slice.limit() + 1);
    }
}
