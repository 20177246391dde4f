package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Connections;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Several servers on one database: what one leaves behind another finishes. */
@Tag("database")
@Tag("neighbours")
class TakeoverTest {
    private static final String PATH = "/enterprise/orders";
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Map<String, String> SHORT_LEASES = Map.of(
            "trunkline.orders.lease", LEASE.toMillis() + "ms", "trunkline.orders.mail-lease", LEASE.toMillis() + "ms");

    /** Takes connections and answers nothing: who calls it is as good as dead. */
    private static final class Silence implements AutoCloseable {
        private final ServerSocket socket;
        private final List<Socket> taken = new CopyOnWriteArrayList<>();

        Silence() throws IOException {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        taken.add(socket.accept());
                    }
                } catch (IOException e) {
                    // Closed: nobody is listened to any more.
                }
            });
        }

        String url() {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }

        /** Whoever waits hears that nobody will answer. */
        void end() throws IOException {
            socket.close();
            for (Socket one : taken) {
                one.close();
            }
        }

        @Override
        public void close() throws IOException {
            end();
        }
    }

    private static Map<String, String> with(Map<String, String> more) {
        var all = new java.util.HashMap<>(SHORT_LEASES);
        all.putAll(more);
        return all;
    }

    @Test
    void aServerThatHangsInACallLosesItsOrderToAnotherWithinTheLease() throws IOException {
        try (var silence = new Silence();
                RunningServer first = RunningServer.start(with(Map.of(
                        "trunkline.smdp.url", silence.url(),
                        "trunkline.smdp.request-timeout", "8s",
                        "trunkline.orders.smdp-in-flight", "1")))) {
            World world = first.world("hanging").stock(1);
            Api api = world.api();
            String order = api.post(PATH, world.apiOrder()).link("self");
            Api.await("the first server to call", () -> !silence.taken.isEmpty());
            Instant called = Instant.now();
            try (ConfigurableApplicationContext second = first.second(with(
                    Map.of("trunkline.smdp.url", first.simulators().smdpUrl().toString())))) {
                Instant up = Instant.now();
                JsonNode completed = api.awaitOrder(order).json();
                assertThat(completed.path("status").stringValue()).isEqualTo("completed");
                Instant due = called.plus(LEASE).isAfter(up) ? called.plus(LEASE) : up;
                assertThat(Duration.between(due, Instant.now())).isLessThan(Duration.ofSeconds(8));
                assertThat(second.isActive()).isTrue();
                // The first one hears at last that nobody answers, and must not undo what the second has done.
                silence.end();
                new Ledger(world).settle().balances();
            }
        }
    }

    @Test
    void whatADeadServerHasLeasedAnotherFinishes() {
        // Servers of one system share their public URL: each takes the tokens of the others.
        Map<String, String> settings = with(Map.of("trunkline.public-url", "http://api.survivor.example"));
        try (RunningServer survivor = RunningServer.start(settings)) {
            World world = survivor.world("survivor").stock(40);
            Api api = world.api();
            var links = new ArrayList<String>();
            ConfigurableApplicationContext dying = survivor.second(settings);
            try {
                Api there = api.at(RunningServer.urlOf(dying));
                world.faults("smdp", """
                        [{"operation": "*", "fault": "late", "delay_ms": 150, "times": 1000, "probability": 0.5}]""");
                for (int i = 0; i < 30; i++) {
                    String to = "to" + i + "@survivor.example";
                    links.add((i % 2 == 0 ? there : api)
                            .post(PATH, world.sampleOrder(to, "cc-" + to))
                            .link("self")
                            .replaceAll("^http://[^/]*", ""));
                }
                // From here on it can record nothing: as good as killed.
                dying.getBean(Connections.class).close();
                for (String link : links) {
                    assertThat(api.awaitOrder(link).json().path("status").stringValue())
                            .isEqualTo("completed");
                }
                new Ledger(world).settle().balances();
                assertThat(new Ledger(world).profiles()).containsEntry("in_use", 30L);
                everyMailOnceOrCounted(world);
            } finally {
                dying.close();
            }
        }
    }

    private static void everyMailOnceOrCounted(World world) {
        var mailbox = new Mailbox(world.server());
        long repeats = world.sql()
                .one(
                        "SELECT sum(repeats) AS n FROM deliveries WHERE organization_id = ?",
                        row -> row.longInteger("n"),
                        world.organization())
                .orElseThrow();
        long surplus = 0;
        for (int i = 0; i < 30; i++) {
            int size = mailbox.of("to" + i + "@survivor.example").size();
            assertThat(size).isPositive();
            surplus += size - 1;
        }
        assertThat(surplus).isLessThanOrEqualTo(repeats);
    }

    @Test
    void anSmdpThatCannotBeReachedCancelsAtTheDeadlineAndNothingIsInDoubt() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (RunningServer server = RunningServer.start(
                Map.of("trunkline.smdp.url", "http://127.0.0.1:" + closed, "trunkline.orders.step-deadline", "1s"))) {
            World world = server.world("unreachable").stock(1);
            Api api = world.api();
            JsonNode order = api.awaitOrder(api.post(PATH, world.apiOrder()).link("self"))
                    .json();
            assertThat(order.path("status").stringValue()).isEqualTo("canceled");
            assertThat(order.path("cancel_reason").path("code").stringValue()).isEqualTo("smdp_unreachable");
            new Ledger(world).settle().balances();
            assertThat(new Ledger(world).profiles()).containsOnly(Map.entry("free", 1L));
        }
    }
}
