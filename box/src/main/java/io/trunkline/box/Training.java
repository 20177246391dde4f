package io.trunkline.box;

import io.trunkline.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * Uses a new server a little, so that the JVM's cache (JEP 514) knows what a start and the usual requests load. Run
 * once a build; what it does is done on a data directory that is thrown away.
 */
final class Training {
    private static final List<String> PATHS = List.of(
            "/enterprise/accounts",
            "/enterprise/subscribers",
            "/enterprise/subscriptions",
            "/enterprise/order-templates");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN_NANOS = 50_000_000;

    private final String url;
    private final HttpClient http;
    private final String token;

    private Training(String url, HttpClient http, String token) {
        this.url = url;
        this.http = http;
        this.token = token;
    }

    static void exercise(Facts facts) {
        var client = facts.demo().orElseThrow(() -> new BoxException("the training run needs the demo"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest ask = HttpRequest.newBuilder(URI.create(facts.url() + Facts.TOKEN_PATH))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&client_id="
                            + client.clientId() + "&client_secret=" + client.secret()))
                    .build();
            String answer = http.send(ask, HttpResponse.BodyHandlers.ofString()).body();
            String token = Json.parse(answer).path("access_token").stringValue();
            new Training(facts.url(), http, token).order();
        } catch (IOException e) {
            throw new BoxException("the training run failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void order() throws IOException, InterruptedException {
        for (String path : PATHS) {
            JsonNode list = get(path);
            get(path + "/"
                    + list.path("_embedded")
                            .iterator()
                            .next()
                            .path(0)
                            .path("id")
                            .stringValue());
        }
        JsonNode account =
                get("/enterprise/accounts").path("_embedded").path("accounts").path(0);
        String body = Json.text(json -> json.text("type", "activate_subscription")
                .text("account_id", account.path("id").stringValue())
                .object(
                        "subscriber",
                        person -> person.text("first_name", "Ada")
                                .text("last_name", "Lovelace")
                                .text("email", "ada@example.com"))
                .object(
                        "sim_profile",
                        profile -> profile.text("sim_type", "esim")
                                .object(
                                        "delivery",
                                        delivery -> delivery.text("type", "email")
                                                .texts("to", List.of("ada@example.com")))));
        HttpRequest place = request("/enterprise/orders")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        JsonNode order = Json.parse(
                http.send(place, HttpResponse.BodyHandlers.ofString()).body());
        String path = "/enterprise/orders/" + order.path("id").stringValue();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!get(path).toString().contains("\"delivered\"") && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return Json.parse(answer.body());
    }
}
