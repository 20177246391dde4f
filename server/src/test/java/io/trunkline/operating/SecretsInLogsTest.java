package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Everything that a server says while it starts, serves, refuses and stops. */
@Tag("database")
@ExtendWith(OutputCaptureExtension.class)
final class SecretsInLogsTest {
    private static final String ORDER = """
            {"type": "activate_subscription", "account_id": "%s",
             "subscriber": {"first_name": "Perdita", "last_name": "Unseen", "email": "perdita@example.com"},
             "sim_profile": {"sim_type": "esim", "delivery": {"type": "email", "to": ["perdita@example.com"]}}}""";

    @Test
    void nothing_secret_and_nothing_of_a_person_is_logged(CapturedOutput output) {
        String secret;
        String token;
        String code;
        String databasePassword;
        try (RunningServer server = RunningServer.start(Map.of("logging.level.io.trunkline", "DEBUG"))) {
            World world = server.world("discreet").stock(2);
            Api api = world.api();
            secret = world.secret();
            token = api.token();
            databasePassword = server.database().url().replaceFirst(".*password=([^&]*).*", "$1");
            Api.Answer placed = api.post("/enterprise/orders", ORDER.formatted(world.account()));
            Api.Answer done = api.awaitOrder(placed.link("self"));
            code = api.get(
                            done.json()
                                    .path("sim_profile")
                                    .path("_links")
                                    .path("qr_code")
                                    .path("href")
                                    .stringValue(""),
                            "Accept",
                            "application/json")
                    .json()
                    .path("matching_id")
                    .stringValue("");
            api.post("/enterprise/orders", "{\"subscriber\": {\"email\": \"perdita@example.com\"");
            api.form(
                    "/auth/realms/enterprise-apis/protocol/openid-connect/token",
                    List.of(List.of("client_id", world.clientId()), List.of("client_secret", "wrong-" + secret)));
            api.anonymous("GET", "/enterprise/accounts", "Authorization", "Bearer " + token + "x");
        }
        assertThat(code).as("an activation code was made").isNotBlank();
        assertThat(output.getAll()).contains("trunkline");
        for (String hidden :
                List.of(secret, token, code, databasePassword, "perdita@example.com", "Perdita", "Unseen")) {
            assertThat(output.getAll()).doesNotContain(hidden);
        }
    }
}
