package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The test is the proxy: it sends from 127.0.0.1, which one server trusts and another does not. */
@Tag("database")
final class BehindProxiesTest {
    private static final String TOKEN = "/auth/realms/enterprise-apis/protocol/openid-connect/token";
    private static final String CONFIGURATION = "/auth/realms/enterprise-apis/.well-known/openid-configuration";
    private static final String[] OUTSIDE = {
        "X-Forwarded-For", "192.0.2.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "api.example.com"
    };

    private static RunningServer trusting;
    private static ConfigurableApplicationContext wary;
    private static ConfigurableApplicationContext named;
    private static World world;

    @BeforeAll
    static void start() {
        trusting = RunningServer.start(Map.of("trunkline.trusted-proxies", "127.0.0.1,10.0.0.0/8"));
        wary = trusting.second(Map.of());
        named = trusting.second(
                Map.of("trunkline.trusted-proxies", "127.0.0.1", "trunkline.public-url", "https://named.example.com/"));
        world = trusting.world("proxied");
    }

    @AfterAll
    static void stop() {
        named.close();
        wary.close();
        trusting.close();
    }

    private static Api.Answer login(String url, String secret, String... headers) {
        return new Api(url, "", "")
                .form(
                        TOKEN,
                        List.of(
                                List.of("grant_type", "client_credentials"),
                                List.of("client_id", world.clientId()),
                                List.of("client_secret", secret)),
                        headers);
    }

    private static String self(Api api, String... headers) {
        return api.get("/enterprise/accounts", headers).link("self");
    }

    @Test
    void links_begin_with_what_a_trusted_proxy_tells() {
        assertThat(self(world.api(), OUTSIDE)).isEqualTo("https://api.example.com/enterprise/accounts");
        assertThat(self(world.api(), "Forwarded", "for=192.0.2.7;proto=https;host=\"api.example.com:8443\""))
                .isEqualTo("https://api.example.com:8443/enterprise/accounts");
        assertThat(self(world.api())).as("without a word").isEqualTo(trusting.url() + "/enterprise/accounts");
        assertThat(world.api()
                        .get("/enterprise/nothing", OUTSIDE)
                        .json()
                        .path("type")
                        .stringValue(""))
                .isEqualTo("https://api.example.com/errors/not_found");
        assertThat(world.api().get("/enterprise/accounts", OUTSIDE).header("Strict-Transport-Security"))
                .isNotEmpty();
    }

    @Test
    void nobody_elses_word_counts() {
        String url = RunningServer.urlOf(wary);
        Api api = new Api(url, world.clientId(), world.secret());
        assertThat(self(api, OUTSIDE)).isEqualTo(url + "/enterprise/accounts");
        assertThat(self(api, "Forwarded", "proto=https;host=evil.example.com")).isEqualTo(url + "/enterprise/accounts");
        assertThat(api.get("/enterprise/accounts", OUTSIDE).header("Strict-Transport-Security"))
                .isEmpty();
    }

    @Test
    void a_configured_public_url_wins() {
        Api api = new Api(RunningServer.urlOf(named), world.clientId(), world.secret());
        assertThat(self(api, OUTSIDE)).isEqualTo("https://named.example.com/enterprise/accounts");
    }

    @Test
    void a_host_that_is_none_is_ignored() {
        for (String host : List.of("evil.example.com/path", "a b", "\"><script>", "host:port", "")) {
            assertThat(self(world.api(), "X-Forwarded-For", "192.0.2.7", "X-Forwarded-Host", host))
                    .as(host)
                    .isEqualTo(trusting.url() + "/enterprise/accounts");
        }
    }

    @Test
    void discovery_and_tokens_agree_on_the_issuer_that_a_client_sees() {
        Api.Answer discovery = new Api(trusting.url(), "", "").anonymous("GET", CONFIGURATION, OUTSIDE);
        assertThat(discovery.json().path("issuer").stringValue(""))
                .isEqualTo("https://api.example.com/auth/realms/enterprise-apis");
        String token = login(trusting.url(), world.secret(), OUTSIDE)
                .json()
                .path("access_token")
                .stringValue("");
        Api outside = world.api().with(token);
        assertThat(outside.get("/enterprise/accounts", OUTSIDE).status()).isEqualTo(200);
        assertThat(self(world.api(), OUTSIDE)).as("a token of the inside, too").startsWith("https://api.example.com");
    }

    @Test
    void failed_log_ins_are_those_of_the_client_behind_the_proxy() {
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 11; i++) {
            statuses.add(login(trusting.url(), "guess", "X-Forwarded-For", "203.0.113.9")
                    .status());
        }
        assertThat(statuses.getLast()).isEqualTo(429);
        assertThat(login(trusting.url(), world.secret(), "X-Forwarded-For", "203.0.113.9")
                        .status())
                .isEqualTo(429);
        assertThat(login(trusting.url(), world.secret(), "X-Forwarded-For", "203.0.113.10")
                        .status())
                .as("another address")
                .isEqualTo(200);
        assertThat(login(trusting.url(), world.secret(), "X-Forwarded-For", "198.51.100.1, 203.0.113.9")
                        .status())
                .as("an invented sender before the true one changes nothing")
                .isEqualTo(429);
    }

    @Test
    void an_untrusted_sender_cannot_hide_behind_invented_addresses() {
        String url = RunningServer.urlOf(wary);
        for (int i = 0; i < 10; i++) {
            assertThat(login(url, "guess", "X-Forwarded-For", "203.0.113." + i).status())
                    .isEqualTo(401);
        }
        assertThat(login(url, world.secret(), "X-Forwarded-For", "203.0.113.99").status())
                .isEqualTo(429);
    }
}
