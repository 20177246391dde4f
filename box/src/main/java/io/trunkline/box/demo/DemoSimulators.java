package io.trunkline.box.demo;

import io.trunkline.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives the simulated SM-DP+ and HLR what the database has. */
final class DemoSimulators implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final URI control;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    DemoSimulators(URI control) {
        this.control = control;
    }

    /**
     * A profile that a line of the demo has.
     *
     * @param state as the SM-DP+ names it, e.g. {@code Installed}
     */
    record Profile(String iccid, String state, String matchingId) {}

    /**
     * A line that the HLR knows.
     *
     * @param msisdn absent of a line for data alone
     * @param cs voice and SMS
     * @param ps data
     */
    record Line(String imsi, @Nullable String msisdn, boolean cs, boolean ps) {}

    /** Loads the range; what is there already stays as it is. */
    void stock(String profileType, long firstBody, int count) throws IOException, InterruptedException {
        send(
                "POST",
                "/smdp/stock",
                Json.text(json -> json.text("profile_type", profileType)
                        .text("first_body", Long.toString(firstBody))
                        .number("count", count)));
    }

    void put(List<Profile> profiles) throws IOException, InterruptedException {
        String list = Json.parse(Json.text(json -> json.objects(
                        "all",
                        profiles,
                        (entry, profile) -> entry.text("iccid", profile.iccid())
                                .text("state", profile.state())
                                .text("matching_id", profile.matchingId())
                                .text("profile_type", DemoCatalog.PROFILE_TYPE))))
                .path("all")
                .toString();
        send("PUT", "/smdp/profiles", list);
    }

    void putLines(List<Line> lines) throws IOException, InterruptedException {
        String list = Json.parse(Json.text(json -> json.objects(
                        "all",
                        lines,
                        (entry, line) -> entry.text("imsi", line.imsi())
                                .text("msisdn", line.msisdn())
                                .bool("cs_enabled", line.cs())
                                .bool("ps_enabled", line.ps()))))
                .path("all")
                .toString();
        send("PUT", "/hlr/subscribers", list);
    }

    /** Whether the HLR knows nobody: it is new, or has lost its state. */
    boolean hasNoLines() throws IOException, InterruptedException {
        return Json.parse(send("GET", "/hlr/subscribers?limit=1", ""))
                .path("subscribers")
                .isEmpty();
    }

    /** Whether no profile of its stock was ever ordered: it is new, or has lost its state. */
    boolean isUntouched() throws IOException, InterruptedException {
        var states = Json.parse(send("GET", "/smdp/stock", "")).path("states");
        return states.propertyStream()
                .allMatch(state ->
                        state.getKey().equals("Available") || state.getValue().longValue() == 0);
    }

    private String send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(control.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(
                    method + " " + path + " of the simulators answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        http.close();
    }
}
