package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.postgres.EmbeddedPostgres;
import io.trunkline.postgres.PostgresConfig;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/** PostgreSQL goes away under load and comes back on the same port, like after a crash or a failover. */
@Tag("database")
final class DatabaseAwayTest {
    private static final String ORDER = """
            {"type": "activate_subscription", "account_id": "%s",
             "subscriber": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
             "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}}""";

    private final Path directory = temporary();
    private EmbeddedPostgres postgres = startPostgres();
    private RunningServer server = startServer();
    private World world = server.world("away").stock(2_000);
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private volatile boolean loading;

    private record Seen(String what, int status, String retryAfter, String code, String link, Duration took) {}

    private static Path temporary() {
        try {
            Path made = Files.createTempDirectory("trunkline-away");
            return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private EmbeddedPostgres startPostgres() {
        return EmbeddedPostgres.start(new PostgresConfig(
                directory.resolve("postgres"),
                Path.of(System.getProperty("java.io.tmpdir"), "trunkline-postgres-" + System.getProperty("user.name")),
                0,
                true,
                Map.of(),
                PostgresConfig.DEFAULT_START_TIMEOUT));
    }

    private RunningServer startServer() {
        return RunningServer.start(Map.of(
                "trunkline.database.url", postgres.jdbcUrl("postgres"), "trunkline.database.connection-wait", "1s"));
    }

    @BeforeEach
    void isUp() {
        assertThat(world.api().get("/enterprise/accounts").status()).isEqualTo(200);
    }

    @AfterEach
    void stop() throws IOException {
        loading = false;
        server.close();
        postgres.close();
        FileSystemUtils.deleteRecursively(directory);
    }

    private void load(Api api, String path, boolean places) {
        while (loading) {
            Instant from = Instant.now();
            Api.Answer answer = places
                    ? api.post(
                            path,
                            ORDER.formatted(world.account()),
                            "Idempotency-Key",
                            UUID.randomUUID().toString())
                    : api.get(path);
            boolean problem = answer.status() >= 400;
            seen.add(new Seen(
                    path,
                    answer.status(),
                    answer.header("Retry-After"),
                    problem ? answer.code() : "",
                    problem ? "" : answer.link("self"),
                    Duration.between(from, Instant.now())));
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        Instant end = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as(what).isBefore(end);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private boolean sees(int status, String path) {
        return seen.stream()
                .anyMatch(one -> one.status() == status && one.what().equals(path));
    }

    @Test
    void requests_are_answered_503_until_it_is_back_and_nothing_that_was_accepted_is_lost()
            throws InterruptedException {
        Api api = world.api();
        api.token();
        var threads = new ArrayList<Thread>();
        loading = true;
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofVirtual().start(() -> load(api, "/enterprise/subscriptions", false)));
            threads.add(Thread.ofVirtual().start(() -> load(api, "/enterprise/orders", true)));
        }
        await("orders are placed", () -> sees(201, "/enterprise/orders"));

        for (int round = 0; round < 2; round++) {
            seen.removeIf(one -> one.status() == 503);
            postgres.close();
            await("reads are refused", () -> sees(503, "/enterprise/subscriptions"));
            await("orders are refused", () -> sees(503, "/enterprise/orders"));
            isAway();
            postgres = startPostgres();
            seen.removeIf(one -> one.status() == 200);
            await("reads again", () -> sees(200, "/enterprise/subscriptions"));
        }
        loading = false;
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(seen).extracting(Seen::status).as("answers").containsOnly(200, 201, 503);
        assertThat(seen).filteredOn(one -> one.status() == 503).allSatisfy(refused -> {
            assertThat(refused.code()).isEqualTo("unavailable");
            assertThat(refused.retryAfter()).isEqualTo("2");
            // A second's wait for a connection, of which a request may need two; the rest is for a busy machine.
            assertThat(refused.took()).isLessThan(Duration.ofSeconds(10));
        });
        List<Seen> accepted = seen.stream().filter(one -> one.status() == 201).toList();
        assertThat(accepted).isNotEmpty();
        for (Seen order : accepted) {
            Api reader = api.with(freshToken());
            // The first look may still meet a connection of before.
            await(order.link() + " is completed", () -> isCompleted(reader.get(order.link())));
        }
    }

    private static boolean isCompleted(Api.Answer order) {
        assertThat(order.status()).as(order.text()).isIn(200, 503);
        String status = order.status() == 200 ? order.json().path("status").stringValue("") : "";
        assertThat(status).as(order.text()).isNotIn("canceled", "failed");
        return status.equals("completed");
    }

    private String freshToken() {
        return world.api().token();
    }

    /** While it is away: log-ins, probes, and what needs no database. */
    private void isAway() {
        Api anybody = new Api(server.url(), "", "");
        Api.Answer login = anybody.form(
                "/auth/realms/enterprise-apis/protocol/openid-connect/token",
                List.of(
                        List.of("grant_type", "client_credentials"),
                        List.of("client_id", world.clientId()),
                        List.of("client_secret", world.secret())));
        assertThat(login.status()).as(login.text()).isEqualTo(503);
        assertThat(login.header("Retry-After")).isEqualTo("2");
        assertThat(login.code()).isEqualTo("unavailable");

        Api.Answer ready = anybody.anonymous("GET", "/readyz");
        assertThat(ready.status()).as(ready.text()).isEqualTo(503);
        assertThat(ready.json()
                        .path("components")
                        .path("database")
                        .path("status")
                        .stringValue(""))
                .isEqualTo("DOWN");
        assertThat(ready.text()).doesNotContain("Exception", "jdbc", postgres.password());
        assertThat(anybody.anonymous("GET", "/livez").status()).isEqualTo(200);
        assertThat(anybody.anonymous("GET", "/errors/unavailable").status()).isEqualTo(200);
    }
}
