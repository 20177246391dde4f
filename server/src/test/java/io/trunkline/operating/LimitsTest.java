package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a client may send, how much of it, and how slowly. */
@Tag("database")
@Tag("neighbours")
final class LimitsTest {
    private static RunningServer server;
    private static World world;
    private static String token;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Map.of(
                "server.tomcat.connection-timeout", "1s",
                "server.tomcat.keep-alive-timeout", "2s"));
        world = server.world("limits");
        token = world.api().token();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Wire.Answer ask(String request) throws IOException {
        try (Wire wire = Wire.to(server.url())) {
            return wire.write(request).read();
        }
    }

    private static String head(String method, String target, String... headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\n"
                + String.join(
                        "",
                        List.of(headers).stream().map(header -> header + "\r\n").toList()) + "\r\n";
    }

    private static void isProblem(Wire.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(new JsonMapper().readTree(answer.body()).path("code").stringValue(""))
                .isEqualTo(code);
        assertThat(answer.body()).doesNotContain("Exception", "apache", "springframework");
    }

    @Test
    void headers_of_more_than_16_kilobytes_are_431() throws IOException {
        isProblem(
                ask(head("GET", "/enterprise/accounts", "X-Padding: " + "x".repeat(20_000))), 431, "headers_too_large");
        isProblem(ask(head("GET", "/enterprise/accounts?q=" + "x".repeat(20_000))), 431, "headers_too_large");
        assertThat(ask(head("GET", "/enterprise/accounts", "X-Padding: " + "x".repeat(10_000)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void more_than_a_hundred_headers_are_refused() throws IOException {
        String[] many = new String[150];
        java.util.Arrays.setAll(many, i -> "X-H" + i + ": x");
        Wire.Answer answer = ask(head("GET", "/enterprise/accounts", many));
        assertThat(answer.status()).isIn(400, 431);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    }

    @Test
    void a_body_of_more_than_a_megabyte_is_413_announced_or_not() throws IOException {
        isProblem(
                ask(head("POST", "/enterprise/orders", "Content-Type: application/json", "Content-Length: 2000000")),
                413,
                "content_too_large");
        String chunk = "x".repeat(100_000);
        var request = new StringBuilder(
                head("POST", "/enterprise/orders", "Content-Type: application/json", "Transfer-Encoding: chunked"));
        for (int i = 0; i < 11; i++) {
            request.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        isProblem(ask(request.append("0\r\n\r\n").toString()), 413, "content_too_large");
    }

    @Test
    void a_body_that_ends_early_is_refused_and_makes_nothing() throws IOException {
        try (Wire wire = Wire.to(server.url())) {
            wire.write(head("POST", "/enterprise/orders", "Content-Type: application/json", "Content-Length: 100"))
                    .write("{");
            // After the connection's timeout the rest is waited for no longer.
            assertThat(wire.read().status()).isIn(0, 400, 408);
        }
        assertThat(world.api()
                        .get("/enterprise/orders")
                        .json()
                        .path("_embedded")
                        .path("orders")
                        .size())
                .isZero();
    }

    @Test
    void who_says_nothing_or_speaks_too_slowly_is_hung_up_on() throws IOException {
        try (Wire silent = Wire.to(server.url());
                Wire slow = Wire.to(server.url())) {
            slow.write("GET /enterprise HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
            assertThat(silent.isClosedByPeer()).isTrue();
            assertThat(slow.read().status()).isIn(0, 400, 408);
        }
    }

    @Test
    void one_connection_carries_many_requests_until_it_is_idle() throws IOException {
        try (Wire wire = Wire.to(server.url())) {
            for (int i = 0; i < 20; i++) {
                assertThat(wire.write(head("GET", "/enterprise/accounts"))
                                .read()
                                .status())
                        .isEqualTo(200);
            }
            assertThat(wire.isClosedByPeer()).as("after the keep-alive timeout").isTrue();
        }
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws IOException {
        try (Wire wire = Wire.to(server.url())) {
            wire.write(head("GET", "/enterprise/accounts", "X-Correlation-ID: one")
                    + head("GET", "/enterprise/nothing", "X-Correlation-ID: two"));
            assertThat(wire.read().header("X-Correlation-ID")).isEqualTo("one");
            assertThat(wire.read().header("X-Correlation-ID")).isEqualTo("two");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET /enterprise HTTP/1.1\r\n\r\n",
                "GET /enterprise HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /enterprise HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET /enterprise HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
                "GET /enterprise/\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /enterprise/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST /enterprise/orders HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /enterprise/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: x\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000"
            })
    void what_is_no_http_is_refused_without_a_word_about_us(String request) throws IOException {
        Wire.Answer answer = ask(request + "\r\n\r\n");
        assertThat(answer.status()).isIn(0, 400, 401, 404, 501, 505);
        assertThat(answer.header("Server")).isEmpty();
        assertThat(answer.body()).doesNotContain("Exception", "Tomcat", "apache", "<html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/enterprise/accounts?limit=%zz", "/enterprise/accounts?%=%", "/enterprise/accounts?q=%C3%28",
                "/enterprise/accounts/%zz", "/enterprise/accounts/%2e%2e/orders", "/enterprise/accounts/a%2Fb",
                "/enterprise/accounts/a%00b", "/enterprise/accounts?limit[]=1", "/enterprise/accounts/;x=1"
            })
    void targets_that_cannot_be_decoded_are_not_our_failure(String target) throws IOException {
        Wire.Answer answer = ask(head("GET", target));
        assertThat(answer.status()).as(target + ": " + answer.body()).isIn(400, 404);
        assertThat(answer.header("Content-Type")).as(target).startsWith("application/problem+json");
    }

    @Test
    void more_parameters_than_anybody_needs_are_refused() throws IOException {
        Wire.Answer answer = ask(head("GET", "/enterprise/accounts?" + "a=1&".repeat(1_000)));
        isProblem(answer, 400, "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "PROPFIND", "FOO", "DELETE", "PUT"})
    void methods_that_nobody_has_are_405(String method) throws IOException {
        Wire.Answer answer = ask(head(method, "/enterprise/accounts"));
        assertThat(answer.status()).as(answer.body()).isIn(400, 405, 501);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    }

    @Test
    void an_answer_says_nothing_of_what_serves_it() {
        Api.Answer answer = world.api().get("/enterprise/accounts");
        assertThat(answer.response().headers().map().keySet())
                .as("headers that tell an attacker what to try")
                .doesNotContain("server", "x-powered-by");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }
}
