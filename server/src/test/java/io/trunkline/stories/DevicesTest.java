package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.Iccid;
import io.trunkline.network.smdp.InboundEs2Plus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From the order to the device: what the SM-DP+ reports is what the API shows. */
@Tag("database")
@Tag("neighbours")
final class DevicesTest {
    private static final String EVENTS = """
            SELECT type FROM events WHERE organization_id = ? AND type LIKE 'sim_profile.%' ORDER BY id""";
    private static final String AUDIT = """
            SELECT action || ' ' || (before ->> 'state') || ' ' || (after ->> 'state') AS told FROM audit_entries
            WHERE organization_id = ? AND action LIKE 'sim_profile.%' ORDER BY id""";

    private static final List<RunningServer> STARTED = new ArrayList<>();
    private static int worlds;

    private World world;
    private Api api;

    @BeforeAll
    static void start() {
        STARTED.add(RunningServer.start());
    }

    @AfterAll
    static void stop() {
        STARTED.forEach(RunningServer::close);
        STARTED.clear();
    }

    @BeforeEach
    void order() {
        worlds++;
        world = server().world("devices-" + worlds).stock(30);
        api = world.api();
        Changing.devicesReportTo(server(), world);
    }

    private static RunningServer server() {
        return STARTED.getFirst();
    }

    /** The path of the subscription of a completed order. */
    private String subscription() {
        Api.Answer order =
                api.awaitOrder(api.post("/enterprise/orders", world.apiOrder()).link("self"));
        assertThat(order.json().path("status").stringValue()).isEqualTo("completed");
        return "/enterprise/subscriptions/"
                + order.json().path("subscription_id").stringValue();
    }

    private JsonNode profile(String subscription) {
        return api.get(subscription + "/sim-profile").json();
    }

    private void awaitState(String subscription, String state) {
        api.await(
                subscription + "/sim-profile",
                answer -> answer.json().path("state").stringValue("").equals(state));
    }

    private void act(String iccid, String action) {
        world.control("POST", "/devices/" + iccid + "/" + action, "");
    }

    private int report(String iccid, int point, String status, String at) {
        String body = """
                {"header": {"functionRequesterIdentifier": "2.999.1", "functionCallIdentifier": "by-hand"},
                 "iccid": "%s", "profileType": "std", "timestamp": "%s", "notificationPointId": %d,
                 "notificationPointStatus": {"status": "%s"}}""".formatted(iccid, at, point, status);
        URI url = URI.create("http://127.0.0.1:"
                + server().bean(InboundEs2Plus.class).port() + "/gsma/rsp2/es2plus/handleDownloadProgressInfo");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(url)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private List<String> texts(String sql, String column) {
        return world.sql().list(sql, row -> row.text(column), world.organization());
    }

    @Test
    void a_profile_is_downloaded_installed_and_deleted_as_the_device_does_it() {
        String subscription = subscription();
        JsonNode released = profile(subscription);
        String iccid = released.path("iccid").stringValue();
        assertThat(released.path("state").stringValue())
                .as("no device acts by itself")
                .isEqualTo("released");
        assertThat(released.path("eid").isNull()).isTrue();

        act(iccid, "download");
        awaitState(subscription, "downloaded");
        assertThat(profile(subscription).path("eid").stringValue()).matches("\\d{32}");
        assertThat(api.get(subscription + "/sim-profile/qr-code").status()).isEqualTo(200);

        act(iccid, "install");
        awaitState(subscription, "installed");
        assertThat(api.get(subscription + "/sim-profile/qr-code").status()).isEqualTo(410);
        assertThat(api.get(subscription + "/sim-profile").link("qr_code")).isEmpty();

        act(iccid, "delete");
        awaitState(subscription, "deleted");
        assertThat(texts(EVENTS, "type"))
                .containsExactly("sim_profile.downloaded", "sim_profile.installed", "sim_profile.deleted");
        assertThat(texts(AUDIT, "told"))
                .containsExactly(
                        "sim_profile.downloaded released downloaded",
                        "sim_profile.installed downloaded installed",
                        "sim_profile.deleted installed deleted");
    }

    @Test
    void reports_that_come_twice_late_or_for_nobody_change_nothing_that_is_known() {
        String subscription = subscription();
        String iccid = profile(subscription).path("iccid").stringValue();
        assertThat(report(iccid, 4, "Executed-Success", "2026-01-01T00:00:02Z")).isEqualTo(204);
        JsonNode installed = profile(subscription);
        assertThat(installed.path("state").stringValue()).isEqualTo("installed");
        assertThat(installed.path("state_at").stringValue()).isEqualTo("2026-01-01T00:00:02.000Z");

        assertThat(report(iccid, 3, "Executed-Success", "2026-01-01T00:00:01Z")).isEqualTo(204);
        assertThat(report(iccid, 4, "Executed-Success", "2026-01-01T00:00:02Z")).isEqualTo(204);
        assertThat(report(iccid, 1, "Failed", "2026-01-01T00:00:03Z")).isEqualTo(204);
        String nobodys = Iccid.ofBody("894900000000000000").digits();
        assertThat(report(nobodys, 4, "Executed-Success", "2026-01-01T00:00:03Z"))
                .isEqualTo(204);
        assertThat(profile(subscription)).isEqualTo(installed);
        assertThat(texts(EVENTS, "type")).containsExactly("sim_profile.installed");
    }

    @Test
    void an_attempt_that_failed_may_be_followed_by_one_that_succeeds() {
        String subscription = subscription();
        String iccid = profile(subscription).path("iccid").stringValue();
        act(iccid, "fail");
        awaitState(subscription, "error");
        assertThat(api.get(subscription + "/sim-profile/qr-code").status()).isEqualTo(200);
        assertThat(report(iccid, 3, "Executed-Success", "2099-01-01T00:00:01Z")).isEqualTo(204);
        JsonNode downloaded = profile(subscription);
        assertThat(downloaded.path("state").stringValue()).isEqualTo("downloaded");
        assertThat(downloaded.path("state_at").stringValue())
                .as("a clock ahead of ours does not make it happen in the future")
                .doesNotStartWith("2099");
    }

    @Test
    void devices_that_are_faster_than_the_order_do_not_confuse_it() {
        world.control("PUT", "/devices", "{\"enabled\": true, \"install_after_ms\": 0}");
        var subscriptions = new ArrayList<String>();
        for (int i = 0; i < 20; i++) {
            subscriptions.add(subscription());
        }
        subscriptions.forEach(subscription -> awaitState(subscription, "installed"));
        assertThat(texts(EVENTS, "type").stream().filter("sim_profile.installed"::equals))
                .hasSize(20);
    }

    @Test
    void the_api_and_the_listener_answer_nothing_of_each_other() throws Exception {
        URI inbound = URI.create(
                "http://127.0.0.1:" + server().bean(InboundEs2Plus.class).port());
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String path : List.of("/enterprise", "/enterprise/orders", "/livez", "/actuator/health")) {
                assertThat(http.send(
                                        HttpRequest.newBuilder(inbound.resolve(path))
                                                .header("Authorization", "Bearer " + api.token())
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
        assertThat(api.post("/gsma/rsp2/es2plus/handleDownloadProgressInfo", "{}")
                        .status())
                .isEqualTo(404);
    }
}
