package io.trunkline.benchmarks;

import io.trunkline.database.Database;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Requests for lines drawn at random from all there are: large organizations come as often as they have lines. */
final class Asks {
    static final String ALL_FIVE = "transclude=\"subscriber;account;sim_profile;phone_numbers;services\"";

    private static final long SEED = 42;
    private static final int DAYS = 390;
    private static final String LINES = """
            SELECT o.key, s.id, s.account_id, s.subscriber_id, n.msisdn, p.imsi
            FROM subscriptions s TABLESAMPLE BERNOULLI (%s) REPEATABLE (42)
            JOIN organizations o ON o.id = s.organization_id
            JOIN phone_numbers n ON n.organization_id = s.organization_id AND n.subscription_id = s.id
                AND n.held_to IS NULL
            JOIN sim_profiles p ON p.organization_id = s.organization_id AND p.subscription_id = s.id
                AND p.held_to IS NULL
            WHERE s.status = 'active'""";

    private Asks() {}

    /** A line with what usage is filtered by, and what a record of usage knows it by. */
    record Line(
            String client, SubscriptionId id, AccountId account, SubscriberId subscriber, String number, String imsi) {}

    /** In no order. */
    static List<Line> lines(Database database, int count, int all) {
        double percent = Math.min(100, 150.0 * count / all);
        List<Line> lines = new ArrayList<>(database.owner()
                .list(
                        LINES.formatted(percent),
                        row -> new Line(
                                row.text("key") + "-client",
                                new SubscriptionId(row.uuid("id")),
                                new AccountId(row.uuid("account_id")),
                                new SubscriberId(row.uuid("subscriber_id")),
                                row.text("msisdn"),
                                row.text("imsi"))));
        Collections.shuffle(lines, new Random(SEED));
        return lines.subList(0, Math.min(count, lines.size()));
    }

    static Ask read(Line line) {
        return new Ask(line.client(), "/enterprise/subscriptions/" + line.id(), ALL_FIVE);
    }

    /** Every filter of usage for this line, alone and with dates. */
    static Map<String, Ask> filters(Line line, Random random) {
        LocalDate to = Instant.now().atOffset(ZoneOffset.UTC).toLocalDate().minusDays(random.nextInt(DAYS - 31));
        String dates = "from-date=" + to.minusDays(random.nextInt(31)) + "&to-date=" + to;
        var filters = new LinkedHashMap<String, String>();
        filters.put("none", "");
        filters.put("type", "type=" + List.of("voice", "data", "sms").get(random.nextInt(3)));
        filters.put("direction", "direction=" + List.of("inbound", "outbound").get(random.nextInt(2)));
        filters.put(
                "cost-type",
                "cost-type=" + List.of("free", "in_bundle", "out_of_bundle").get(random.nextInt(3)));
        filters.put("account-id", "account-id=" + line.account());
        filters.put("subscription-id", "subscription-id=" + line.id());
        filters.put("subscriber-id", "subscriber-id=" + line.subscriber());
        filters.put("msisdn", "msisdn=" + line.number());
        var asks = new LinkedHashMap<String, Ask>();
        filters.forEach((name, filter) -> {
            asks.put(name, page(line, filter));
            asks.put(name + " + dates", page(line, filter + (filter.isEmpty() ? "" : "&") + dates));
        });
        return asks;
    }

    private static Ask page(Line line, String filter) {
        return new Ask(line.client(), "/enterprise/usage/items?limit=100" + (filter.isEmpty() ? "" : "&" + filter), "");
    }

    /** One of the filters. */
    static Ask page(Line line, Random random) {
        List<Ask> all = List.copyOf(filters(line, random).values());
        return all.get(random.nextInt(all.size()));
    }
}
