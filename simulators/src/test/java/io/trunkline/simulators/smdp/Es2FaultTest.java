package io.trunkline.simulators.smdp;

import static io.trunkline.simulators.Network.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class Es2FaultTest {
    private static final String ICCID = StockRange.iccid(894_900_000_000_000_000L);
    private static final String ORDER =
            "{\"header\":{\"functionRequesterIdentifier\":\"2.999.10\",\"functionCallIdentifier\":\"1\"},\"iccid\":\""
                    + ICCID + "\"}";

    @TempDir
    Path directory;

    private Simulators simulators;
    private Network network;

    @BeforeEach
    void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        network = new Network(simulators);
        network.stock("std", "894900000000000000", 10);
    }

    @AfterEach
    void stop() {
        network.close();
        simulators.close();
    }

    @Test
    void aRefusalCarriesItsCodeAndHappensAsOftenAsAskedFor() throws IOException {
        network.faults(
                "smdp", "[{\"operation\":\"downloadOrder\",\"fault\":\"refuse\",\"code\":\"8.2.5/3.7\",\"times\":2}]");
        assertThat(status(network.es2("releaseProfile", "iccid", ICCID))).isEqualTo("8.2.1/3.5");
        assertThat(status(network.es2("downloadOrder", "iccid", ICCID))).isEqualTo("8.2.5/3.7");
        assertThat(network.get("/smdp/faults").get(0).path("times").asInt()).isEqualTo(1);
        assertThat(status(network.es2("downloadOrder", "iccid", ICCID))).isEqualTo("8.2.5/3.7");
        assertThat(network.get("/smdp/faults").size()).isZero();
        assertThat(status(network.es2("downloadOrder", "iccid", ICCID))).isEqualTo("Executed-Success");
    }

    @Test
    void aDroppedConnectionHasActedOrNotAsAskedFor() throws IOException {
        network.faults("smdp", "[{\"fault\":\"drop_before\"}]");
        assertThatThrownBy(() -> network.es2("downloadOrder", "iccid", ICCID)).isInstanceOf(IOException.class);
        assertThat(orders()).isZero();
        network.faults("smdp", "[{\"fault\":\"drop_after\"}]");
        assertThatThrownBy(() -> network.es2("downloadOrder", "iccid", ICCID)).isInstanceOf(IOException.class);
        assertThat(orders()).isEqualTo(1);
    }

    @Test
    void hangingHoldsTheConnectionAndDoesNotAct() throws IOException {
        network.faults("smdp", "[{\"fault\":\"hang\"},{\"fault\":\"hang\",\"delay_ms\":50}]");
        assertThatThrownBy(() -> network.es2Raw("downloadOrder", ORDER, Duration.ofMillis(300)))
                .isInstanceOf(HttpTimeoutException.class);
        assertThatThrownBy(() -> network.es2Raw("downloadOrder", ORDER, Duration.ofSeconds(10)))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
        assertThat(orders()).isZero();
    }

    @Test
    void aLateAnswerHasActedBeforeTheClientGivesUp() throws IOException {
        network.faults("smdp", "[{\"fault\":\"late\",\"delay_ms\":60000},{\"fault\":\"late\",\"delay_ms\":100}]");
        assertThatThrownBy(() -> network.es2Raw("downloadOrder", ORDER, Duration.ofMillis(300)))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(orders()).isEqualTo(1);
        long start = System.nanoTime();
        assertThat(status(network.es2("downloadOrder", "iccid", ICCID))).isEqualTo("8.2.1/3.3");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void garbageAndAnErrorAreNoAnswersAndOnlyGarbageHasActed() throws IOException {
        network.faults("smdp", "[{\"fault\":\"error_500\"},{\"fault\":\"garbage\"}]");
        assertThat(network.es2Raw("downloadOrder", ORDER, Duration.ofSeconds(5)).statusCode())
                .isEqualTo(500);
        assertThat(orders()).isZero();
        assertThat(network.es2Raw("downloadOrder", ORDER, Duration.ofSeconds(5)).body())
                .contains("not JSON");
        assertThat(orders()).isEqualTo(1);
    }

    @Test
    void twoAnswersComeToOneRequestWhichIsExecutedOnce() throws IOException {
        network.faults("smdp", "[{\"fault\":\"twice\"}]");
        String request = "POST /gsma/rsp2/es2plus/downloadOrder HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nX-Admin-Protocol: gsma/rsp/v2.0.0\r\nContent-Length: "
                + ORDER.length() + "\r\n\r\n" + ORDER;
        try (Socket socket =
                new Socket(simulators.smdpUrl().getHost(), simulators.smdpUrl().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(3);
            assertThat(answers.split("Executed-Success", -1)).hasSize(3);
        }
        assertThat(orders()).isEqualTo(1);
    }

    @Test
    void aListWithMistakesIsRefusedAsAWholeAndTheOldOneStays() throws IOException {
        network.faults("smdp", "[{\"fault\":\"hang\",\"operation\":\"cancelOrder\"}]");
        JsonNode problem = new tools.jackson.databind.json.JsonMapper()
                .readTree(network.send("PUT", "/smdp/faults", """
                        [{"fault": "late"}, {"fault": "explode", "probability": 2, "times": 0, "tmies": 1}]""").body());
        assertThat(problem.path("errors").size()).isEqualTo(4);
        assertThat(problem.path("errors").get(0).path("pointer").asString()).isEqualTo("/1/fault");
        assertThat(network.get("/smdp/faults").get(0).path("fault").asString()).isEqualTo("hang");
        assertThat(network.send("DELETE", "/smdp/faults", "").statusCode()).isEqualTo(204);
        assertThat(network.get("/smdp/faults").size()).isZero();
    }

    @Test
    void whatIsLeftOfTheFaultsSurvivesARestart() throws IOException {
        network.faults("smdp", "[{\"fault\":\"refuse\",\"code\":\"8.2.1/3.9\",\"times\":2}]");
        network.es2("downloadOrder", "iccid", ICCID);
        stop();
        start();
        assertThat(network.get("/smdp/faults").get(0).path("times").asInt()).isEqualTo(1);
    }

    private int orders() throws IOException {
        return network.get("/smdp/profiles/" + ICCID).path("download_orders").asInt();
    }
}
