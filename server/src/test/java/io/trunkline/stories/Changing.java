package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.network.smdp.InboundEs2Plus;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A line and what is ordered for it, with what the network says of it. */
final class Changing {
    static final Map<String, String> SETTINGS = Map.of(
            "trunkline.orders.lease", "400ms",
            "trunkline.orders.poll", "50ms",
            "trunkline.orders.step-deadline", "60s",
            "trunkline.hlr.request-timeout", "1s",
            "trunkline.smdp.request-timeout", "1s");
    private static final String WAIT_IS_OVER = """
            UPDATE order_work SET due_at = now() WHERE step = 'move_number' AND due_at > now() + interval '1 h'""";
    private static final String ORDERS = "/enterprise/orders";

    private final World world;
    private final Api api;
    private final String id;

    private Changing(World world, Api api, String id) {
        this.world = world;
        this.api = api;
        this.id = id;
    }

    /** A new active line. */
    static Changing line(World world, Api api) {
        Api.Answer order = api.awaitOrder(api.post(ORDERS, world.apiOrder()).link("self"));
        assertThat(order.json().path("status").stringValue()).as(order.text()).isEqualTo("completed");
        return new Changing(world, api, order.json().path("subscription_id").stringValue());
    }

    /** The line gets another SIM, which takes the place of the present one once it is installed. */
    static void newSimFor(World world, Api api, String subscription) {
        var line = new Changing(world, api, subscription);
        line.completed(line.newSim("device_change"));
    }

    /** Devices act by hand and report to this server. */
    static void devicesReportTo(RunningServer server, World world) {
        world.control(
                "PUT",
                "/devices",
                "{\"enabled\": false, \"install_after_ms\": 0, \"report_to\": \"http://127.0.0.1:%d\"}"
                        .formatted(server.bean(InboundEs2Plus.class).port()));
    }

    String id() {
        return id;
    }

    String path(String rest) {
        return "/enterprise/subscriptions/" + id + rest;
    }

    /** An order on the line, with these further members. */
    Api.Answer order(String type, String members) {
        return api.post(
                ORDERS,
                "{\"type\": \"%s\", \"account_id\": \"%s\", \"subscription_id\": \"%s\"%s}"
                        .formatted(type, world.account(), id, members.isEmpty() ? "" : ", " + members));
    }

    Api.Answer newSim(String reason) {
        return order(
                "change_sim_profile",
                (reason.isEmpty() ? "" : "\"reason\": \"" + reason + "\", ")
                        + "\"sim_profile\": {\"sim_type\": \"esim\", \"delivery\": {\"type\": \"api\"}}");
    }

    /** The order once it is final. */
    JsonNode done(Api.Answer placed) {
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return api.awaitOrder(placed.link("self")).json();
    }

    JsonNode completed(Api.Answer placed) {
        JsonNode order = done(placed);
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        return order;
    }

    JsonNode again(JsonNode order) {
        return api.get(ORDERS + "/" + order.path("id").stringValue()).json();
    }

    /** Waits until the order has come by this. */
    JsonNode reached(JsonNode order, String milestone) {
        Api.await(
                order.path("id").stringValue() + " to come by " + milestone,
                () -> Api.milestones(again(order)).contains(milestone));
        return again(order);
    }

    String status() {
        return api.get(path("")).json().path("status").stringValue();
    }

    Api.Answer profile() {
        return api.get(path("/sim-profile"));
    }

    String iccid() {
        return profile().json().path("iccid").stringValue();
    }

    Api.Answer previous() {
        return api.get(path("/sim-profile/previous"));
    }

    String number() {
        return api.get(path("/phone-numbers"))
                .json()
                .path("_embedded")
                .path("phone_numbers")
                .path(0)
                .path("msisdn")
                .stringValue();
    }

    String imsi(String iccid) {
        return world.sql()
                .one("SELECT imsi FROM profile_stock WHERE iccid = ?", row -> row.text("imsi"), iccid)
                .orElseThrow();
    }

    /** What the HLR has of the SIM: {@code number cs ps}; empty where it has nothing. */
    String hlr(String iccid) {
        String imsi = imsi(iccid);
        for (JsonNode line : Api.JSON
                .readTree(world.control("GET", "/hlr/subscribers?limit=1000", null))
                .path("subscribers")) {
            if (line.path("imsi").stringValue().equals(imsi)) {
                return line.path("msisdn").stringValue("-") + " "
                        + line.path("cs_enabled").booleanValue() + " "
                        + line.path("ps_enabled").booleanValue();
            }
        }
        return "";
    }

    String smdp(String iccid) {
        return Api.JSON
                .readTree(world.control("GET", "/smdp/profiles/" + iccid, null))
                .path("state")
                .stringValue();
    }

    String stock(String iccid) {
        return world.sql()
                .one("SELECT state FROM profile_stock WHERE iccid = ?", row -> row.text("state"), iccid)
                .orElseThrow();
    }

    /** A device downloads and installs the profile. */
    void install(String iccid) {
        world.control("POST", "/devices/" + iccid + "/download", "");
        world.control("POST", "/devices/" + iccid + "/install", "");
    }

    /** The wait for a report that the profile is installed is over. */
    void waitIsOver() {
        world.sql().update(WAIT_IS_OVER);
    }
}
