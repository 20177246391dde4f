package io.trunkline.usage;

import io.trunkline.database.Row;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.usage.UsageItem.Coded;
import io.trunkline.usage.UsageSummary.Dimension;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What has been used in all. */
@RestController
@Needs(Licence.USAGE)
class UsageSummaryResource {
    private static final String[] NAMES =
            Arrays.stream(Dimension.values()).map(Dimension::text).toArray(String[]::new);

    private final UsageSummary summary;

    UsageSummaryResource(UsageSummary summary) {
        this.summary = summary;
    }

    @GetMapping("/enterprise/usage/summary")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        UsageFilter filter = UsageItemResource.filter(parameters);
        List<String> names = parameters.anyOf("group-by", NAMES);
        Page page = exchange.page(caller.organization());
        parameters.check();
        List<Dimension> dimensions = Arrays.stream(Dimension.values())
                .filter(dimension -> names.contains(dimension.text()))
                .toList();
        return exchange.stream(
                "groups",
                page,
                sink -> summary.list(caller.organization(), filter, dimensions, page.slice(), sink),
                (json, row) -> write(json, row, dimensions));
    }

    private static void write(Json json, Row row, List<Dimension> dimensions) throws SQLException {
        for (Dimension dimension : dimensions) {
            String label = dimension.label();
            switch (dimension) {
                case DAY -> json.text("day", row.text(label));
                case MONTH -> json.text("month", row.text(label));
                case TYPE ->
                    json.text(
                            "type",
                            Coded.of(UsageItem.Type.values(), row.letter(label)).text());
                case COUNTRY -> json.text("country", row.textOrNull(label));
                case COST_TYPE ->
                    json.text(
                            "cost_type",
                            Coded.of(UsageItem.CostType.values(), row.letter(label))
                                    .text());
                case ACCOUNT -> json.text("account_id", new AccountId(row.uuid(label)).text());
                case SUBSCRIPTION -> json.text("subscription_id", new SubscriptionId(row.uuid(label)).text());
            }
        }
        json.number("items", row.longInteger("items"))
                .number("quantity", row.longInteger("quantity"))
                .number("charged_quantity", row.longInteger("charged_quantity"))
                .text(
                        "unit",
                        Coded.of(UsageItem.Type.values(), row.letter("kind")).unit());
        UsageItemShape.cost(json, row.longInteger("cost_micros"), row.text("currency"));
    }
}
