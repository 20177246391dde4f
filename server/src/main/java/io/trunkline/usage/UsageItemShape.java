package io.trunkline.usage;

import io.trunkline.accounts.Account;
import io.trunkline.database.Row;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.usage.UsageItem.Coded;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How a row of usage_items becomes a resource.
 *
 * @param numbersAsText numbers as JSON strings, else as JSON numbers
 */
record UsageItemShape(boolean numbersAsText) implements Exchange.RowShape {
    static final String COLUMNS = """
            id, started_at, ended_at, processed_at, quantity, charged_quantity, cost_micros, own_msisdn, other_msisdn,
            subscription_id, subscriber_id, account_id, product_id, type, direction, cost_type, technology, roaming,
            is_recorded, currency, location_country, other_address""";

    /** Millionths of a minor unit in a minor unit. */
    static final long MICROS = 1_000_000;

    private static final UsageItem.Type[] TYPES = UsageItem.Type.values();
    private static final Direction[] DIRECTIONS = Direction.values();
    private static final Technology[] TECHNOLOGIES = Technology.values();
    private static final CostType[] COST_TYPES = CostType.values();

    static String path(UsageItemId id) {
        return "/enterprise/usage/items/" + id;
    }

    /** Minor units to show, rounded half up. */
    static long rounded(long micros) {
        return Math.floorDiv(micros + MICROS / 2, MICROS);
    }

    @Override
    public void write(Json json, Row row) throws SQLException {
        var id = new UsageItemId(row.uuid("id"));
        fields(json, row, id);
        links(json, row, id);
    }

    /** All but the links. */
    void fields(Json json, Row row, UsageItemId id) throws SQLException {
        UsageItem.Type type = Coded.of(TYPES, row.letter("type"));
        Direction direction = Coded.of(DIRECTIONS, row.letter("direction"));
        boolean outbound = direction == Direction.OUTBOUND;
        Long own = row.longOrNull("own_msisdn");
        Long other = row.longOrNull("other_msisdn");
        String otherAddress = row.textOrNull("other_address");
        String technology = row.textOrNull("technology");
        json.text("id", id.text())
                .text("type", type.text())
                .text("direction", direction.text())
                .text(
                        "technology",
                        technology == null
                                ? null
                                : Coded.of(TECHNOLOGIES, technology.charAt(0)).text());
        number(json, "from_msisdn", outbound ? own : other);
        number(json, "to_msisdn", outbound ? other : own);
        json.text("location_country", row.textOrNull("location_country"))
                .bool("roaming", row.bool("roaming"))
                .bool("is_recorded", row.bool("is_recorded"))
                .time("started_at", row.instant("started_at"))
                .time("ended_at", row.instant("ended_at"))
                .time("processed_at", row.instant("processed_at"))
                .number("quantity", row.longInteger("quantity"))
                .text("unit", type.unit())
                .number("charged_quantity", row.longInteger("charged_quantity"))
                .text("cost_type", Coded.of(COST_TYPES, row.letter("cost_type")).text())
                .text("from_address", outbound ? null : otherAddress)
                .text("to_address", outbound ? otherAddress : null);
        cost(json, row.longInteger("cost_micros"), row.text("currency"));
    }

    private void number(Json json, String name, @Nullable Long value) {
        if (value == null) {
            json.none(name);
        } else if (numbersAsText) {
            json.text(name, value.toString());
        } else {
            json.number(name, value);
        }
    }

    static void cost(Json json, long micros, String currency) {
        json.object(
                "cost",
                cost -> cost.number("amount", rounded(micros))
                        .number("micros", micros)
                        .text("currency", currency));
    }

    private static void links(Json json, Row row, UsageItemId id) throws SQLException {
        var subscription = new SubscriptionId(row.uuid("subscription_id"));
        var subscriber = new SubscriberId(row.uuid("subscriber_id"));
        var account = new AccountId(row.uuid("account_id"));
        var product = new ProductId(row.uuid("product_id"));
        json.links(links -> links.link("self", path(id))
                .link("subscription", Subscription.path(subscription))
                .link("subscriber", Subscriber.path(subscriber))
                .link("account", Account.path(account))
                .link("product", "/enterprise/products/" + product));
    }
}
