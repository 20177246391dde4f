package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tokens of a Keycloak realm instead of our own. */
@Tag("database")
@Tag("neighbours")
class ForeignIssuerTest {
    private static final String ALL =
            "accounts messages orders order-templates products subscribers subscriptions usage";

    private static AnotherIssuer issuer;
    private static RunningServer server;
    private static World world;

    @BeforeAll
    static void start() throws Exception {
        issuer = new AnotherIssuer();
        server = RunningServer.start(
                Map.of("trunkline.security.issuer", issuer.url(), "trunkline.security.audience", "trunkline"));
        world = server.world("realm");
    }

    @AfterAll
    static void stop() {
        server.close();
        issuer.close();
    }

    private static Api with(String token) {
        return new Api(server.url(), "nobody", "none").with(token);
    }

    private static int status(String token) {
        return with(token).get("/enterprise/accounts").status();
    }

    @Test
    void organization_and_licences_are_taken_from_the_claims() throws Exception {
        Api all = with(issuer.token("realm", ALL + " profile email", claims -> claims));
        assertThat(all.get("/enterprise/accounts").text())
                .contains(world.account().text());
        assertThat(all.get("/enterprise/subscribers").status()).isEqualTo(200);

        Api one = with(issuer.token("realm", "accounts", claims -> claims));
        assertThat(one.get("/enterprise/accounts").status()).isEqualTo(200);
        Api.Answer refused = one.get("/enterprise/subscribers");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("subscribers");
    }

    @Test
    void the_organization_may_stand_in_a_list_or_an_object_as_keycloak_has_it() throws Exception {
        assertThat(status(issuer.token("", ALL, claims -> claims.claim("organization", List.of("realm")))))
                .isEqualTo(200);
        assertThat(status(issuer.token(
                        "", ALL, claims -> claims.claim("organization", Map.of("realm", Map.of("id", "1"))))))
                .isEqualTo(200);
        for (Object other : List.of("unknown", 7, List.of("realm", "other"), List.of(), Map.of())) {
            assertThat(status(issuer.token("", ALL, claims -> claims.claim("organization", other))))
                    .as("organization: %s", other)
                    .isEqualTo(401);
        }
    }

    @Test
    void what_is_wrong_with_a_token_is_found() throws Exception {
        Instant now = Instant.now();
        assertThat(status(issuer.token("realm", ALL, claims -> claims.issuer("https://elsewhere.example"))))
                .isEqualTo(401);
        assertThat(status(issuer.token("realm", ALL, claims -> claims.expirationTime(Date.from(now.minusSeconds(1))))))
                .isEqualTo(401);
        assertThat(status(issuer.token("realm", ALL, claims -> claims.expirationTime(null))))
                .isEqualTo(401);
        assertThat(status(issuer.token("realm", ALL, claims -> claims.notBeforeTime(Date.from(now.plusSeconds(120))))))
                .isEqualTo(401);
        assertThat(status(issuer.token("realm", ALL, claims -> claims.audience("another"))))
                .isEqualTo(401);
        assertThat(status(issuer.token("realm", ALL, claims -> claims.claim("typ", "ID"))))
                .isEqualTo(401);
        assertThat(status(issuer.forged("realm"))).isEqualTo(401);
        assertThat(status("eyJhbGciOiJub25lIn0.e30.")).isEqualTo(401);
    }

    @Test
    void our_own_tokens_and_their_endpoint_are_gone() {
        // The API's description tells of the built-in issuer, which is not here.
        Api anybody = Api.ofNoApi(server.url());
        Api.Answer token = anybody.form(
                Issuer.TOKEN_PATH,
                List.of(
                        List.of("grant_type", "client_credentials"),
                        List.of("client_id", world.clientId()),
                        List.of("client_secret", world.secret())));
        assertThat(token.status()).isEqualTo(404);
        assertThat(anybody.anonymous("GET", Issuer.CONFIGURATION_PATH).status()).isEqualTo(404);
        assertThat(anybody.anonymous("GET", Issuer.METADATA_PATH).status()).isEqualTo(404);
    }

    @Test
    void a_client_that_is_registered_here_is_held_to_what_is_registered() throws Exception {
        Clients clients = server.bean(Clients.class);
        clients.createClient(world.organization(), "registered", "test", EnumSet.of(Licence.ACCOUNTS));
        String token = issuer.token("realm", ALL, claims -> claims.claim("azp", "registered"));
        assertThat(status(token)).isEqualTo(200);
        assertThat(with(token).get("/enterprise/subscribers").status()).isEqualTo(403);

        clients.revoke(world.organization(), "registered");
        with(token).await("/enterprise/accounts", answer -> answer.status() == 401);

        server.world("other-realm");
        assertThat(status(issuer.token("realm", ALL, claims -> claims.claim("azp", "other-realm-client"))))
                .as("a client of another organization")
                .isEqualTo(401);
    }

    @Test
    void a_new_key_is_asked_for_and_an_issuer_that_is_away_makes_nobody_a_stranger() throws Exception {
        assertThat(status(issuer.token("realm", ALL, claims -> claims))).isEqualTo(200);
        issuer.goAway(true);
        assertThat(status(issuer.token("realm", ALL, claims -> claims)))
                .as("by the keys that are known")
                .isEqualTo(200);
        issuer.goAway(false);
        issuer.rotate();
        with(issuer.token("realm", ALL, claims -> claims))
                .await("/enterprise/accounts", answer -> answer.status() == 200);
    }

    @Test
    void a_token_that_cannot_be_checked_is_answered_503() throws Exception {
        try (AnotherIssuer gone = new AnotherIssuer()) {
            gone.goAway(true);
            try (RunningServer other = RunningServer.start(Map.of("trunkline.security.issuer", gone.url()))) {
                String token = gone.token("realm", ALL, claims -> claims);
                Api.Answer answer =
                        new Api(other.url(), "nobody", "none").with(token).get("/enterprise/accounts");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("Retry-After")).isNotEmpty();
            }
        }
    }
}
