package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What an organization's orders have left in the stock, compared with what the neighbours say. */
final class Ledger {
    private static final String ORDERS = """
            SELECT o.id, o.status, o.iccid, p.state AS profile_state, p.order_id = o.id AS own_profile,
                (SELECT count(*) FROM number_stock n WHERE n.order_id = o.id AND n.state = 'in_use') AS numbers_in_use,
                (SELECT count(*) FROM number_stock n WHERE n.order_id = o.id) AS numbers,
                (SELECT count(*) FROM phone_numbers n WHERE n.organization_id = o.organization_id
                    AND n.subscription_id = o.subscription_id AND n.held_to IS NULL) AS numbers_held,
                (SELECT status FROM subscriptions s WHERE s.organization_id = o.organization_id
                    AND s.id = o.subscription_id) AS subscription
            FROM orders o LEFT JOIN profile_stock p ON p.iccid = o.iccid
            WHERE o.organization_id = ?""";
    private static final String UNDONE = "SELECT step FROM order_work WHERE organization_id = ?";
    private static final String PROFILES =
            "SELECT state, count(*) AS n FROM profile_stock WHERE profile_type = ? GROUP BY state";
    private static final String NUMBERS =
            "SELECT state, count(*) AS n FROM number_stock WHERE organization_id = ? GROUP BY state";
    private static final String ICCIDS = "SELECT iccid FROM profile_stock WHERE profile_type = ? AND state = 'free'";

    private final World world;

    Ledger(World world) {
        this.world = world;
    }

    /** Steps that are left. */
    List<String> undone() {
        return world.sql().list(UNDONE, row -> row.text("step"), world.organization());
    }

    /** Waits until nothing is left to do. */
    Ledger settle() {
        Api.await("nothing to be left to do", () -> undone().isEmpty());
        return this;
    }

    /** How many profiles of this organization's type are in which state. */
    Map<String, Long> profiles() {
        return counts(PROFILES, world.profileType());
    }

    /** How many numbers this organization holds in which state. */
    Map<String, Long> numbers() {
        return counts(NUMBERS, world.organization());
    }

    private Map<String, Long> counts(String sql, Object parameter) {
        var counts = new TreeMap<String, Long>();
        world.sql().list(sql, row -> counts.put(row.text("state"), row.longInteger("n")), parameter);
        return counts;
    }

    /** What the simulated SM-DP+ says of a profile. */
    JsonNode smdp(String iccid) {
        return Api.JSON.readTree(world.control("GET", "/smdp/profiles/" + iccid, null));
    }

    private record Row(
            String order,
            String status,
            String iccid,
            String profile,
            boolean ownProfile,
            long inUse,
            long numbers,
            long held,
            String subscription) {}

    /** Every order is final; what it holds is in use, what it does not hold is free, here and at the SM-DP+. */
    void balances() {
        List<Row> rows = world.sql()
                .list(
                        ORDERS,
                        row -> new Row(
                                row.uuid("id").toString(),
                                row.text("status"),
                                String.valueOf(row.textOrNull("iccid")),
                                String.valueOf(row.textOrNull("profile_state")),
                                row.bool("own_profile"),
                                row.longInteger("numbers_in_use"),
                                row.longInteger("numbers"),
                                row.longInteger("numbers_held"),
                                row.text("subscription")),
                        world.organization());
        for (Row row : rows) {
            if (row.status().equals("completed")) {
                assertThat(row.profile()).as(row.toString()).isEqualTo("in_use");
                assertThat(row.ownProfile()).as(row.toString()).isTrue();
                assertThat(List.of(row.inUse(), row.numbers(), row.held()))
                        .as(row.toString())
                        .containsOnly(1L);
                assertThat(row.subscription()).as(row.toString()).isEqualTo("active");
                assertThat(smdp(row.iccid()).path("state").stringValue(""))
                        .as(row.toString())
                        .isEqualTo("Released");
            } else {
                assertThat(row.status()).as(row.toString()).isEqualTo("canceled");
                assertThat(List.of(row.numbers(), row.held()))
                        .as(row.toString())
                        .containsOnly(0L);
                assertThat(row.subscription()).as(row.toString()).isEqualTo("terminated");
            }
        }
        for (String iccid : world.sql().list(ICCIDS, row -> row.text("iccid"), world.profileType())) {
            assertThat(smdp(iccid).path("state").stringValue(""))
                    .as("free " + iccid)
                    .isEqualTo("Available");
        }
        assertThat(profiles().keySet()).isSubsetOf("free", "in_use", "retired");
        assertThat(numbers().keySet()).isSubsetOf("in_use");
    }
}
