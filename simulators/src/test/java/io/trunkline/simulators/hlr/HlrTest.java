package io.trunkline.simulators.hlr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class HlrTest {
    private static final String KEY = "465b5ce8b199b49faa5f0a2ee238a6bc";
    private static final String ONE = "subscriber.by-imsi-001010000000001";

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Simulators simulators;
    private Network network;
    private CtrlClient ctrl;

    @BeforeEach
    void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        network = new Network(simulators);
        ctrl = new CtrlClient(simulators.hlrHost(), simulators.hlrPort());
    }

    @AfterEach
    void stop() throws IOException {
        ctrl.close();
        network.close();
        simulators.close();
    }

    @Test
    void whatIsSetIsThereAfterARestartAndKeysAreShownToNobodyWhoLooks() throws IOException {
        assertThat(ctrl.ask("SET 1 subscriber.create 001010000000001")).isEqualTo("SET_REPLY 1 subscriber.create 1");
        assertThat(ctrl.ask("SET 2 " + ONE + ".msisdn 491720000001")).isEqualTo("SET_REPLY 2 " + ONE + ".msisdn OK");
        assertThat(ctrl.ask("SET 3 " + ONE + ".aud3g milenage," + KEY + ",opc," + KEY))
                .isEqualTo("SET_REPLY 3 " + ONE + ".aud3g OK");
        assertThat(ctrl.ask("SET 4 " + ONE + ".ps-enabled 0")).isEqualTo("SET_REPLY 4 " + ONE + ".ps-enabled OK");
        ctrl.ask("SET 5 subscriber.create 001010000000002");
        ctrl.ask("SET 6 subscriber.delete 001010000000002");
        stop();
        start();
        JsonNode subscriber = network.get("/hlr/subscribers/001010000000001");
        assertThat(subscriber.path("msisdn").asString()).isEqualTo("491720000001");
        assertThat(subscriber.path("cs_enabled").asBoolean()).isTrue();
        assertThat(subscriber.path("ps_enabled").asBoolean(true)).isFalse();
        assertThat(network.get("/hlr/subscribers").toString()).doesNotContain(KEY);
        assertThat(network.get("/hlr/subscribers?msisdn=491720000001").path("subscribers"))
                .containsExactly(subscriber);
        assertThat(network.send("GET", "/hlr/subscribers/001010000000002", "").statusCode())
                .isEqualTo(404);
        assertThat(ctrl.ask("GET 7 " + ONE + ".aud3g"))
                .isEqualTo("GET_REPLY 7 " + ONE + ".aud3g MILENAGE," + KEY + ",OPC," + KEY + ",5");
        assertThat(ctrl.ask("SET 8 subscriber.create 001010000000003")).endsWith(" 2");
    }

    @Test
    void bothProtocolsSpeakOfTheSameRegister() throws Exception {
        String document = "{\"msisdn\": \"491720000001\", \"cs_enabled\": true, \"ps_enabled\": false,"
                + " \"authentication\": {\"algorithm\": \"milenage\", \"k\": \"" + KEY + "\", \"opc\": \"" + KEY
                + "\"}}";
        assertThat(rest("PUT", "/subscribers/001010000000001", document).statusCode())
                .isEqualTo(201);
        assertThat(rest("PUT", "/subscribers/001010000000001", document).statusCode())
                .isEqualTo(200);
        assertThat(ctrl.ask("GET 1 " + ONE + ".msisdn")).endsWith(" 491720000001");
        assertThat(rest("PATCH", "/subscribers/001010000000001", "{\"msisdn\": null, \"ps_enabled\": true}")
                        .body())
                .doesNotContain(KEY);
        assertThat(ctrl.ask("GET 2 " + ONE + ".msisdn")).endsWith(" none");
        assertThat(ctrl.ask("GET 3 " + ONE + ".ps-enabled")).endsWith(" 1");
        assertThat(ctrl.ask("GET 4 " + ONE + ".aud3g"))
                .as("a patch leaves the keys")
                .contains(KEY);
        ctrl.ask("SET 5 subscriber.delete 001010000000001");
        assertThat(rest("DELETE", "/subscribers/001010000000001", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void documentsWithMistakesAreRefusedWithAllOfThem() throws Exception {
        HttpResponse<String> answer = rest("PUT", "/subscribers/001010000000001", """
                {"imsi": "001010000000002", "msisdn": "x", "cs_enabled": 1, "colour": "red",
                 "authentication": {"algorithm": "rot13", "k": "1"}}""");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains(
                        "/imsi",
                        "/msisdn",
                        "/cs_enabled",
                        "/colour",
                        "/authentication/algorithm",
                        "/authentication/k",
                        "/authentication/opc");
        assertThat(rest("PUT", "/subscribers/12", "{}").statusCode()).isEqualTo(400);
        assertThat(rest("GET", "/subscribers", "").statusCode()).isEqualTo(400);
        ctrl.ask("SET 1 subscriber.create 001010000000001");
        ctrl.ask("SET 2 " + ONE + ".msisdn 491720000001");
        assertThat(rest("PUT", "/subscribers/001010000000002", "{\"msisdn\": \"491720000001\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(network.send("GET", "/hlr/subscribers/001010000000002", "").statusCode())
                .as("nothing of it was done")
                .isEqualTo(404);
    }

    @Test
    void aPreparedListIsThereAsItWasGiven() throws IOException {
        HttpResponse<String> put = network.send("PUT", "/hlr/subscribers", """
                [{"imsi": "001010000000001", "msisdn": "491720000001", "ps_enabled": false},
                 {"imsi": "001010000000002"}]""");
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        JsonNode page = network.get("/hlr/subscribers?limit=1");
        assertThat(page.path("subscribers").get(0).path("ps_enabled").asBoolean(true))
                .isFalse();
        assertThat(page.path("next_after").asString()).isEqualTo("001010000000001");
        JsonNode rest = network.get("/hlr/subscribers?limit=1&after=001010000000001");
        assertThat(rest.path("subscribers").get(0).path("msisdn").isNull()).isTrue();
        assertThat(rest.path("next_after").isNull()).isTrue();
        assertThat(network.send("PUT", "/hlr/subscribers", "[{\"imsi\": \"1\"}]")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void faultsHitTheCommandsThatTheyName() throws IOException {
        ctrl.ask("SET 1 subscriber.create 001010000000001");
        network.faults("hlr", """
                [{"operation": "msisdn", "fault": "refuse", "code": "Update MSISDN failed"},
                 {"operation": "ps-enabled", "fault": "twice"},
                 {"operation": "cs-enabled", "fault": "error_500"},
                 {"operation": "delete", "fault": "drop_after"}]""");
        assertThat(ctrl.ask("SET 2 " + ONE + ".msisdn 49")).isEqualTo("ERROR 2 Update MSISDN failed");
        assertThat(ctrl.ask("SET 3 " + ONE + ".ps-enabled 0")).isEqualTo(ctrl.hear());
        assertThat(ctrl.ask("SET 4 " + ONE + ".cs-enabled 0")).isEqualTo("ERROR 4 An error has occurred.");
        assertThat(network.get("/hlr/subscribers/001010000000001")
                        .path("cs_enabled")
                        .asBoolean())
                .isTrue();
        ctrl.say("SET 5 subscriber.delete 001010000000001");
        assertThatThrownBy(() -> ctrl.hear()).isInstanceOf(IOException.class);
        assertThat(network.send("GET", "/hlr/subscribers/001010000000001", "").statusCode())
                .isEqualTo(404);
        assertThat(network.get("/hlr/faults").size()).isZero();
    }

    private HttpResponse<String> rest(String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(simulators.hlrRestUrl() + path))
                        .header("Content-Type", "application/merge-patch+json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
