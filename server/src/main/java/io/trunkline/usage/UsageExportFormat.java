package io.trunkline.usage;

import io.trunkline.database.Row;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.web.Json;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.http.MediaType;

/** How items are written to a file, a line each. */
enum UsageExportFormat {
    /** RFC 4180 with a line of names; spreadsheets take none of its cells for a formula. */
    CSV("text/csv;charset=UTF-8") {
        @Override
        byte[] head() {
            return UsageExportCsv.HEAD.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        byte[] line(Row row) throws SQLException {
            return UsageExportCsv.line(row).getBytes(StandardCharsets.UTF_8);
        }
    },
    /** Items as the API shows them, with ids in the place of links. */
    NDJSON("application/x-ndjson") {
        @Override
        byte[] head() {
            return new byte[0];
        }

        @Override
        byte[] line(Row row) throws SQLException {
            byte[] object = Json.line(json -> {
                SHAPE.fields(json, row, new UsageItemId(row.uuid("id")));
                json.text("subscription_id", new SubscriptionId(row.uuid("subscription_id")).text())
                        .text("subscriber_id", new SubscriberId(row.uuid("subscriber_id")).text())
                        .text("account_id", new AccountId(row.uuid("account_id")).text())
                        .text("product_id", new ProductId(row.uuid("product_id")).text());
            });
            byte[] line = Arrays.copyOf(object, object.length + 1);
            line[object.length] = '\n';
            return line;
        }
    };

    static final MediaType GZIP = MediaType.parseMediaType("application/gzip");
    private static final UsageItemShape SHAPE = new UsageItemShape(false);

    private final String type;
    private final String text = name().toLowerCase(Locale.ROOT);

    UsageExportFormat(String type) {
        this.type = type;
    }

    static UsageExportFormat of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    String text() {
        return text;
    }

    /** Of a file that is not compressed. */
    MediaType type() {
        return MediaType.parseMediaType(type);
    }

    /** What comes before all items. */
    abstract byte[] head();

    abstract byte[] line(Row row) throws SQLException;
}
