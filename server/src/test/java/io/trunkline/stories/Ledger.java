package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What an organization's orders have left in the stock, compared with what the neighbours say. */
final class Ledger {
    private static final String ORDERS = """
            SELECT o.id, o.status, o.iccid, p.state AS profile_state, p.order_id = o.id AS own_profile, p.imsi,
                (SELECT count(*) FROM number_stock n WHERE n.order_id = o.id AND n.state = 'in_use') AS numbers_in_use,
                (SELECT count(*) FROM number_stock n WHERE n.order_id = o.id AND n.state <> 'quarantined') AS numbers,
                (SELECT count(*) FROM phone_numbers n WHERE n.organization_id = o.organization_id
                    AND n.subscription_id = o.subscription_id AND n.held_to IS NULL) AS numbers_held,
                (SELECT min(n.msisdn) FROM phone_numbers n WHERE n.organization_id = o.organization_id
                    AND n.subscription_id = o.subscription_id AND n.held_to IS NULL) AS msisdn,
                (SELECT status FROM subscriptions s WHERE s.organization_id = o.organization_id
                    AND s.id = o.subscription_id) AS subscription
            FROM orders o LEFT JOIN profile_stock p ON p.iccid = o.iccid
            WHERE o.organization_id = ? AND o.type = 'activate_subscription'""";
    private static final String UNDONE = """
            SELECT CASE WHEN undoing THEN 'undo_' ELSE '' END || step AS step FROM order_work
            WHERE organization_id = ?""";
    private static final String UNFINISHED = """
            SELECT count(*) AS n FROM orders WHERE organization_id = ? AND status = 'pending'""";
    private static final String PROFILES =
            "SELECT state, count(*) AS n FROM profile_stock WHERE profile_type = ? GROUP BY state";
    private static final String NUMBERS =
            "SELECT state, count(*) AS n FROM number_stock WHERE organization_id = ? GROUP BY state";
    private static final String ICCIDS = "SELECT iccid FROM profile_stock WHERE profile_type = ? AND state = 'free'";
    private static final String IMSIS_WITHOUT_LINE =
            "SELECT imsi FROM profile_stock WHERE profile_type = ? AND state <> 'in_use'";

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

    /** The same of everything but this step. */
    Ledger settleBut(String step) {
        Api.await(
                "nothing but " + step + " to be left to do",
                () -> undone().stream().allMatch(step::equals));
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

    /** What the simulated HLR has under an IMSI: nothing, or one line. */
    Optional<JsonNode> hlr(String imsi) {
        return lines("after=" + before(imsi) + "&limit=1")
                .filter(line -> line.path("imsi").stringValue("").equals(imsi));
    }

    /** What the simulated HLR has under a number. */
    Optional<JsonNode> hlrByNumber(String msisdn) {
        return lines("msisdn=" + msisdn);
    }

    private Optional<JsonNode> lines(String query) {
        return Api.JSON
                .readTree(world.control("GET", "/hlr/subscribers?" + query, null))
                .path("subscribers")
                .valueStream()
                .findFirst();
    }

    /** The last of the IMSIs that come before this one. */
    private static String before(String imsi) {
        return String.format("%0" + imsi.length() + "d", Long.parseLong(imsi) - 1);
    }

    private record Row(
            String order,
            String status,
            String iccid,
            String imsi,
            String profile,
            boolean ownProfile,
            long inUse,
            long numbers,
            long held,
            String msisdn,
            String subscription) {}

    /**
     * Every order is final; what it holds is in use, what it does not hold is free or at rest: here, at the SM-DP+ and
     * at the HLR.
     */
    void balances() {
        long pending = world.sql()
                .one(UNFINISHED, row -> row.longInteger("n"), world.organization())
                .orElseThrow();
        assertThat(pending).as("orders that have not ended").isZero();
        List<Row> rows = world.sql()
                .list(
                        ORDERS,
                        row -> new Row(
                                row.uuid("id").toString(),
                                row.text("status"),
                                String.valueOf(row.textOrNull("iccid")),
                                String.valueOf(row.textOrNull("imsi")),
                                String.valueOf(row.textOrNull("profile_state")),
                                row.bool("own_profile"),
                                row.longInteger("numbers_in_use"),
                                row.longInteger("numbers"),
                                row.longInteger("numbers_held"),
                                String.valueOf(row.textOrNull("msisdn")),
                                row.text("subscription")),
                        world.organization());
        for (Row row : rows) {
            switch (row.subscription()) {
                case "active" -> inUse(row, true);
                case "suspended" -> inUse(row, false);
                default -> ended(row);
            }
        }
        for (String iccid : world.sql().list(ICCIDS, row -> row.text("iccid"), world.profileType())) {
            assertThat(smdp(iccid).path("state").stringValue(""))
                    .as("free " + iccid)
                    .isEqualTo("Available");
        }
        for (String imsi : world.sql().list(IMSIS_WITHOUT_LINE, row -> row.text("imsi"), world.profileType())) {
            assertThat(hlr(imsi)).as("IMSI " + imsi + " without a line").isEmpty();
        }
        assertThat(profiles().keySet()).isSubsetOf("free", "in_use", "retired");
        assertThat(numbers().keySet()).isSubsetOf("in_use", "quarantined");
    }

    private void inUse(Row row, boolean active) {
        assertThat(row.status()).as(row.toString()).isEqualTo("completed");
        assertThat(row.profile()).as(row.toString()).isEqualTo("in_use");
        assertThat(row.ownProfile()).as(row.toString()).isTrue();
        assertThat(List.of(row.inUse(), row.numbers(), row.held()))
                .as(row.toString())
                .containsOnly(1L);
        assertThat(smdp(row.iccid()).path("state").stringValue(""))
                .as(row.toString())
                .isIn("Released", "Downloaded", "Installed");
        JsonNode line = hlr(row.imsi()).orElseThrow(() -> new AssertionError("no line at the HLR of " + row));
        assertThat(line.path("msisdn").stringValue("")).as(row.toString()).isEqualTo(row.msisdn());
        assertThat(line.path("cs_enabled").booleanValue()).as(row.toString()).isEqualTo(active);
        assertThat(line.path("ps_enabled").booleanValue()).as(row.toString()).isEqualTo(active);
    }

    private void ended(Row row) {
        assertThat(row.subscription()).as(row.toString()).isEqualTo("terminated");
        assertThat(List.of(row.numbers(), row.held())).as(row.toString()).containsOnly(0L);
        // What it gave back may be another's since.
        assertThat(row.ownProfile() && row.profile().equals("in_use"))
                .as(row.toString())
                .isFalse();
    }
}
