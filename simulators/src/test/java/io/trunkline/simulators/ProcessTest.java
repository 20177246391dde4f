package io.trunkline.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.simulators.hlr.CtrlClient;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProcessTest {
    private static final int ROUNDS = 3;

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void killOwnProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void aKilledProcessLosesNoOrderThatItAcknowledged() throws Exception {
        Set<String> ordered = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < ROUNDS; round++) {
            Process process = start();
            try (Network network = network();
                    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                network.stock("std", "894900000000000000", 100_000);
                int wanted = ordered.size() + 200;
                for (int client = 0; client < 8; client++) {
                    clients.execute(() -> orderUntilItDies(network, ordered));
                }
                Network.await("orders", () -> ordered.size() >= wanted);
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
        start();
        try (Network network = network()) {
            for (String iccid : ordered) {
                JsonNode profile = network.get("/smdp/profiles/" + iccid);
                assertThat(profile.path("state").asString()).as(iccid).isEqualTo("Allocated");
                assertThat(profile.path("download_orders").asInt()).as(iccid).isEqualTo(1);
            }
            // Beyond those: at most the one call of each client whose answer was lost, per round.
            assertThat(network.get("/smdp/stock")
                            .path("states")
                            .path("Allocated")
                            .asInt())
                    .isBetween(ordered.size(), ordered.size() + 8 * ROUNDS);
        }
    }

    private static void orderUntilItDies(Network network, Set<String> ordered) {
        try {
            while (true) {
                String iccid = network.es2("downloadOrder", "profileType", "std")
                        .path("iccid")
                        .asString();
                assertThat(ordered.add(iccid)).as("%s given out twice", iccid).isTrue();
            }
        } catch (IOException | RuntimeException itDied) {
            assertThat(ordered).isNotEmpty();
        }
    }

    @Test
    void aKilledProcessLosesNoSubscriberThatItAcknowledged() throws Exception {
        long made = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process process = start();
            try (CtrlClient ctrl = ctrl()) {
                for (int i = 0; i < 100; i++) {
                    made++;
                    String imsi = "00101%010d".formatted(made);
                    assertThat(ctrl.ask("SET 1 subscriber.create " + imsi))
                            .isEqualTo("SET_REPLY 1 subscriber.create " + made);
                }
            }
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        start();
        try (CtrlClient ctrl = ctrl()) {
            for (long one = 1; one <= made; one++) {
                String variable = "subscriber.by-imsi-00101%010d.cs-enabled".formatted(one);
                assertThat(ctrl.ask("GET 2 " + variable)).isEqualTo("GET_REPLY 2 " + variable + " 1");
            }
        }
    }

    private CtrlClient ctrl() throws IOException {
        return new CtrlClient(
                facts().path("hlr_host").asString(), facts().path("hlr_port").asInt());
    }

    @Test
    void aTerminatedProcessExitsWithZeroAndComesBackAtItsOldAddresses() throws Exception {
        Process process = start();
        JsonNode facts = facts();
        assertThat(facts.path("pid").asLong()).isEqualTo(process.pid());
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(directory.resolve("simulators.json")).doesNotExist();
        start();
        assertThat(facts().path("control_url")).isEqualTo(facts.path("control_url"));
        assertThat(facts().path("smdp_url")).isEqualTo(facts.path("smdp_url"));
        assertThat(facts().path("smtp_port")).isEqualTo(facts.path("smtp_port"));
    }

    @Test
    void aSecondProcessOnTheSameStateExitsWithThreeAndSaysWhy() throws Exception {
        try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory))) {
            assertThat(simulators.smtpPort()).isPositive();
            Process second = launch();
            assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(3);
            assertThat(Files.readString(directory.resolve("output"))).contains("is in use by another process");
            assertThatThrownBy(() -> Simulators.start(SimulatorsConfig.of(directory)))
                    .isInstanceOf(StateInUseException.class);
        }
    }

    @Test
    void aRememberedPortThatIsTakenIsReplacedAndAnAskedForOneIsRefused() throws Exception {
        int port;
        try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory))) {
            port = simulators.smdpUrl().getPort();
        }
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket taken = new ServerSocket(port, 1, loopback)) {
            try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory))) {
                assertThat(simulators.smdpUrl().getPort()).isNotEqualTo(taken.getLocalPort());
            }
            SimulatorsConfig asked = CommandLine.parse(
                    "--state", directory.toString(), "--smdp-port", Integer.toString(taken.getLocalPort()));
            assertThatThrownBy(() -> Simulators.start(asked))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("smdp port " + port);
        }
    }

    @Test
    void aPageOfAnotherSiteAndAnotherHostNameAreRefused() throws Exception {
        try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory));
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(),
                        simulators.controlUrl().getPort())) {
            socket.setSoTimeout(10_000);
            String request = "DELETE /smdp/faults HTTP/1.1\r\nHost: %s\r\n%s\r\n";
            socket.getOutputStream().write(request.formatted("evil.example", "").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream()
                    .write(request.formatted("127.0.0.1", "Origin: http://evil.example\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream()
                    .write(request.formatted("127.0.0.1:80", "Connection: close\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers.split("HTTP/1.1 403", -1)).hasSize(3);
            assertThat(answers).contains("HTTP/1.1 204");
        }
    }

    private Process start() throws IOException {
        Process process = launch();
        Network.await("simulators.json", () -> namesPid(process.pid()));
        return process;
    }

    private boolean namesPid(long pid) {
        try {
            return Files.exists(directory.resolve("simulators.json"))
                    && facts().path("pid").asLong() == pid;
        } catch (IOException removedMeanwhile) {
            return false;
        }
    }

    private Process launch() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--state",
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private JsonNode facts() throws IOException {
        return new JsonMapper().readTree(Files.readString(directory.resolve("simulators.json")));
    }

    private Network network() throws IOException {
        return new Network(
                URI.create(facts().path("control_url").asString()),
                URI.create(facts().path("smdp_url").asString()));
    }
}
