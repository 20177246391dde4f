package io.trunkline.usage;

import io.trunkline.catalog.OperatorCatalog;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An organization with lines that usage can come of, and tariffs to rate it by. */
final class FeedWorld {
    static final String HEADER = "record_id,type,direction,imsi,msisdn,other_party,serving_plmn,started_at,quantity\n";
    private static final AtomicLong NEXT = new AtomicLong(1);

    private static final String CATALOG = """
            zones:
              - {key: home, countries: [GB]}
              - {key: eu, countries: [DE, FR]}
              - {key: world, countries: ["*"]}
            emergency_numbers: ["112", "911", "999"]
            offerings:
              - key: feed-plan
                type: plan
                name: Feed plan
                currency: EUR
                valid_from: 2020-01-01T00:00:00Z
                allowances:
                  - {key: data, types: [data], zones: [home, eu], quantity: 10240}
                  - {key: talk, types: [voice], directions: [outbound], quantity: 600, pooled: true}
                rates:
                  - {type: voice, direction: inbound, free: true}
                  - {type: voice, on_net: true, free: true}
                  - {type: voice, first: 60, price: 12, per: 60}
                  - {type: data, zones: [home, eu], first: 1024, next: 1024, price: 300, per: 1000000}
            """;

    final World world;
    private final OfferingId plan;

    FeedWorld(RunningServer server, String name) {
        world = server.world(name);
        var outcome = server.bean(OperatorCatalog.class).apply(CATALOG);
        if (!outcome.violations().isEmpty()) {
            throw new IllegalStateException(outcome.violations().toString());
        }
        plan = world.sql()
                .one("SELECT id FROM product_offerings WHERE key = 'feed-plan'", row -> new OfferingId(row.uuid("id")))
                .orElseThrow();
        world.sql()
                .update(
                        "INSERT INTO organization_offerings (organization_id, offering_id) VALUES (?, ?)"
                                + " ON CONFLICT DO NOTHING",
                        world.organization(),
                        plan);
    }

    /** A line. */
    record Line(SubscriptionId id, ProductId product, String imsi, String msisdn) {}

    /** One that began then; until when it holds its number, where that ends. */
    Line line(Instant from, @Nullable Instant numberTo) {
        OrganizationId organization = world.organization();
        long n = NEXT.getAndIncrement();
        var line = new Line(
                SubscriptionId.create(from),
                ProductId.create(from),
                "23415%010d".formatted(n),
                "447755%06d".formatted(n));
        SubscriberId person = SubscriberId.create(from);
        var sql = world.sql();
        sql.update("""
                INSERT INTO subscribers (organization_id, id, first_name, last_name, email, created_at, updated_at)
                VALUES (?, ?, 'Ada', 'King', 'ada@example.com', ?, ?)""", organization, person, from, from);
        String subscription = """
                INSERT INTO subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender,
                    created_at, updated_at)
                VALUES (?, ?, ?, ?, 'active', true, ?, ?)""";
        sql.update(subscription, organization, line.id(), world.account(), person, from, from);
        String product = """
                INSERT INTO products (organization_id, id, subscription_id, account_id, offering_id, status,
                    activated_at)
                VALUES (?, ?, ?, ?, ?, 'active', ?)""";
        sql.update(product, organization, line.product(), line.id(), world.account(), plan, from);
        sql.update(
                """
                INSERT INTO sim_profiles (organization_id, iccid, subscription_id, imsi, state, state_at,
                    sealed_matching_id, held_from)
                VALUES (?, ?, ?, ?, 'installed', ?, '', ?)""",
                organization,
                Iccid.ofBody("894479" + "%012d".formatted(n)).digits(),
                line.id(),
                line.imsi(),
                from,
                from);
        hold(line, line.msisdn(), from, numberTo);
        return line;
    }

    void hold(Line line, String msisdn, Instant from, @Nullable Instant to) {
        world.sql().update("""
                INSERT INTO phone_numbers (organization_id, msisdn, subscription_id, is_primary, country, held_from,
                    held_to)
                VALUES (?, ?, ?, true, 'GB', ?, ?)""", world.organization(), msisdn, line.id(), from, to);
    }

    void service(Line line, String type, boolean enabled) {
        String set = """
                INSERT INTO subscription_services (organization_id, subscription_id, type, enabled) VALUES (?, ?, ?, ?)
                ON CONFLICT (organization_id, subscription_id, type) DO UPDATE SET enabled = excluded.enabled""";
        world.sql().update(set, world.organization(), line.id(), type, enabled);
    }

    /** A call at a moment. */
    static String call(String id, Line line, String to, Instant at, long seconds) {
        return "%s,voice,outbound,%s,,%s,23415,%s,%d\n".formatted(id, line.imsi(), to, at, seconds);
    }

    static String data(String id, Line line, Instant at, long bytes) {
        return "%s,data,outbound,%s,,,23415,%s,%d\n".formatted(id, line.imsi(), at, bytes);
    }
}
