package io.trunkline.box.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.Trunkline;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OrganizationId;
import io.trunkline.keys.MasterKeys;
import io.trunkline.network.hlr.SimKeys;
import io.trunkline.postgres.ThrowawayPostgres;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import io.trunkline.subscriptions.Stock;
import io.trunkline.usage.Usage;
import io.trunkline.usage.UsageFeed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The demo's usage: believable, consistent with its lines, and completed without repetition. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DemoUsageTest {
    private static final int PROMISED = 50_000;

    private Simulators simulators;
    private ConfigurableApplicationContext context;
    private Database database;
    private Sql sql;
    private Instant made;

    @BeforeAll
    void make(@TempDir Path directory) throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory.resolve("simulators")));
        Path key = directory.resolve("master.key");
        MasterKeys.readOrCreate(key);
        context = new SpringApplication(Trunkline.class)
                .run(
                        "--server.port=0",
                        "--trunkline.master-key-file=" + key,
                        "--trunkline.database.url="
                                + ThrowawayPostgres.createDatabase().url(),
                        "--trunkline.smdp.url=" + simulators.smdpUrl(),
                        "--trunkline.mail.host=" + simulators.smtpHost(),
                        "--trunkline.mail.port=" + simulators.smtpPort());
        database = context.getBean(Database.class);
        sql = database.owner();
        made = Instant.now();
        Demo.complete(beans(), URI.create(simulators.controlUrl().toString()), Map.of());
    }

    private Demo.Beans beans() {
        return new Demo.Beans() {
            @Override
            public <T> T get(Class<T> type) {
                return context.getBean(type);
            }
        };
    }

    @AfterAll
    void stop() {
        context.close();
        simulators.close();
    }

    private long count(String condition) {
        return sql.list("SELECT count(*) AS n FROM usage_items i WHERE " + condition, row -> row.longInteger("n"))
                .getFirst();
    }

    private List<OrganizationId> organizations() {
        return sql.list("SELECT id FROM organizations ORDER BY key", row -> new OrganizationId(row.uuid("id")));
    }

    private UsageFeed.Taken complete(Instant now) {
        return DemoUsage.complete(
                database,
                context.getBean(UsageFeed.class),
                context.getBean(Usage.class).oldest(),
                now,
                organizations());
    }

    @Test
    @Order(1)
    void there_are_50_000_items_over_13_months_up_to_the_present_hour_in_both_organizations() {
        assertThat(count("true")).isBetween((long) PROMISED, PROMISED * 5L / 4);
        assertThat(sql.list("""
                        SELECT count(*) AS n, min(started_at) AS first, max(started_at) AS last
                        FROM usage_items GROUP BY organization_id""", row -> {
                    assertThat(row.longInteger("n")).isGreaterThan(15_000);
                    assertThat(row.instant("first")).isBefore(made.minus(Duration.ofDays(365)));
                    // Even at night somebody's telephone fetches mail.
                    assertThat(row.instant("last")).isBetween(made.minus(Duration.ofHours(12)), made);
                    return true;
                }))
                .hasSize(2);
        assertThat(sql.list(
                        "SELECT count(DISTINCT date_trunc('month', started_at)) AS n FROM usage_items",
                        row -> row.integer("n")))
                .singleElement()
                .satisfies(months -> assertThat(months).isBetween(13, 14));
    }

    @Test
    @Order(1)
    void every_kind_of_usage_is_there() {
        for (String kind : List.of(
                "type = 'v'",
                "type = 'd'",
                "type = 's'",
                "direction = 'i'",
                "cost_type = 'f'",
                "cost_type = 'b'",
                "cost_type = 'o'",
                "roaming",
                "NOT roaming",
                "is_recorded AND type = 'v'",
                "is_recorded AND type = 's'",
                "NOT is_recorded AND type = 'v'",
                "other_address ~ '^[A-Z]' AND direction = 'i'",
                "other_address ~ '^[0-9]{5}$'",
                "type = 'v' AND direction = 'i' AND other_msisdn IS NULL",
                "own_msisdn IS NULL AND type = 'd'",
                "technology = 'c'",
                "technology = 'l'",
                "technology = 'w'",
                "technology = '3'",
                "technology = '4'",
                "technology = '5'",
                "location_country = 'US'",
                "location_country <> 'GB' AND roaming")) {
            assertThat(count(kind)).as(kind).isGreaterThan(20);
        }
        // More happens on a working day than on a Sunday, and at noon than at night.
        assertThat(count("extract(isodow FROM started_at) = 3"))
                .isGreaterThan(count("extract(isodow FROM started_at) = 7") * 3 / 2);
        assertThat(count("extract(hour FROM started_at) = 11"))
                .isGreaterThan(count("extract(hour FROM started_at) = 3") * 4);
    }

    @Test
    @Order(1)
    void every_item_is_of_a_line_that_was_active_with_its_person_account_number_and_product() {
        for (String fault : List.of(
                """
                NOT EXISTS (SELECT FROM subscriptions s WHERE s.organization_id = i.organization_id
                    AND s.id = i.subscription_id AND s.account_id = i.account_id AND s.subscriber_id = i.subscriber_id
                    AND i.started_at >= s.created_at
                    AND i.started_at < coalesce(s.terminated_at, 'infinity')
                    AND (s.status <> 'suspended' OR i.started_at < s.updated_at))""",
                """
                own_msisdn IS NOT NULL AND NOT EXISTS (SELECT FROM phone_numbers n
                    WHERE n.organization_id = i.organization_id AND n.msisdn = i.own_msisdn::text
                    AND n.subscription_id = i.subscription_id AND i.started_at >= n.held_from
                    AND i.started_at < coalesce(n.held_to, 'infinity'))""",
                """
                NOT EXISTS (SELECT FROM products p WHERE p.organization_id = i.organization_id
                    AND p.id = i.product_id AND p.subscription_id = i.subscription_id
                    AND i.started_at >= p.activated_at AND i.started_at < coalesce(p.terminates_at, 'infinity'))""",
                """
                is_recorded <> EXISTS (SELECT FROM subscription_services v WHERE v.enabled
                    AND v.organization_id = i.organization_id AND v.subscription_id = i.subscription_id
                    AND v.type = CASE i.type WHEN 'v' THEN 'voice_recording' WHEN 's' THEN 'sms_recording' END)""",
                "ended_at < started_at OR processed_at < ended_at OR processed_at > now()",
                "quantity < 0 OR charged_quantity < 0 OR cost_micros < 0",
                "(cost_type = 'o') <> (cost_micros > 0)",
                "type = 'd' AND (other_msisdn IS NOT NULL OR other_address IS NOT NULL OR direction <> 'o')",
                "type = 'v' AND extract(epoch FROM ended_at - started_at) < quantity",
                "other_msisdn IS NOT NULL AND other_address IS NOT NULL",
                // Who is called within the organization has an item of it, too.
                """
                direction = 'o' AND EXISTS (SELECT FROM phone_numbers n WHERE n.organization_id = i.organization_id
                    AND n.msisdn = i.other_msisdn::text)
                AND NOT EXISTS (SELECT FROM usage_items o WHERE o.organization_id = i.organization_id
                    AND o.started_at = i.started_at AND o.direction = 'i' AND o.own_msisdn = i.other_msisdn
                    AND o.other_msisdn = i.own_msisdn)""")) {
            assertThat(count(fault)).as(fault).isZero();
        }
    }

    @Test
    @Order(1)
    void no_month_of_a_line_takes_more_from_its_bundle_than_there_is() {
        assertThat(sql.list("""
                        SELECT i.product_id FROM usage_items i
                        JOIN products p ON p.organization_id = i.organization_id AND p.id = i.product_id
                        JOIN product_offerings o ON o.id = p.offering_id
                        WHERE i.type = 'd' AND i.cost_type = 'b' AND o.name = ?
                        GROUP BY i.product_id, date_trunc('month', i.started_at)
                        HAVING sum(i.charged_quantity) > 10000000000
                        """, row -> row.uuid("product_id"), DemoCatalog.BUSINESS_10))
                .isEmpty();
    }

    @Test
    @Order(1)
    void the_network_s_records_are_all_rated_and_the_balances_are_what_the_items_add_up_to() {
        assertThat(sql.list("SELECT reason FROM usage_quarantine ORDER BY reason LIMIT 5", row -> row.text("reason")))
                .isEmpty();
        assertThat(count("source_id IS NULL")).isZero();
        assertThat(sql.list("SELECT count(*) AS n FROM usage_balances WHERE used > 0", row -> row.longInteger("n"))
                        .getFirst())
                .isGreaterThan(100);
    }

    @Test
    @Order(2)
    void completing_again_adds_nothing_and_later_only_what_is_new() {
        long before = count("true");
        assertThat(complete(made).accepted()).isZero();
        assertThat(count("true")).isEqualTo(before);

        // Two days are taken away: they come back, and no more.
        Instant since = made.minus(Duration.ofDays(2)).truncatedTo(ChronoUnit.DAYS);
        sql.update("DELETE FROM usage_items WHERE started_at >= ?", since);
        int taken = sql.update("DELETE FROM usage_records WHERE started_at >= ?", since);
        UsageFeed.Taken first = complete(since.plus(Duration.ofHours(30)));
        UsageFeed.Taken rest = complete(made);
        assertThat(first.accepted()).isBetween(1L, taken - 1L);
        assertThat(first.accepted() + rest.accepted()).isEqualTo(taken);
        assertThat(first.quarantined() + rest.quarantined()).isZero();
        assertThat(complete(made).accepted()).isZero();
    }

    @Test
    @Order(4)
    void items_that_an_older_build_made_beside_the_feed_are_made_again() {
        String sums = "SELECT sum(quantity) || ' of ' || count(DISTINCT record_id) AS sum FROM usage_items";
        complete(made);
        String sum = sql.list(sums, row -> row.text("sum")).getFirst();
        sql.update("DELETE FROM usage_records");
        sql.update("DELETE FROM usage_balances");
        sql.update("UPDATE usage_items SET source_id = NULL, quantity = quantity + 1");
        complete(made);
        assertThat(sql.list(sums, row -> row.text("sum")).getFirst()).isEqualTo(sum);
        assertThat(count("source_id IS NULL")).isZero();
    }

    @Test
    @Order(3)
    void the_profiles_of_an_older_build_get_their_keys_and_the_others_keep_theirs() {
        assertThat(withoutKeys()).isZero();
        Iccid kept = DemoStock.iccid(0);
        Stock stock = context.getBean(Stock.class);
        SimKeys keys = stock.keys(sql, kept).orElseThrow();
        sql.update("UPDATE profile_stock SET sealed_keys = NULL WHERE iccid <> ?", kept.digits());
        Demo.complete(beans(), URI.create(simulators.controlUrl().toString()), Map.of());
        assertThat(withoutKeys()).isZero();
        assertThat(stock.keys(sql, kept)).contains(keys);
        assertThat(stock.keys(sql, DemoStock.iccid(1))).isPresent().isNotEqualTo(Optional.of(keys));
        assertThat(stock.keys(sql, DemoStock.iccid(DemoStock.PROFILES - 1))).isPresent();
    }

    private long withoutKeys() {
        return sql.one("SELECT count(*) AS n FROM profile_stock WHERE sealed_keys IS NULL", row -> row.longInteger("n"))
                .orElseThrow();
    }
}
