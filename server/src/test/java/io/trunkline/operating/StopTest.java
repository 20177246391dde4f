package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A server that is told to stop finishes what is under way, and says so while it does. */
@Tag("database")
final class StopTest {
    @Test
    void a_request_under_way_is_answered_and_readiness_is_withdrawn_before_anything_is_refused()
            throws IOException, InterruptedException {
        try (RunningServer server = RunningServer.start()) {
            World world = server.world("stopping").stock(1);
            String token = world.api().token();
            ConfigurableApplicationContext stopping = server.second(Map.of("trunkline.drain-delay", "3s"));
            String url = RunningServer.urlOf(stopping);
            String body = """
                    {"type": "activate_subscription", "account_id": "%s",
                     "subscriber": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
                     "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}}""".formatted(world.account());
            try (Wire slow = Wire.to(url)) {
                slow.write("POST /enterprise/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                        + serverToken(world, url) + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body.substring(0, 20));
                assertThat(new Api(url, "", "").anonymous("GET", "/readyz").status())
                        .isEqualTo(200);

                Thread closing = Thread.ofVirtual().start(stopping::close);
                Api anybody = new Api(url, "", "");
                Api.Answer ready = anybody.anonymous("GET", "/readyz");
                Instant end = Instant.now().plusSeconds(20);
                while (ready.status() == 200) {
                    assertThat(Instant.now()).isBefore(end);
                    LockSupport.parkNanos(10_000_000);
                    ready = anybody.anonymous("GET", "/readyz");
                }
                assertThat(ready.status()).isEqualTo(503);
                assertThat(ready.json()
                                .path("components")
                                .path("readinessState")
                                .path("status")
                                .stringValue(""))
                        .isEqualTo("OUT_OF_SERVICE");
                assertThat(anybody.anonymous("GET", "/livez").status())
                        .as("it lives on")
                        .isEqualTo(200);

                slow.write(body.substring(20));
                assertThat(slow.read().status()).isEqualTo(201);
                closing.join();
            }
            assertThat(new Api(server.url(), world.clientId(), world.secret())
                            .with(token)
                            .await("/enterprise/orders", answer -> answer.text().contains("\"completed\""))
                            .status())
                    .as("the other server carries the order out")
                    .isEqualTo(200);
        }
    }

    /** Tokens name the server that made them unless there is a public URL. */
    private static String serverToken(World world, String url) {
        return new Api(url, world.clientId(), world.secret()).token();
    }
}
