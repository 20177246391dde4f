package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stays over starts, and what an earlier start may have left. */
class RestartTest {
    private static final BoxProcess box = BoxProcess.create();

    @BeforeEach
    void start() {
        box.up();
    }

    @AfterAll
    static void stop() {
        box.close();
    }

    @Test
    void sigtermEndsWithZeroAndTheNextStartIsTheSameTrunkline() {
        Map<String, String> before = box.env();
        assertThat(box.terminate()).isZero();
        assertThat(box.runs("server")).isFalse();
        assertThat(box.runs("postgres")).isFalse();
        assertThat(box.runs("simulators")).isFalse();
        box.up();
        assertThat(box.env()).isEqualTo(before);
    }

    @Test
    void aServerThatWasKilledLeavesNeighboursThatTheNextOneTakesOver() {
        try (BoxClient client = new BoxClient(box)) {
            String account = client.firstAccount();
            long simulators = box.pid("simulators");
            box.kill("server");
            BoxProcess.await("killed", () -> !box.runs("server"));
            assertThat(box.runs("simulators")).isTrue();
            box.up();
            assertThat(box.pid("simulators")).isEqualTo(simulators);
            client.renew();
            assertThat(client.firstAccount()).isEqualTo(account);
        }
    }

    @Test
    void aChangedBuildDrainsTheServerAndReplacesEverything() {
        Map<String, String> before = box.env();
        long server = box.pid("server");
        long simulators = box.pid("simulators");
        box.up("another", new String[0]);
        assertThat(box.pid("server")).isNotEqualTo(server);
        assertThat(box.pid("simulators")).isNotEqualTo(simulators);
        assertThat(box.env()).isEqualTo(before);
    }

    @Test
    void downAlsoEndsWhatAKilledServerLeft() {
        long simulators = box.pid("simulators");
        long postgres = box.pid("postgres");
        box.kill("server");
        BoxProcess.await("killed", () -> !box.runs("server"));
        assertThat(box.run("down")).isZero();
        BoxProcess.await("ended", () -> !BoxProcess.isAlive(simulators) && !BoxProcess.isAlive(postgres));
        assertThat(box.run("down")).isZero();
    }

    @Test
    void aLostSecretIsReplacedAndALostKeyIsNotMadeAnew() throws IOException {
        Map<String, String> before = box.env();
        box.terminate();
        Files.delete(box.data().resolve("demo.env"));
        box.up();
        assertThat(box.env().get("TRUNKLINE_CLIENT_SECRET")).isNotEqualTo(before.get("TRUNKLINE_CLIENT_SECRET"));
        try (BoxClient client = new BoxClient(box)) {
            assertThat(client.get("/enterprise/accounts").status()).isEqualTo(200);
        }
        box.terminate();
        Files.move(box.data().resolve("keys/master.key"), box.data().resolve("keys/saved.key"));
        assertThat(box.run("up")).isEqualTo(1);
        assertThat(box.output()).contains("master key", "backup");
        Files.move(box.data().resolve("keys/saved.key"), box.data().resolve("keys/master.key"));
    }

    @Test
    void aStartThatFailsLeavesNothingBehind() throws IOException {
        box.terminate();
        Path version = box.data().resolve("postgres/cluster/PG_VERSION");
        String before = Files.readString(version);
        Files.writeString(version, "9\n");
        assertThat(box.run("up")).isEqualTo(1);
        assertThat(box.output()).contains("PostgreSQL 9");
        assertThat(SimulatorsNeighbour.runningOn(box.data().resolve("simulators")))
                .isEmpty();
        Files.writeString(version, before);
    }

    @Test
    void aPortThatSomebodyTakesDuringTheStartIsReplacedByAnother() throws Exception {
        box.terminate();
        Path ports = box.data().resolve("run/ports");
        Files.delete(ports);
        var thief = new FutureTask<>(() -> {
            BoxProcess.await("ports", () -> !box.read("run/ports").isEmpty());
            return new ServerSocket(management(), 1, InetAddress.getLoopbackAddress());
        });
        Thread.ofVirtual().start(thief);
        box.up();
        try (ServerSocket taken = thief.get()) {
            assertThat(management()).isNotEqualTo(taken.getLocalPort());
        }
    }

    private static int management() {
        String ports = box.read("run/ports").strip();
        return Integer.parseInt(ports.substring(ports.indexOf(' ') + 1));
    }
}
