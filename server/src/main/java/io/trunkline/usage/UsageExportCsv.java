package io.trunkline.usage;

import io.trunkline.database.Row;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.usage.UsageItem.Coded;
import io.trunkline.web.Json;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Items as comma-separated values (RFC 4180), with a newline at the end of each line. */
final class UsageExportCsv {
    static final String HEAD = """
            id,type,direction,technology,from_msisdn,to_msisdn,location_country,roaming,is_recorded,started_at,\
            ended_at,processed_at,quantity,unit,charged_quantity,cost_type,from_address,to_address,cost_amount,\
            cost_micros,cost_currency,subscription_id,subscriber_id,account_id,product_id
            """;

    /**
     * With one of these a spreadsheet begins a formula (the full-width ones become the others as some read a file), or
     * leaves it out and looks at what comes next. The apostrophe, so that the one that we write can be told from one
     * that was there.
     */
    private static final String DANGEROUS = "=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20";

    private static final String QUOTED = ",\"\r\n;\t";

    private final StringBuilder line = new StringBuilder(400);

    private UsageExportCsv() {}

    static String line(Row row) throws SQLException {
        var csv = new UsageExportCsv();
        csv.write(row);
        return csv.line.append('\n').toString();
    }

    private void write(Row row) throws SQLException {
        UsageItem.Type type = Coded.of(UsageItem.Type.values(), row.letter("type"));
        UsageItem.Direction direction = Coded.of(UsageItem.Direction.values(), row.letter("direction"));
        boolean outbound = direction == UsageItem.Direction.OUTBOUND;
        Long own = row.longOrNull("own_msisdn");
        Long other = row.longOrNull("other_msisdn");
        String technology = row.textOrNull("technology");
        String address = row.textOrNull("other_address");
        line.append(new UsageItemId(row.uuid("id")).text());
        plain(type.text());
        plain(direction.text());
        plain(
                technology == null
                        ? null
                        : Coded.of(UsageItem.Technology.values(), technology.charAt(0))
                                .text());
        plain(outbound ? own : other);
        plain(outbound ? other : own);
        text(row.textOrNull("location_country"));
        plain(row.bool("roaming"));
        plain(row.bool("is_recorded"));
        plain(Json.time(row.instant("started_at")));
        plain(Json.time(row.instant("ended_at")));
        plain(Json.time(row.instant("processed_at")));
        plain(row.longInteger("quantity"));
        plain(type.unit());
        plain(row.longInteger("charged_quantity"));
        plain(Coded.of(UsageItem.CostType.values(), row.letter("cost_type")).text());
        text(outbound ? null : address);
        text(outbound ? address : null);
        long micros = row.longInteger("cost_micros");
        plain(UsageItemShape.rounded(micros));
        plain(micros);
        text(row.text("currency"));
        plain(new SubscriptionId(row.uuid("subscription_id")).text());
        plain(new SubscriberId(row.uuid("subscriber_id")).text());
        plain(new AccountId(row.uuid("account_id")).text());
        plain(new ProductId(row.uuid("product_id")).text());
    }

    /** A number, a time, a word of ours: nothing that anybody could have made up. */
    private void plain(@Nullable Object value) {
        line.append(',');
        if (value != null) {
            line.append(value);
        }
    }

    private void text(@Nullable String value) {
        line.append(',');
        if (value != null) {
            line.append(cell(value));
        }
    }

    /** A text from outside; with an apostrophe before it where it could be taken for a formula. */
    static String cell(String text) {
        String safe = !text.isEmpty() && DANGEROUS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        boolean quoted = safe.chars().anyMatch(c -> QUOTED.indexOf(c) >= 0);
        return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
