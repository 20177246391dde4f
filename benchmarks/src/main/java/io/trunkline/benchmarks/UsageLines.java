package io.trunkline.benchmarks;

import io.trunkline.database.Database;
import java.util.List;

/** Lines for a feed, beside those of the demo: enough that a batch meets each of them once or twice. */
final class UsageLines {
    static final int LINES = 20_000;

    private static final String IMSI = "99970%010d";
    /** All at once, of the demo's first organization, over its accounts and with its plans in turn. */
    private static final List<String> MAKE =
            List.of("""
            CREATE TEMP TABLE made ON COMMIT DROP AS
            SELECT n, o.id AS organization_id, md5('line' || n)::uuid AS id, md5('person' || n)::uuid AS subscriber_id,
                md5('product' || n)::uuid AS product_id, a.ids[1 + n %% cardinality(a.ids)] AS account_id,
                p.ids[1 + n %% cardinality(p.ids)] AS offering_id, now() - interval '90 days' AS since
            FROM organizations o, generate_series(1, %d) n,
                LATERAL (SELECT array_agg(id ORDER BY id) AS ids FROM accounts
                    WHERE organization_id = o.id AND status = 'active') a,
                LATERAL (SELECT array_agg(f.id ORDER BY f.id) AS ids FROM product_offerings f
                    JOIN organization_offerings g ON g.offering_id = f.id AND g.organization_id = o.id
                    WHERE f.type = 'plan' AND f.key IS NOT NULL) p
            WHERE o.key = '%s'""", """
            INSERT INTO subscribers (organization_id, id, first_name, last_name, email, created_at, updated_at)
            SELECT organization_id, subscriber_id, 'Ada', 'Bench', 'ada@bench.example', since, since FROM made""", """
            INSERT INTO subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender, created_at,
                updated_at)
            SELECT organization_id, id, account_id, subscriber_id, 'active', false, since, since FROM made""", """
            INSERT INTO products (organization_id, id, subscription_id, account_id, offering_id, status, activated_at)
            SELECT organization_id, product_id, id, account_id, offering_id, 'active', since FROM made""", """
            INSERT INTO sim_profiles (organization_id, iccid, subscription_id, imsi, state, state_at,
                sealed_matching_id, held_from)
            SELECT organization_id, '8999970' || lpad(n::text, 12, '0'), id, '99970' || lpad(n::text, 10, '0'),
                'installed', since, '', since
            FROM made""", "ANALYZE subscriptions, products, sim_profiles");

    private UsageLines() {}

    /** Makes them unless an earlier run has. */
    static void make(Database database, String organization) {
        boolean there = database.owner()
                .one("SELECT 1 FROM sim_profiles WHERE imsi = ?", _ -> true, imsi(1))
                .isPresent();
        if (!there) {
            database.inOwnerTransaction(sql -> {
                sql.update(MAKE.getFirst().formatted(LINES, organization));
                MAKE.subList(1, MAKE.size()).forEach(sql::update);
                return true;
            });
        }
    }

    /** Of the lines 1 to {@value #LINES}. */
    static String imsi(int line) {
        return IMSI.formatted(line);
    }
}
