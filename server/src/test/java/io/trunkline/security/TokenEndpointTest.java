package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@Tag("database")
@ExtendWith(SharedServer.class)
final class TokenEndpointTest {
    private static final String ALL =
            Licence.ofOrganizations().stream().map(Licence::scope).sorted().collect(Collectors.joining(" "));

    private static RunningServer server;
    private static World world;

    @BeforeAll
    static void start(RunningServer shared) {
        server = shared;
        world = server.world("tokens");
    }

    private static Api.Answer ask(List<List<String>> fields, String... headers) {
        return new Api(server.url(), "", "").form(Issuer.TOKEN_PATH, fields, headers);
    }

    private static List<List<String>> post(String client, String secret, String... more) {
        var fields = new java.util.ArrayList<>(List.of(
                List.of("grant_type", "client_credentials"),
                List.of("client_id", client),
                List.of("client_secret", secret)));
        for (int i = 0; i < more.length; i += 2) {
            fields.add(List.of(more[i], more[i + 1]));
        }
        return fields;
    }

    private static String basic(String client, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private static String scopes(Api.Answer answer) {
        return Arrays.stream(answer.json().path("scope").stringValue("").split(" "))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static void isRefused(Api.Answer answer, int status, String error) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.json().path("error").stringValue("")).isEqualTo(error);
        assertThat(answer.json().path("error_description").stringValue("")).isNotBlank();
    }

    @Test
    void a_secret_in_the_form_gets_a_token_of_300_seconds_with_all_licences() {
        Api.Answer answer = ask(post(world.clientId(), world.secret()));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        JsonNode token = answer.json();
        assertThat(token.path("token_type").stringValue("")).isEqualTo("Bearer");
        assertThat(token.path("expires_in").intValue(0)).isEqualTo(300);
        assertThat(scopes(answer)).isEqualTo(ALL);
        assertThat(token.has("refresh_token")).isFalse();
    }

    @Test
    void basic_authentication_gets_the_same() {
        Api.Answer answer = ask(
                List.of(List.of("grant_type", "client_credentials")),
                "Authorization",
                basic(world.clientId(), world.secret()));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(scopes(answer)).isEqualTo(ALL);
    }

    @Test
    void a_scope_gets_the_subset() {
        Api.Answer answer = ask(post(world.clientId(), world.secret(), "scope", "orders accounts"));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(scopes(answer)).isEqualTo("accounts orders");
    }

    @Test
    void a_scope_that_is_unknown_or_not_licensed_is_invalid() {
        isRefused(ask(post(world.clientId(), world.secret(), "scope", "orders everything")), 400, "invalid_scope");

        server.bean(Clients.class)
                .createClient(world.organization(), "tokens-limited", "limited", EnumSet.of(Licence.ACCOUNTS));
        String secret = server.bean(Clients.class).newSecret(world.organization(), "tokens-limited");
        isRefused(ask(post("tokens-limited", secret, "scope", "orders")), 400, "invalid_scope");
        assertThat(scopes(ask(post("tokens-limited", secret)))).isEqualTo("accounts");
    }

    @Test
    void unknown_clients_and_wrong_secrets_are_told_alike() {
        Api.Answer unknown = ask(post("nobody", "x"));
        Api.Answer wrong = ask(post(world.clientId(), "x"));
        Api.Answer wrongBasic = ask(
                List.of(List.of("grant_type", "client_credentials")), "Authorization", basic(world.clientId(), "x"));
        Api.Answer none = ask(List.of(List.of("grant_type", "client_credentials")));

        for (Api.Answer answer : List.of(unknown, wrong, wrongBasic, none)) {
            isRefused(answer, 401, "invalid_client");
            assertThat(answer.header("WWW-Authenticate")).startsWith("Basic ");
        }
        assertThat(unknown.text()).isEqualTo(wrong.text());
    }

