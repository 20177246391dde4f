package io.trunkline.simulators.smdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DevicesTest {
    private static final String FIRST = StockRange.iccid(894_900_000_000_000_000L);
    private static final String SECOND = StockRange.iccid(894_900_000_000_000_001L);

    @TempDir
    Path directory;

    /** What the requester answers, and what it has heard and acknowledged. */
    private final AtomicInteger status = new AtomicInteger(204);

    private final AtomicInteger asked = new AtomicInteger();
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    private HttpServer requester;
    private Simulators simulators;
    private Network network;

    @BeforeEach
    void start() throws IOException {
        requester = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        requester.createContext("/gsma/rsp2/es2plus/handleDownloadProgressInfo", exchange -> {
            asked.incrementAndGet();
            JsonNode body = new JsonMapper().readTree(exchange.getRequestBody().readAllBytes());
            if (status.get() == 204) {
                heard.add(body);
            }
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        requester.start();
        startSimulators();
        network.stock("std", "894900000000000000", 10);
        release(FIRST, "M-1");
    }

    private void startSimulators() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        network = new Network(simulators);
    }

    @AfterEach
    void stop() {
        stopSimulators();
        requester.stop(0);
    }

    private void stopSimulators() {
        network.close();
        simulators.close();
    }

    private void release(String iccid, String matchingId) throws IOException {
        network.es2("downloadOrder", "iccid", iccid);
        network.es2("confirmOrder", "iccid", iccid, "matchingId", matchingId, "releaseFlag", true);
    }

    private void devices(String settings) throws IOException {
        HttpResponse<String> answer = network.send("PUT", "/devices", settings);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private void reportHere() throws IOException {
        devices("{\"report_to\": \"http://127.0.0.1:" + requester.getAddress().getPort() + "\"}");
    }

    private int act(String iccid, String action) throws IOException {
        return network.send("POST", "/devices/" + iccid + "/" + action, "").statusCode();
    }

    private String state(String iccid) {
        try {
            return network.get("/smdp/profiles/" + iccid).path("state").asString();
        } catch (IOException away) {
            return "";
        }
    }

    private List<String> points() {
        return heard.stream()
                .map(report -> report.path("notificationPointId").asString() + " "
                        + report.path("notificationPointStatus").path("status").asString())
                .toList();
    }

    @Test
    void byDefaultNoDeviceDoesAnything() throws IOException {
        assertThat(network.get("/devices").path("enabled").asBoolean(true)).isFalse();
        release(SECOND, "M-2");
        stopSimulators();
        startSimulators();
        assertThat(state(FIRST)).isEqualTo("Released");
        assertThat(state(SECOND)).isEqualTo("Released");
    }

    @Test
    void devicesThatAreEnabledInstallWhatIsReleasedBeforeAndAfterAndSayIt() throws IOException {
        reportHere();
        devices("{\"enabled\": true, \"install_after_ms\": 20}");
        release(SECOND, "M-2");
        Network.await("all reports", () -> heard.size() == 4);
        assertThat(state(FIRST)).isEqualTo("Installed");
        assertThat(state(SECOND)).isEqualTo("Installed");
        List<JsonNode> ofFirst = heard.stream()
                .filter(report -> report.path("iccid").asString().equals(FIRST))
                .toList();
        assertThat(ofFirst).hasSize(2);
        JsonNode report = ofFirst.getLast();
        assertThat(report.path("notificationPointId").asInt()).isEqualTo(4);
        assertThat(report.path("profileType").asString()).isEqualTo("std");
        assertThat(CheckDigits.eidHolds(report.path("eid").asString())).isTrue();
        assertThat(report.path("header").path("functionCallIdentifier").asString())
                .isNotEmpty();
        assertThat(network.get("/smdp/profiles/" + FIRST).path("eid").asString())
                .isEqualTo(report.path("eid").asString());
    }

    @Test
    void byHandADeviceGoesThroughAllItsStatesAndNoOthers() throws IOException {
        reportHere();
        assertThat(act(FIRST, "install")).isEqualTo(409);
        assertThat(act(SECOND, "download")).isEqualTo(409);
        assertThat(act(FIRST, "download")).isEqualTo(200);
        assertThat(act(FIRST, "install")).isEqualTo(200);
        assertThat(act(FIRST, "fail")).isEqualTo(409);
        assertThat(act(FIRST, "delete")).isEqualTo(200);
        assertThat(act(FIRST, "delete")).isEqualTo(409);
        assertThat(act("8949000000000000003", "delete")).isEqualTo(404);
        Network.await("all reports", () -> heard.size() == 3);
        assertThat(points()).containsExactly("3 Executed-Success", "4 Executed-Success", "5 Executed-Success");
        assertThat(state(FIRST)).isEqualTo("Deleted");
    }

    @Test
    void aDeviceThatFailsSaysWhereAndWhy() throws IOException {
        reportHere();
        assertThat(act(FIRST, "fail")).isEqualTo(200);
        release(SECOND, "M-2");
        act(SECOND, "download");
        assertThat(act(SECOND, "fail")).isEqualTo(200);
        Network.await("all reports", () -> heard.size() == 3);
        assertThat(points()).containsExactlyInAnyOrder("1 Failed", "3 Executed-Success", "4 Failed");
        assertThat(heard.getLast()
                        .path("notificationPointStatus")
                        .path("statusCodeData")
                        .path("subjectCode")
                        .asString())
                .isEqualTo("8.1");
        assertThat(state(FIRST)).isEqualTo("Error");
    }

    @Test
    void whatTheRequesterHasNotTakenIsToldAgainEvenAfterARestart() throws IOException {
        act(FIRST, "download");
        status.set(503);
        reportHere();
        Network.await("two attempts", () -> asked.get() >= 2);
        stopSimulators();
        startSimulators();
        assertThat(state(FIRST)).isEqualTo("Downloaded");
        act(FIRST, "install");
        assertThat(heard).isEmpty();
        status.set(204);
        Network.await("all reports", () -> heard.size() == 2);
        assertThat(points()).containsExactly("3 Executed-Success", "4 Executed-Success");
    }

    @Test
    void aReportCanComeTwiceAndItsAnswerCanBeLost() throws IOException {
        reportHere();
        network.faults("smdp", "[{\"operation\": \"handleDownloadProgressInfo\", \"fault\": \"twice\"}]");
        act(FIRST, "download");
        Network.await("two reports", () -> heard.size() == 2);
        network.faults("smdp", "[{\"operation\": \"handleDownloadProgressInfo\", \"fault\": \"drop_after\"}]");
        act(FIRST, "install");
        Network.await("two more", () -> heard.size() == 4);
        assertThat(points())
                .containsExactly(
                        "3 Executed-Success", "3 Executed-Success", "4 Executed-Success", "4 Executed-Success");
    }
}
