package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every operation of the API, as the server maps them, against everybody who must not use it. */
@ExtendWith(SharedServer.class)
final class StrangersTest {
    private static RunningServer server;
    private static World world;
    private static List<Operation> operations;

    /** An operation of the API, with ids of nobody in its path. */
    private record Operation(String method, String path, List<Licence> needs) {}

    @BeforeAll
    static void start(RunningServer shared) {
        server = shared;
        world = server.world("strangers");
        operations = operations();
    }

    private static List<Operation> operations() {
        var found = new ArrayList<Operation>();
        server.bean(RequestMappingHandlerMapping.class).getHandlerMethods().forEach((mapping, handler) -> {
            for (String pattern : mapping.getPatternValues()) {
                if (pattern.equals(CallerFilter.API) || pattern.startsWith(CallerFilter.API + "/")) {
                    Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
                    assertThat(methods)
                            .as(pattern + " answers any method: name them")
                            .isNotEmpty();
                    methods.forEach(method -> found.add(
                            new Operation(method.name(), pattern.replaceAll("\\{[^}]*}", "x"), needs(handler))));
                }
            }
        });
        return found;
    }

    private static List<Licence> needs(HandlerMethod handler) {
        return LicenceCheck.needs(handler)
                .map(Needs::value)
                .map(Arrays::asList)
                .orElseThrow(() -> new AssertionError(handler + " does not say which licences it needs: add @Needs"));
    }

    private static JWTClaimsSet.Builder claims() throws ParseException {
        return new JWTClaimsSet.Builder(SignedJWT.parse(world.api().token()).getJWTClaimsSet());
    }

    private static String signed(JWSAlgorithm algorithm, @Nullable String keyId, JWSSigner signer, JWTClaimsSet claims)
            throws JOSEException {
        var token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    /** By what is wrong with them. */
    private static Map<String, String> badTokens() throws JOSEException, ParseException {
        RSAKey ours = server.bean(SigningKeys.class).current();
        var signer = new RSASSASigner(ours);
        RSAKey foreign = new RSAKeyGenerator(2048).generate();
        String good = world.api().token();
        JWTClaimsSet claims = claims().build();
        var tokens = new LinkedHashMap<String, String>();
        tokens.put(
                "expired",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().expirationTime(Date.from(Instant.now().minusSeconds(1)))
                                .build()));
        tokens.put(
                "without an end",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().expirationTime(null).build()));
        tokens.put(
                "signed with a wrong key",
                signed(JWSAlgorithm.RS256, ours.getKeyID(), new RSASSASigner(foreign), claims));
        tokens.put(
                "signed with a key of nobody", signed(JWSAlgorithm.RS256, "nobody", new RSASSASigner(foreign), claims));
        tokens.put("without a key id", signed(JWSAlgorithm.RS256, null, signer, claims));
        tokens.put("of another RSA algorithm", signed(JWSAlgorithm.RS512, ours.getKeyID(), signer, claims));
        tokens.put("alg none", new PlainJWT(claims).serialize());
        tokens.put(
                "HS256 with the public key",
                signed(
                        JWSAlgorithm.HS256,
                        ours.getKeyID(),
                        new MACSigner(ours.toRSAPublicKey().getEncoded()),
                        claims));
        tokens.put(
                "HS256 with the published key",
                signed(
                        JWSAlgorithm.HS256,
                        ours.getKeyID(),
                        new MACSigner(ours.toPublicJWK().toJSONString()),
                        claims));
        tokens.put(
                "of another issuer",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().issuer("https://elsewhere.example" + Issuer.PATH)
                                .build()));
        tokens.put(
                "of no issuer",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().issuer(null).build()));
        tokens.put(
                "of an unknown client",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().subject("nobody").build()));
        tokens.put(
                "of no client",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().subject(null).build()));
        tokens.put(
                "with a scope that is no text",
                signed(
                        JWSAlgorithm.RS256,
                        ours.getKeyID(),
                        signer,
                        claims().claim("scope", 7).build()));
        tokens.put(
                "of changed content",
                good.split("\\.", -1)[0] + "."
                        + SignedJWT.parse(tokens.get("of another issuer"))
                                .serialize()
                                .split("\\.", -1)[1] + "." + good.split("\\.", -1)[2]);
        tokens.put("cut off", good.substring(0, good.length() - 4));
        tokens.put("without a signature", good.substring(0, good.lastIndexOf('.') + 1));
        tokens.put("endless", good + "a".repeat(5_000));
        tokens.put("garbage", "garbage");
        tokens.put("dots", "...");
        tokens.put("half a JWT", "e30.e30.e30");
        return tokens;
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
        Map<String, String> tokens = badTokens();
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
                        .call(operation.method(), operation.path(), null);
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
