package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Gets tokens as any client does. They hold for five minutes: turns are shorter, and each begins with new ones. */
final class Tokens {
    /** Where the server's tokens and keys are. */
    static final String REALM = "/auth/realms/enterprise-apis/protocol/openid-connect";

    private static final JsonMapper JSON = new JsonMapper();
    private static final long FRESH_NANOS = 120_000_000_000L;

    private final String url;
    private final Map<String, String> secrets;
    private final Map<String, String> tokens = new HashMap<>();
    private long since = System.nanoTime();

    Tokens(String url, Map<String, String> secrets) {
        this.url = url;
        this.secrets = secrets;
    }

    /** The requests with tokens that hold for the next minutes. */
    List<Call> calls(List<Ask> asks) {
        if (System.nanoTime() - since > FRESH_NANOS) {
            tokens.clear();
            since = System.nanoTime();
        }
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return asks.stream()
                    .map(ask -> new Call(
                            ask.path(),
                            tokens.computeIfAbsent(ask.client(), client -> token(http, client)),
                            ask.prefer()))
                    .toList();
        }
    }

    private String token(HttpClient http, String client) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + REALM + "/token"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&client_id="
                                    + client + "&client_secret=" + secrets.get(client)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("no token for " + client + ": " + answer.body());
            }
            return JSON.readTree(answer.body()).path("access_token").stringValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
