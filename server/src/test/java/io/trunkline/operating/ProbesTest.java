package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.core.env.Environment;

@Tag("database")
@ExtendWith(SharedServer.class)
final class ProbesTest {
    private static RunningServer server;
    private static World world;

    @BeforeAll
    static void start(RunningServer shared) {
        server = shared;
        world = server.world("probed").stock(5);
    }

    private static int managementPort() {
        return Integer.parseInt(server.bean(Environment.class).getProperty("local.management.port", "0"));
    }

    private static Api management() {
        return Api.ofNoApi("http://127.0.0.1:" + managementPort());
    }

    @Test
    void a_living_server_says_so_to_anybody() {
        Api.Answer live = new Api(server.url(), "", "").anonymous("GET", "/livez");
        assertThat(live.status()).isEqualTo(200);
        assertThat(live.json().path("status").stringValue("")).isEqualTo("UP");
    }

    @Test
    void a_ready_server_tells_of_all_that_it_needs() {
        Api.Answer ready = new Api(server.url(), "", "").anonymous("GET", "/readyz");
        assertThat(ready.status()).as(ready.text()).isEqualTo(200);
        assertThat(ready.json().path("components").propertyNames())
                .containsExactlyInAnyOrder("readinessState", "database", "schema", "signingKeys", "neighbours");
        assertThat(ready.text()).doesNotContain("password", "jdbc:", "Exception", "io.trunkline", "SELECT");
        for (String component : List.of("readinessState", "database", "schema", "signingKeys", "neighbours")) {
            assertThat(ready.json()
                            .path("components")
                            .path(component)
                            .path("status")
                            .stringValue(""))
                    .as(component)
                    .isEqualTo("UP");
        }
    }

    @Test
    void the_public_port_has_no_actuator() {
        for (String path : List.of("/actuator", "/actuator/health", "/actuator/prometheus", "/actuator/env")) {
            assertThat(new Api(server.url(), "", "").anonymous("GET", path).status())
                    .as(path)
                    .isEqualTo(404);
            assertThat(world.api().get(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void metrics_are_told_on_a_port_of_their_own_and_nothing_else_is() {
        assertThat(managementPort()).isPositive();
        assertThat(server.url()).doesNotEndWith(":" + managementPort());
        assertThat(management().anonymous("GET", "/actuator/health").status()).isEqualTo(200);
        for (String path : List.of(
                "/actuator/env",
                "/actuator/beans",
                "/actuator/heapdump",
                "/actuator/loggers",
                "/actuator/shutdown",
                "/enterprise/accounts")) {
            assertThat(management().anonymous("GET", path).status()).as(path).isNotEqualTo(200);
        }
    }

    @Test
    void the_port_of_metrics_is_on_loopback_alone() throws SocketException {
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .toList();
        for (InetAddress other : others) {
            assertThat(accepts(other, managementPort())).as(other.toString()).isFalse();
        }
        assertThat(accepts(InetAddress.getLoopbackAddress(), managementPort())).isTrue();
    }

    private static boolean accepts(InetAddress address, int port) {
        try (var socket = new Socket()) {
            socket.connect(new java.net.InetSocketAddress(address, port), 1_000);
            return true;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Test
    void requests_orders_neighbours_and_pools_are_measured() {
        Api api = world.api();
        api.get("/enterprise/accounts/" + world.account());
        Api.Answer placed = api.post("/enterprise/orders", """
                {"type": "activate_subscription", "account_id": "%s",
                 "subscriber": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
                 "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}}""".formatted(world.account()));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        api.awaitOrder(placed.link("self"));

        String metrics = management().anonymous("GET", "/actuator/prometheus").text();
        assertThat(metrics.lines())
                .anyMatch(line -> line.startsWith("http_server_requests_seconds_count{")
                        && line.contains("uri=\"/enterprise/accounts/{id}\""))
                .anyMatch(line ->
                        line.startsWith("trunkline_orders_ended_total{") && line.contains("status=\"completed\""))
                .anyMatch(line -> line.startsWith("trunkline_orders_left{") && line.contains("step=\"deliver\""))
                .anyMatch(line -> line.startsWith("trunkline_orders_late_seconds{"))
                .anyMatch(line -> line.startsWith("trunkline_orders_in_flight"))
                .anyMatch(line -> line.startsWith("trunkline_neighbour_calls_seconds_count{")
                        && line.contains("neighbour=\"smdp\"")
                        && line.contains("function=\"confirmOrder\"")
                        && line.contains("outcome=\"accepted\""))
                .anyMatch(line -> line.startsWith("hikaricp_connections_active{pool=\"requests\""))
                .anyMatch(line -> line.startsWith("hikaricp_connections_pending{pool=\"owner\""))
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"));
        assertThat(metrics).doesNotContain(world.secret(), "ada@example.com");
    }
}
