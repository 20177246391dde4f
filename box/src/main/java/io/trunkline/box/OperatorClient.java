package io.trunkline.box;

import io.trunkline.security.Clients;
import io.trunkline.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Acts for the operator: the client that {@code up} makes, over HTTP like any other. */
final class OperatorClient implements AutoCloseable {
    static final String ID = "TRUNKLINE_OPERATOR_CLIENT_ID";
    static final String SECRET = "TRUNKLINE_OPERATOR_CLIENT_SECRET";
    private static final String CLIENT = "operator-client";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final String url;
    private final Optional<String> token;

    private OperatorClient(Map<String, String> facts) throws InterruptedException {
        this.url = required(facts, "TRUNKLINE_URL");
        this.token = Optional.of(token(facts));
    }

    private String token(Map<String, String> facts) throws InterruptedException {
        String form = "grant_type=client_credentials&client_id=" + encoded(required(facts, ID)) + "&client_secret="
                + encoded(required(facts, SECRET));
        Answer answer = send(
                "POST",
                Facts.TOKEN_PATH,
                "application/x-www-form-urlencoded",
                HttpRequest.BodyPublishers.ofString(form),
                Optional.empty());
        if (answer.status() != OK) {
            throw new BoxException("no token for the operator's client: " + answer.status() + " " + answer.text());
        }
        return answer.json().path("access_token").stringValue("");
    }

    /** Makes the client where it is missing; a secret that still holds stays. */
    static Map<String, String> complete(Clients clients, Map<String, String> known) {
        var operator = clients.createOperatorClient(CLIENT);
        String secret = known.getOrDefault(SECRET, "");
        if (!clients.knows(CLIENT, secret)) {
            secret = clients.newSecret(operator, CLIENT);
            clients.retireOtherSecrets(operator, CLIENT, secret);
        }
        var values = new LinkedHashMap<String, String>();
        values.put(ID, CLIENT);
        values.put(SECRET, secret);
        return values;
    }

    /** By the facts of a data directory; those of the environment come first, for a server elsewhere. */
    static OperatorClient of(Path data) throws InterruptedException {
        var facts = new HashMap<>(Facts.read(text(data.resolve("demo.env"))));
        for (String name : new String[] {"TRUNKLINE_URL", ID, SECRET}) {
            Optional.ofNullable(System.getenv(name)).ifPresent(value -> facts.put(name, value));
        }
        return new OperatorClient(facts);
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new BoxException(file + " cannot be read: " + e, e);
        }
    }

    private static String required(Map<String, String> facts, String name) {
        return Optional.ofNullable(facts.get(name))
                .orElseThrow(() -> new BoxException(
                        name + " is known neither from the environment nor from demo.env in the data directory: is"
                                + " it up, or is another one meant (--data)?"));
    }

    /** What the server said. */
    record Answer(int status, String text) {
        boolean isOk() {
            return status / 100 == 2;
        }

        JsonNode json() {
            try {
                return Json.parse(text);
            } catch (JacksonException e) {
                throw new BoxException("the server answered " + status + ", no JSON: " + text, e);
            }
        }
    }

    Answer post(String path, String type, HttpRequest.BodyPublisher body) throws InterruptedException {
        return send("POST", path, type, body, token);
    }

    Answer get(String path) throws InterruptedException {
        return send("GET", path, "application/json", HttpRequest.BodyPublishers.noBody(), token);
    }

    private Answer send(
            String method, String path, String type, HttpRequest.BodyPublisher body, Optional<String> bearer)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .header("Content-Type", type)
                .method(method, body);
        bearer.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new BoxException("the server at " + url + " cannot be reached: " + e.getMessage(), e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
