package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** As the role of requests, under row-level security: each filter reaches its index, and no table is read whole. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlansTest {
    private static final int ROWS = 20_000;
    private static final List<String> TABLES =
            List.of("accounts", "subscribers", "subscriptions", "phone_numbers", "sim_profiles", "products");
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String ACCOUNTS = """
            INSERT INTO accounts (organization_id, id, reference_code, name, country, status, created_at, updated_at)
            SELECT ?, gen_random_uuid(), 'R' || n, 'Branch', 'GB',
                CASE WHEN n % 100 = 0 THEN 'closed' ELSE 'active' END, now(), now()
            FROM generate_series(1, 2000) n""";
    private static final String PEOPLE = """
            INSERT INTO subscribers (organization_id, id, first_name, last_name, email, employee_id, group_name,
                created_at, updated_at)
            SELECT ?, gen_random_uuid(), md5(n::text), md5(n::text || 'x'), n || '@example.com', 'E' || n,
                'G' || n % 500, now(), now()
            FROM generate_series(1, ?) n""";
    private static final String LINES = """
            INSERT INTO subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender, created_at,
                updated_at)
            SELECT p.organization_id, gen_random_uuid(), a.id, p.id,
                CASE WHEN p.n % 200 = 0 THEN 'pending' WHEN p.n % 200 = 1 THEN 'suspended' ELSE 'active' END, true,
                now(), now()
            FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM subscribers WHERE organization_id = ?) p
            JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM accounts WHERE organization_id = ?) a
                ON a.n = 1 + p.n % 200""";
    private static final String NUMBERS = """
            INSERT INTO phone_numbers (organization_id, msisdn, subscription_id, is_primary, country, held_from)
            SELECT organization_id, (446000000000 + row_number() OVER (ORDER BY id))::text, id, true, 'GB', now()
            FROM subscriptions WHERE organization_id = ?""";
    private static final String PROFILES = """
            INSERT INTO sim_profiles (organization_id, iccid, subscription_id, imsi, state, state_at,
                sealed_matching_id, held_from)
            SELECT organization_id, '8944' || lpad((row_number() OVER (ORDER BY id))::text, 15, '0'), id,
                lpad((row_number() OVER (ORDER BY id))::text, 15, '0'), 'released', now(), '', now()
            FROM subscriptions WHERE organization_id = ?""";
    private static final String PRODUCTS = """
            INSERT INTO products (organization_id, id, subscription_id, account_id, offering_id, status, activated_at)
            SELECT s.organization_id, gen_random_uuid(), s.id, s.account_id, o.offering_id,
                CASE WHEN s.status = 'suspended' THEN 'terminated' ELSE 'active' END, now()
            FROM subscriptions s JOIN organization_offerings o ON o.organization_id = s.organization_id
            WHERE s.organization_id = ? AND s.status <> 'pending'""";
    private static final String COUNTS = """
            SELECT indexrelname AS name, idx_scan AS scans FROM pg_stat_user_indexes
            UNION ALL
            SELECT relname, seq_scan FROM pg_stat_user_tables""";

    private RunningServer server;
    private World world;
    private Sql sql;
    private final Map<String, List<String>> indexes = new LinkedHashMap<>();

    @BeforeAll
    void prepare() {
        server = RunningServer.start();
        world = server.world("plans");
        sql = server.bean(Database.class).owner();
        server.bean(Database.class).inOwnerTransaction(transaction -> {
            transaction.update(ACCOUNTS, world.organization());
            transaction.update(PEOPLE, world.organization(), ROWS);
            transaction.update(LINES, world.organization(), world.organization());
            transaction.update(NUMBERS, world.organization());
            transaction.update(PROFILES, world.organization());
            transaction.update(PRODUCTS, world.organization());
            return transaction.update(
                    "ANALYZE accounts, subscribers, subscriptions, phone_numbers, sim_profiles, products");
        });
        UUID line = sql.list(
                        "SELECT id FROM subscriptions WHERE organization_id = ? AND status = 'suspended' LIMIT 1",
                        row -> row.uuid("id"),
                        world.organization())
                .getFirst();
        String subscription = new SubscriptionId(line).text();
        String account = new AccountId(column("account_id", line)).text();
        String person = new SubscriberId(column("subscriber_id", line)).text();
        expect("accounts?status=closed", "accounts_by_status");
        expect("subscribers?email=77@EXAMPLE.com", "subscribers_by_email");
        expect("subscribers?employee_id=E77", "subscribers_by_employee_id");
        expect("subscribers?group=G77", "subscribers_by_group");
        String name = sql.list(
                        "SELECT first_name FROM subscribers WHERE organization_id = ? AND employee_id = 'E77'",
                        row -> row.text("first_name"),
                        world.organization())
                .getFirst()
                .substring(0, 8);
        expect("subscribers?q=" + name, "subscribers_by_name", "subscribers_by_surname");
        expect("subscriptions", "subscriptions_pkey");
        expect("subscriptions?status=pending", "subscriptions_by_status");
        expect("subscriptions?account_id=" + account, "subscriptions_by_account");
        expect("subscriptions?status=suspended&account_id=" + account, "subscriptions_by_account_and_status");
        expect("subscriptions?subscriber_id=" + person, "subscriptions_by_subscriber");
        expect("subscriptions?msisdn=446000000077", "phone_numbers_pkey");
        expect("subscriptions?iccid=8944000000000000077", "sim_profiles_pkey");
        expect("subscriptions?q=44600000077", "phone_numbers_pkey");
        expect("subscriptions?q=89440000000000012", "sim_profiles_pkey");
        expect("subscriptions?q=" + name, "subscribers_by_surname", "subscriptions_by_subscriber");
        expect("products?status=terminated", "products_by_status");
        expect("products?account_id=" + account, "products_by_account");
        expect("products?status=terminated&account_id=" + account, "products_by_account_and_status");
        expect("products?subscription_id=" + subscription, "products_by_subscription");
    }

    @AfterAll
    void end() {
        server.close();
    }

    private UUID column(String name, UUID line) {
        return sql.list(
                        "SELECT " + name + " FROM subscriptions WHERE organization_id = ? AND id = ?",
                        row -> row.uuid(name),
                        world.organization(),
                        line)
                .getFirst();
    }

    private void expect(String query, String... reached) {
        indexes.put("/enterprise/" + query, List.of(reached));
    }

    /** How often each index and, under its name, each whole table was scanned. */
    private Map<String, Long> counts() {
        var counts = new HashMap<String, Long>();
        sql.list(COUNTS, row -> counts.put(row.text("name"), row.longInteger("scans")));
        return counts;
    }

    @Test
    void eachFilterReachesItsIndexAndNoTableIsReadWhole() {
        Api api = world.api();
        settle();
        Map<String, Long> before = counts();
        Map<String, Long> after = before;
        var missing = new TreeSet<String>();
        indexes.values().forEach(missing::addAll);
        Instant end = Instant.now().plus(PATIENCE);
        // PostgreSQL tells what a session has scanned a second later, when it is used again.
        while (!missing.isEmpty() && Instant.now().isBefore(end)) {
            for (String query : indexes.keySet()) {
                assertThat(api.get(query).status()).as(query).isEqualTo(200);
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            after = counts();
            Map<String, Long> now = after;
            missing.removeIf(index -> now.getOrDefault(index, 0L) > before.getOrDefault(index, 0L));
        }
        assertThat(missing).as("indexes that no filter reaches").isEmpty();
        assertThat(tables(after)).as("scans of whole tables").isEqualTo(tables(before));
    }

    /** Until the sessions that filled the tables have told what they scanned. */
    private void settle() {
        Map<String, Long> before = Map.of();
        Map<String, Long> now = counts();
        Instant end = Instant.now().plus(PATIENCE);
        while (!tables(now).equals(tables(before)) && Instant.now().isBefore(end)) {
            before = now;
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
            now = counts();
        }
    }

    private static Map<String, Long> tables(Map<String, Long> counts) {
        var tables = new HashMap<>(counts);
        tables.keySet().retainAll(TABLES);
        return tables;
    }
}