    @Test
    void other_grants_and_incomplete_forms_are_refused() {
        for (String grant : List.of("password", "authorization_code", "refresh_token", "nonsense")) {
            Api.Answer answer = ask(List.of(
                    List.of("grant_type", grant),
                    List.of("client_id", world.clientId()),
                    List.of("client_secret", world.secret())));
            isRefused(answer, 400, "unsupported_grant_type");
        }
        isRefused(
                ask(List.of(List.of("client_id", world.clientId()), List.of("client_secret", world.secret()))),
                400,
                "invalid_request");
    }

    @Test
    void only_post_is_answered() {
        for (String method : List.of("GET", "PUT", "DELETE", "HEAD")) {
            Api.Answer answer = new Api(server.url(), "", "").anonymous(method, Issuer.TOKEN_PATH);
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("POST");
        }
    }

    @Test
    void a_form_beyond_all_bounds_is_refused_and_not_a_failure_of_ours() {
        Api.Answer answer = ask(post(world.clientId(), world.secret(), "padding", "x".repeat(200_000)));

        assertThat(answer.status()).as(answer.text()).isIn(400, 413);
    }

    @Test
    void failed_log_ins_are_limited_per_address_and_client() {
        World other = server.world("patient");
        for (int i = 0; i < FailedLogins.LIMIT; i++) {
            assertThat(ask(post(other.clientId(), "guess-" + i)).status()).isEqualTo(401);
        }
        Api.Answer even = ask(post(other.clientId(), other.secret()));

        assertThat(even.status()).as("the right secret has to wait as well").isEqualTo(429);
        assertThat(even.code()).isEqualTo("too_many_requests");
        assertThat(Integer.parseInt(even.header("Retry-After"))).isBetween(1, 61);
        assertThat(ask(
                                List.of(List.of("grant_type", "client_credentials")),
                                "Authorization",
                                basic(other.clientId(), other.secret()))
                        .status())
                .as("Basic is the same client")
                .isEqualTo(429);
        assertThat(ask(post(world.clientId(), world.secret())).status())
                .as("another client of the same address")
                .isEqualTo(200);
    }

    @Test
    void discovery_names_the_places_and_the_keys_verify_the_tokens() throws ParseException, JOSEException {
        Api anybody = new Api(server.url(), "", "");
        Api.Answer discovery = anybody.anonymous("GET", Issuer.CONFIGURATION_PATH);
        Api.Answer metadata = anybody.anonymous("GET", Issuer.METADATA_PATH);

        assertThat(discovery.status()).isEqualTo(200);
        assertThat(metadata.json()).isEqualTo(discovery.json());
        assertThat(discovery.json().path("issuer").stringValue("")).isEqualTo(server.url() + Issuer.PATH);
        assertThat(discovery.json().path("token_endpoint").stringValue("")).isEqualTo(server.url() + Issuer.TOKEN_PATH);

        String keysAt = discovery.json().path("jwks_uri").stringValue("");
        Api.Answer published = anybody.anonymous("GET", keysAt);
        assertThat(published.status()).isEqualTo(200);
        assertThat(published.text()).as("no private part").doesNotContain("\"d\"", "\"p\"", "\"q\"", "\"dp\"");
        JWKSet keys = JWKSet.parse(published.text());
        SignedJWT token = SignedJWT.parse(world.api().token());
        assertThat(token.verify(
                        new RSASSAVerifier(keys.getKeyByKeyId(token.getHeader().getKeyID())
                                .toRSAKey()
                                .toRSAPublicKey())))
                .isTrue();
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(server.url() + Issuer.PATH);
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly(AuthorizationServer.AUDIENCE);
        assertThat(token.getJWTClaimsSet().getStringClaim("organization")).isEqualTo("tokens");
        assertThat(Duration.between(
                        token.getJWTClaimsSet().getIssueTime().toInstant(),
                        token.getJWTClaimsSet().getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofMinutes(5));
    }
}
