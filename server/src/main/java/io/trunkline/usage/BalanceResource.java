package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.rating.Allotment;
import io.trunkline.rating.Holding;
import io.trunkline.rating.Tariff;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What is left of a line's allowances. */
@RestController
@Needs(Licence.USAGE)
class BalanceResource {
    private static final String PRODUCTS = """
            SELECT id, account_id, offering_id, activated_at FROM products
            WHERE organization_id = ? AND subscription_id = ? AND activated_at <= ?
                AND (terminates_at IS NULL OR terminates_at > ?)
            ORDER BY id""";

    private final Database database;
    private final Subscriptions subscriptions;
    private final Tariffs tariffs;
    private final Clock clock;

    BalanceResource(Database database, Subscriptions subscriptions, Tariffs tariffs, Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.tariffs = tariffs;
        this.clock = clock;
    }

    @GetMapping("/enterprise/subscriptions/{id}/balances")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        Instant at = exchange.parameters()
                .matching(
                        "at",
                        "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$",
                        FeedTimes::read)
                .orElseGet(clock::instant);
        exchange.parameters().check();
        OrganizationId organization = caller.organization();
        Sql sql = database.of(organization);
        SubscriptionId line = SubscriptionId.parse(id)
                .flatMap(known -> subscriptions.find(sql, organization, known))
                .orElseThrow(Refusal::notFound)
                .id();
        Tariffs.Book book = tariffs.book(database.owner());
        List<Allotment> all = Allotment.at(
                sql.list(
                        PRODUCTS,
                        row -> new Holding(
                                new ProductId(row.uuid("id")),
                                new AccountId(row.uuid("account_id")),
                                row.instant("activated_at"),
                                book.terms(new OfferingId(row.uuid("offering_id")))),
                        organization,
                        line,
                        at,
                        at),
                at);
        UsageBalances balances = UsageBalances.look(
                sql,
                book,
                all.stream()
                        .map(one -> new UsageBalances.Key(organization, one.pot()))
                        .toList());
        return exchange.resource(json -> json.embedded(embedded -> embedded.objects(
                        "balances", all, (entry, one) -> write(entry, one, organization, book, balances)))
                .links(links -> links.link("self", path(line))));
    }

    private static String path(SubscriptionId line) {
        return "/enterprise/subscriptions/" + line + "/balances";
    }

    private static void write(
            Json json, Allotment one, OrganizationId organization, Tariffs.Book book, UsageBalances balances) {
        var key = new UsageBalances.Key(organization, one.pot());
        long size = balances.size(key, one.holding());
        long used = balances.used(key);
        json.text("offering", book.keys().get(one.pot().offering()))
                .text("allowance", one.pot().allowance())
                .text("unit", unit(one.allowance()))
                .number("size", size)
                .number("used", used)
                .number("remaining", Math.max(0, size - used))
                .bool("pooled", one.pot().pooled())
                .object(
                        "period",
                        period -> period.time("from", one.pot().from())
                                .time("to", one.pot().to()))
                .links(links -> links.link(
                        "product", "/enterprise/products/" + one.holding().product()));
    }

    /** An allowance is of one type. */
    private static String unit(Tariff.Allowance allowance) {
        return allowance.conditions().types().stream()
                .map(type -> switch (type) {
                    case VOICE -> UsageItem.Type.VOICE;
                    case DATA -> UsageItem.Type.DATA;
                    case SMS -> UsageItem.Type.SMS;
                })
                .map(UsageItem.Type::unit)
                .findFirst()
                .orElseThrow();
    }
}
