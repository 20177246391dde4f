package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** An enterprise's client of a started Trunkline, which may be down at any moment. */
final class BoxClient implements AutoCloseable {
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final BoxProcess box;
    private final Supplier<Map<String, String>> known;
    private final String suffix;
    private String token = "";

    BoxClient(BoxProcess box) {
        this(box, "");
    }

    /** The client whose names in {@code demo.env} end so. */
    BoxClient(BoxProcess box, String suffix) {
        this.box = box;
        this.known = box::env;
        this.suffix = suffix;
    }

    /** The client that these values name as {@code demo.env} would. */
    BoxClient(BoxProcess box, Map<String, String> client) {
        this.box = box;
        this.known = () -> client;
        this.suffix = "";
    }

    /** An answer; the status is 0 where nobody answered. */
    record Answer(int status, String body) {
        JsonNode json() {
            return Json.parse(body);
        }
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    /** Places an order for a new person, by mail; repeating the same one under its key. */
    Answer order(String account, String key, String address) {
        return order(key, activation(account, address));
    }

    /** An order for a new person, by mail. */
    static String activation(String account, String address) {
        return Json.text(json -> json.text("type", "activate_subscription")
                .text("account_id", account)
                .object(
                        "subscriber",
                        person -> person.text("first_name", "Ada")
                                .text("last_name", "Lovelace")
                                .text("email", address))
                .object(
                        "sim_profile",
                        profile -> profile.text("sim_type", "esim")
                                .object(
                                        "delivery",
                                        delivery ->
                                                delivery.text("type", "email").texts("to", List.of(address)))));
    }

    /** Places any order; repeating the same one under its key. */
    Answer order(String key, String body) {
        return post("/enterprise/orders", key, body);
    }

    /** Places a batch of orders; repeating the same one under its key. */
    Answer batch(String body, String key) {
        return post("/enterprise/orders/batches", key, body);
    }

    /** Posts it under that key. */
    Answer post(String path, String key, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    String firstAccount() {
        Answer answer = get("/enterprise/accounts");
        if (answer.status() != 200) {
            throw new AssertionError("no accounts: " + answer);
        }
        return answer.json()
                .path("_embedded")
                .path("accounts")
                .path(0)
                .path("id")
                .stringValue();
    }

    /** What the simulated network tells. */
    JsonNode network(String path) {
        Answer answer =
                send(HttpRequest.newBuilder(URI.create(box.env().getOrDefault("TRUNKLINE_SIMULATORS_URL", "") + path)));
        if (answer.status() != 200) {
            throw new AssertionError(path + " answered " + answer.status() + " " + answer.body());
        }
        return answer.json();
    }

    /** Whether the simulated HLR has such a subscriber. */
    boolean knows(String imsi) {
        Answer answer = send(HttpRequest.newBuilder(
                URI.create(box.env().getOrDefault("TRUNKLINE_SIMULATORS_URL", "") + "/hlr/subscribers/" + imsi)));
        if (answer.status() != 200 && answer.status() != 404) {
            throw new AssertionError("the HLR's simulator answered " + answer.status() + " " + answer.body());
        }
        return answer.status() == 200;
    }

    /** Tells the simulated network something; the body is JSON. */
    void network(String method, String path, String body) {
        Answer answer =
                send(HttpRequest.newBuilder(URI.create(box.env().getOrDefault("TRUNKLINE_SIMULATORS_URL", "") + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
        if (answer.status() / 100 != 2) {
            throw new AssertionError(method + " " + path + ": " + answer.status() + " " + answer.body());
        }
    }

    /** Each of these orders has an eSIM of its own, ordered once at the simulated SM-DP+ and released there. */
    void expectOwnProfiles(List<JsonNode> orders) {
        var iccids = new HashSet<String>();
        for (JsonNode order : orders) {
            String iccid = order.path("sim_profile").path("iccid").stringValue();
            assertThat(iccids.add(iccid)).as("ICCID %s given out twice", iccid).isTrue();
            JsonNode profile = network("/smdp/profiles/" + iccid);
            assertThat(profile.path("state").stringValue()).as(iccid).isEqualTo("Released");
            assertThat(profile.path("download_orders").intValue())
                    .as("ordered once: %s", iccid)
                    .isEqualTo(1);
            assertThat(profile.path("confirm_orders").intValue())
                    .as("confirmed once: %s", iccid)
                    .isEqualTo(1);
        }
    }

    /** Makes a simulated device do something with a profile. */
    void device(String iccid, String action) {
        Answer answer = send(HttpRequest.newBuilder(URI.create(
                        box.env().getOrDefault("TRUNKLINE_SIMULATORS_URL", "") + "/devices/" + iccid + "/" + action))
                .POST(HttpRequest.BodyPublishers.noBody()));
        if (answer.status() != 200) {
            throw new AssertionError(action + " " + iccid + ": " + answer.status() + " " + answer.body());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).header("Authorization", "Bearer " + token());
    }

    private String url() {
        return box.env().getOrDefault("TRUNKLINE_URL", "");
    }

    /** Forgets the token: it may have expired. */
    void renew() {
        token = "";
    }

    private synchronized String token() {
        if (token.isEmpty()) {
            Map<String, String> env = known.get();
            Answer answer = send(HttpRequest.newBuilder(URI.create(url() + Facts.TOKEN_PATH))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&client_id="
                            + env.get("TRUNKLINE_CLIENT_ID" + suffix) + "&client_secret="
                            + env.get("TRUNKLINE_CLIENT_SECRET" + suffix))));
            if (answer.status() != 200) {
                // Nobody is there, or not ready: without a token the request itself tells.
                return "none-" + answer.status();
            }
            token = answer.json().path("access_token").stringValue();
        }
        return token;
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Answer(0, "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
