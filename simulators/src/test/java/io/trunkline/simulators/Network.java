package io.trunkline.simulators;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the simulators, for tests. */
public final class Network implements AutoCloseable {
    public static final String EID = "89049032123451234512345678901235";
    public static final String OTHER_EID = eid("890490321234512345123456789099");
    private static final JsonMapper MAPPER = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String control;
    private final String smdp;

    public Network(URI control, URI smdp) {
        this.control = control.toString();
        this.smdp = smdp.toString();
    }

    public Network(Simulators simulators) {
        this(simulators.controlUrl(), simulators.smdpUrl());
    }

    /** Completes 30 digits with the two check digits. */
    private static String eid(String thirty) {
        java.math.BigInteger padded = new java.math.BigInteger(thirty + "00");
        int check = 98 - padded.mod(java.math.BigInteger.valueOf(97)).intValue();
        return thirty + (check < 10 ? "0" : "") + check;
    }

    public HttpResponse<String> send(String method, String path, String body) throws IOException {
        return exchange(HttpRequest.newBuilder(URI.create(control + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20))
                .build());
    }

    public JsonNode get(String path) throws IOException {
        return MAPPER.readTree(send("GET", path, "").body());
    }

    public void stock(String type, String firstBody, int count) throws IOException {
        HttpResponse<String> answer = send(
                "POST",
                "/smdp/stock",
                MAPPER.writeValueAsString(Map.of("profile_type", type, "first_body", firstBody, "count", count)));
        if (answer.statusCode() != 201) {
            throw new IOException("expected 201, not " + answer.statusCode() + " " + answer.body());
        }
    }

    public void faults(String peer, String list) throws IOException {
        HttpResponse<String> answer = send("PUT", "/" + peer + "/faults", list);
        if (answer.statusCode() != 200) {
            throw new IOException("expected 200, not " + answer.statusCode() + " " + answer.body());
        }
    }

    /** Calls a function of ES2+ with a complete header; values are in pairs with their names. */
    public JsonNode es2(String function, Object... fields) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("header", Map.of("functionRequesterIdentifier", "2.999.10", "functionCallIdentifier", "TX-1"));
        for (int i = 0; i < fields.length; i += 2) {
            body.put(String.valueOf(fields[i]), fields[i + 1]);
        }
        return MAPPER.readTree(es2Raw(function, MAPPER.writeValueAsString(body), Duration.ofSeconds(20))
                .body());
    }

    public HttpResponse<String> es2Raw(String function, String body, Duration timeout) throws IOException {
        return exchange(HttpRequest.newBuilder(URI.create(smdp + "/gsma/rsp2/es2plus/" + function))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("X-Admin-Protocol", "gsma/rsp/v2.2.2")
                .timeout(timeout)
                .build());
    }

    private HttpResponse<String> exchange(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    /** "Executed-Success", or the status code pair like "8.2.1/3.9". */
    public static String status(JsonNode answer) {
        JsonNode status = answer.path("header").path("functionExecutionStatus");
        JsonNode data = status.path("statusCodeData");
        return data.isMissingNode()
                ? status.path("status").asString("no status: " + answer)
                : data.path("subjectCode").asString() + "/"
                        + data.path("reasonCode").asString();
    }

    /** Waits for the condition, at most ten seconds. */
    public static void await(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("waited ten seconds in vain for " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
