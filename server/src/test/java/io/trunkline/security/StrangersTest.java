package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import io.trunkline.openapi.Description;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.text.ParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every operation of the API, as its description lists them, against everybody who must not use it. */
@Tag("database")
@ExtendWith(SharedServer.class)
final class StrangersTest {
    private static RunningServer server;
    private static World world;
    private static List<Operation> operations;

    /** An operation of the API, with ids of nobody in its path. */
    private record Operation(String method, String path, List<Licence> needs, String mediaType) {}

    @BeforeAll
    static void start(RunningServer shared) {
        server = shared;
        world = server.world("strangers");
        // Proved to be the routes: a new one cannot escape.
        operations = Description.OURS.operations().stream()
                .filter(Description.Operation::isOfApi)
                .map(operation -> new Operation(
                        operation.method(),
                        operation.path().replaceAll("\\{[^}]*}", "x"),
                        operation.licences().stream()
                                .map(scope -> Licence.of(scope).orElseThrow())
                                .toList(),
                        operation.consumes().stream().findFirst().orElse("application/json")))
                .toList();
    }

    private static void isProblem(Api.Answer answer, int status, String code, String what) {
        assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).as(what).startsWith("application/problem+json");
        assertThat(answer.code()).as(what).isEqualTo(code);
        assertThat(answer.json().path("correlation_id").stringValue(""))
                .as(what)
                .isNotBlank();
        assertThat(answer.header("WWW-Authenticate")).as(what).startsWith("Bearer realm=");
    }

    @Test
    void the_operations_are_found() {
        assertThat(operations)
                .extracting(Operation::path)
                .contains(
                        "/enterprise/accounts",
                        "/enterprise/accounts/x",
                        "/enterprise/orders",
                        "/enterprise/subscriptions/x");
        assertThat(operations).extracting(Operation::method).contains("GET", "POST");
    }

    @Test
    void without_a_token_nothing_is_answered() {
        Api anybody = new Api(server.url(), "", "");
        for (Operation operation : operations) {
            String what = operation + " without a token";
            isProblem(anybody.anonymous(operation.method(), operation.path()), 401, "unauthorized", what);
            isProblem(
                    anybody.anonymous(operation.method(), operation.path(), "Authorization", "Basic YTpi"),
                    401,
                    "unauthorized",
                    what);
            isProblem(
                    anybody.anonymous(operation.method(), operation.path(), "Authorization", "Bearer"),
                    401,
                    "unauthorized",
                    what);
        }
    }

    @Test
    void a_token_that_does_not_hold_opens_nothing() throws JOSEException, ParseException {
        Api anybody = new Api(server.url(), "", "");
        Map<String, String> tokens = new BadTokens(
                        server.bean(SigningKeys.class).current(), world.api().token())
                .all();
        for (Operation operation : operations) {
            tokens.forEach((fault, token) -> {
                Api.Answer answer =
                        anybody.anonymous(operation.method(), operation.path(), "Authorization", "Bearer " + token);
                isProblem(answer, 401, "invalid_token", operation + " with a token " + fault);
                assertThat(answer.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
            });
        }
        assertThat(world.api().get("/enterprise/accounts").status())
                .as("the good one")
                .isEqualTo(200);
    }

    @Test
    void a_missing_licence_is_named() {
        for (Operation operation : operations) {
            for (Licence missing : operation.needs()) {
                Api.Answer answer = world.api(EnumSet.complementOf(EnumSet.of(missing)))
                        .call(operation.method(), operation.path(), "{}", "Content-Type", operation.mediaType());
                isProblem(answer, 403, "missing_licence", operation + " without " + missing);
                assertThat(answer.header("WWW-Authenticate"))
                        .contains("error=\"insufficient_scope\"", "scope=\"" + missing.scope() + "\"");
                assertThat(answer.json().path("detail").stringValue("")).contains(missing.scope());
            }
        }
    }

    @Test
    void a_token_asked_for_with_a_part_of_the_licences_has_only_these() {
        Api.Answer granted = world.api()
                .form(
                        Issuer.TOKEN_PATH,
                        List.of(
                                List.of("grant_type", "client_credentials"),
                                List.of("client_id", world.clientId()),
                                List.of("client_secret", world.secret()),
                                List.of("scope", "accounts")));
        Api narrow = world.api().with(granted.json().path("access_token").stringValue(""));

        assertThat(narrow.get("/enterprise/accounts").status()).isEqualTo(200);
        isProblem(narrow.get("/enterprise/orders"), 403, "missing_licence", "orders");
    }

    @Test
    void what_no_operation_is_mapped_to_does_not_exist_and_tricks_of_spelling_open_nothing() {
        Api anybody = new Api(server.url(), "", "");
        for (String path : List.of(
                "/",
                "/actuator",
                "/actuator/health",
                "/actuator/prometheus",
                "/error",
                "/login",
                "/oauth2/token",
                "/oauth2/authorize",
                "/oauth2/jwks",
                "/.well-known/openid-configuration",
                "/enterprises",
                "/ENTERPRISE/accounts",
                "//enterprise/accounts",
                "/enterprise;x=y/accounts",
                "/auth/../enterprise/accounts",
                "/auth/%2e%2e/enterprise/accounts",
                "/auth/..;/enterprise/accounts",
                "/errors/..%2fenterprise/accounts",
                "/livez/../enterprise/accounts",
                "/%65nterprise/accounts",
                "/auth/realms/other")) {
            Api.Answer answer = anybody.anonymous("GET", path);
            assertThat(answer.status()).as(path + ": " + answer.text()).isIn(400, 401, 404);
            assertThat(answer.header("Content-Type")).as(path).startsWith("application/problem+json");
            assertThat(answer.text()).as(path).doesNotContain("Exception", "springframework", "<html", "at io.");
        }
    }
}
