package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.Order;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.ids.OrganizationId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Items added up in groups. What has another unit or currency is never added up: each makes a group of its own. */
@Component
class UsageSummary {
    private static final Order BY_TIME = Order.byNumber("rank", "id");
    /** Along the key of the sums of lines: a page reads its own lines, and none of those before and after it. */
    private static final Order BY_LINE = Order.byIdAndNumber("id", "rank");

    private static final String DAY_OF = "(?::timestamptz AT TIME ZONE 'UTC')::date";
    private static final String LINES_OF_PERSON =
            "subscription_id IN (SELECT id FROM subscriptions WHERE organization_id = ? AND subscriber_id = ?)";
    /** A number is a line's own in items of lines that have or once had it. */
    private static final String OF_NUMBER = """
            (other_msisdn = ? OR own_msisdn = ? AND subscription_id = ANY (ARRAY(
                SELECT subscription_id FROM phone_numbers WHERE organization_id = ? AND msisdn = ?)))""";
    /** The sum is exact; one beyond what can be shown is shown as the most that can. */
    private static final String SUMS = Stream.of("items", "quantity", "charged_quantity", "cost_micros")
            .map("least(sum(%1$s), 9223372036854775807)::bigint AS %1$s"::formatted)
            .collect(Collectors.joining(", "));

    private final Database database;

    UsageSummary(Database database) {
        this.database = database;
    }

    /** By what items are put together. */
    enum Dimension {
        DAY("day", "day"),
        MONTH("month", "to_char(day, 'YYYY-MM')"),
        TYPE("type", "type::text"),
        COUNTRY("country", "location_country"),
        COST_TYPE("cost-type", "cost_type::text"),
        ACCOUNT("account", "account_id"),
        SUBSCRIPTION("subscription", "subscription_id");

        private final String text;
        private final String column;

        Dimension(String text, String column) {
            this.text = text;
            this.column = column;
        }

        /** As a request names it. */
        String text() {
            return text;
        }

        /** As the result names it. */
        String label() {
            return "by_" + text.replace('-', '_');
        }

        private String selected() {
            return column + " AS " + label();
        }
    }

    /** By line where that is asked for, by time where that is; else in an order of their own that never changes. */
    Slice.Ends list(
            OrganizationId organization, UsageFilter filter, List<Dimension> dimensions, Slice slice, Slice.Sink sink) {
        Select source = source(organization, filter, dimensions);
        String grouped = Stream.concat(
                        dimensions.stream().map(dimension -> dimension.column), Stream.of("type", "currency"))
                .distinct()
                .collect(Collectors.joining(", "));
        String selected = dimensions.stream()
                .map(dimension -> dimension.selected() + ", ")
                .collect(Collectors.joining());
        String key = dimensions.stream()
                .map(dimension -> "coalesce((" + dimension.column + ")::text, '-'), ")
                .collect(Collectors.joining("", "concat_ws(' ', ", "type::text, currency)"));
        boolean byLine = dimensions.contains(Dimension.SUBSCRIPTION);
        String place = byLine
                ? "(" + time(dimensions) + "::bigint << 40) + (hashtextextended(" + key
                        + ", 0) & ((1::bigint << 40) - 1))" + " AS rank, subscription_id AS id\n"
                : time(dimensions) + "::bigint AS rank, md5(" + key + ")::uuid AS id\n";
        var select = new Select(
                "SELECT * FROM (SELECT " + selected + "type AS kind, currency, " + SUMS + ", " + place + source.text()
                        + "\nGROUP BY " + grouped + ") groups WHERE items > 0",
                source.parameters());
        return slice.stream(database.of(organization), select, byLine ? BY_LINE : BY_TIME, sink);
    }

    private static String time(List<Dimension> dimensions) {
        if (dimensions.contains(Dimension.DAY)) {
            return "(day - DATE '1970-01-01')";
        }
        return dimensions.contains(Dimension.MONTH) ? "replace(" + Dimension.MONTH.column + ", '-', '')" : "0";
    }

    private static Select source(OrganizationId organization, UsageFilter filter, List<Dimension> dimensions) {
        Select source;
        if (filter.msisdn().isPresent()) {
            UsageFilter.Msisdn number = filter.msisdn().get();
            Select items = new Select(
                            UsageRollups.OF_ITEMS.formatted(UsageStore.ITEMS) + " WHERE organization_id = ?",
                            organization)
                    .andIf("started_at >= ?", filter.from())
                    .andIf("started_at < ?", filter.before())
                    .and(OF_NUMBER, number.value(), number.value(), organization, number.digits());
            source = new Select("FROM (" + items.text() + ") items WHERE true", items.parameters());
        } else {
            boolean byLine = filter.subscription().isPresent()
                    || filter.subscriber().isPresent()
                    || dimensions.contains(Dimension.SUBSCRIPTION);
            source = new Select(
                            "FROM " + (byLine ? UsageRollups.LINES : UsageRollups.ACCOUNTS)
                                    + " WHERE organization_id = ?",
                            organization)
                    .andIf("day >= " + DAY_OF, filter.from())
                    .andIf("day < " + DAY_OF, filter.before());
        }
        filter.subscriber().ifPresent(person -> source.and(LINES_OF_PERSON, organization, person));
        return source.andIf("subscriber_id = ?", filter.subscriber())
                .andIf("subscription_id = ?", filter.subscription())
                .andIf("account_id = ?", filter.account())
                .andIf("type = ANY (?::\"char\"[])", letters(filter.types()))
                .andIf("cost_type = ANY (?::\"char\"[])", letters(filter.costTypes()))
                .andIf(
                        "direction = ?::\"char\"",
                        filter.direction().map(direction -> String.valueOf(direction.letter())));
    }

    /** Empty where any will do. */
    private static Optional<String[]> letters(List<? extends UsageItem.Coded> coded) {
        return Optional.of(
                        coded.stream().map(one -> String.valueOf(one.letter())).toArray(String[]::new))
                .filter(letters -> letters.length > 0);
    }
}
