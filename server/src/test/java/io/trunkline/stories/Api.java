package io.trunkline.stories;

import io.trunkline.openapi.Conformity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An enterprise's client: gets a token by itself, follows links, and takes no answer that is not described. */
public final class Api {
    static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final String url;
    private final String clientId;
    private final String secret;
    private boolean described = true;
    private String token = "";

    public Api(String url, String clientId, String secret) {
        this.url = url;
        this.clientId = clientId;
        this.secret = secret;
    }

    /** Asks what is none of the API, e.g. the operator's port: no description is held against its answers. */
    public static Api ofNoApi(String url) {
        var api = new Api(url, "", "");
        api.described = false;
        return api;
    }

    /** The operator's client; what it is answered is described for people only. */
    public static Api ofOperator(RunningServer server) {
        var clients = server.clients();
        var operator = clients.createOperatorClient("operator-client");
        var api = new Api(server.url(), "operator-client", clients.newSecret(operator, "operator-client"));
        api.described = false;
        return api;
    }

    /** The same client at another server. */
    public Api at(String otherUrl) {
        var other = new Api(otherUrl, clientId, secret);
        other.token = token();
        return other;
    }

    /** With a token of the caller's making. */
    public Api with(String otherToken) {
        var other = new Api(url, clientId, secret);
        other.token = otherToken;
        other.described = described;
        return other;
    }

    /** An answer. */
    public record Answer(int status, HttpResponse<byte[]> response) {
        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The code of a problem. */
        public String code() {
            return json().path("code").stringValue("");
        }

        /** The pointers, parameters and headers of a problem's violations, with their codes. */
        public List<String> violations() {
            return json().path("errors")
                    .valueStream()
                    .map(error -> error.path("pointer").stringValue("")
                            + error.path("parameter").stringValue("")
                            + error.path("header").stringValue("")
                            + " "
                            + error.path("code").stringValue(""))
                    .toList();
        }

        public String link(String relation) {
            return json().path("_links").path(relation).path("href").stringValue("");
        }
    }

    public synchronized String token() {
        if (token.isEmpty()) {
            Answer answer = form(
                    "/auth/realms/enterprise-apis/protocol/openid-connect/token",
                    List.of(
                            List.of("grant_type", "client_credentials"),
                            List.of("client_id", clientId),
                            List.of("client_secret", secret)));
            token = answer.json().path("access_token").stringValue("");
            if (token.isEmpty()) {
                throw new IllegalStateException("no token: " + answer.status() + " " + answer.text());
            }
        }
        return token;
    }

    /** POSTs a form, without a token. */
    public Answer form(String path, List<List<String>> fields, String... headers) {
        String body = String.join(
                "&",
                fields.stream()
                        .map(field ->
                                field.getFirst() + "=" + URLEncoder.encode(field.getLast(), StandardCharsets.UTF_8))
                        .toList());
        return send("POST", request(path, headers).header("Content-Type", "application/x-www-form-urlencoded"), body);
    }

    /** Path or absolute link; headers as name, value, name, value. */
    public Answer get(String path, String... headers) {
        return call("GET", path, null, headers);
    }

    public Answer post(String path, String body, String... headers) {
        return call("POST", path, body, headers);
    }

    public Answer call(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = request(path, headers).header("Authorization", "Bearer " + token());
        if (body != null && List.of(headers).stream().noneMatch(name -> name.equalsIgnoreCase("Content-Type"))) {
            request.header("Content-Type", "application/json");
        }
        return send(method, request, body);
    }

    /** Without a token. */
    public Answer anonymous(String method, String path, String... headers) {
        return send(method, request(path, headers), null);
    }

    /** Asks again until the answer is as expected. */
    public Answer await(String path, Predicate<Answer> expected) {
        Instant end = Instant.now().plus(PATIENCE);
        Answer answer = get(path);
        while (!expected.test(answer)) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError(
                        path + " did not become as expected: " + answer.status() + " " + answer.text());
            }
            LockSupport.parkNanos(20_000_000);
            answer = get(path);
        }
        return answer;
    }

    /** Waits for something that is no answer. */
    public static void await(String what, BooleanSupplier condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** What an order has come by, by name. */
    public static List<String> milestones(JsonNode order) {
        return order.path("milestones")
                .valueStream()
                .map(milestone -> milestone.path("name").stringValue(""))
                .toList();
    }

    /** Waits for an order to leave its pending state. */
    public Answer awaitOrder(String link) {
        return await(
                link, answer -> !answer.json().path("status").stringValue("").equals("pending"));
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url + path))
                .timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request;
    }

    /** Whatever comes back must be as the API's description has it. */
    private Answer send(String method, HttpRequest.Builder request, @Nullable String body) {
        request.method(
                method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try {
            HttpResponse<byte[]> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (described) {
                Conformity.check(method, body, response);
            }
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
