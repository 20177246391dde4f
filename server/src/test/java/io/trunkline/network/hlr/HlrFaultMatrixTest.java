package io.trunkline.network.hlr;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import io.trunkline.network.http.HttpCalls;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every fault at every command of every function: what was accepted is so, what was rejected has no effect, and what is
 * unknown becomes so when the same call is made again.
 */
final class HlrFaultMatrixTest {
    private static final List<String> FAULTS =
            List.of("refuse", "hang", "drop_before", "drop_after", "late", "twice", "garbage", "error_500");
    private static final String FAULT = """
            [{"operation": "%s", "fault": "%s", "delay_ms": %d}]""";
    private static final Duration TIMEOUT = Duration.ofMillis(400);
    private static final SimKeys KEYS = HlrContract.KEYS;
    private static final Imsi OLD = new Imsi("001010000000001");
    private static final Imsi NEW = new Imsi("001010000000002");
    private static final Msisdn NUMBER = new Msisdn("491720000001");
    private static final Line BEFORE = new Line(OLD, NUMBER, Services.ALL);

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Optional<Simulators> simulators = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        simulators = Optional.of(Simulators.start(SimulatorsConfig.of(directory)));
    }

    @AfterEach
    void stop() {
        http.close();
        simulators.ifPresent(Simulators::close);
    }

    private CtrlHlr ctrl() {
        Simulators network = simulators.orElseThrow();
        return new CtrlHlr(new CtrlSettings(
                network.hlrHost(),
                network.hlrPort(),
                2,
                Duration.ofSeconds(2),
                TIMEOUT,
                8,
                Duration.ofSeconds(1),
                Duration.ofMillis(50)));
    }

    private RestHlr rest() {
        return new RestHlr(new RestSettings(
                simulators.orElseThrow().hlrRestUrl(),
                null,
                new HttpCalls.Limits(Duration.ofSeconds(2), TIMEOUT, 8, Duration.ofSeconds(1), 4_096)));
    }

    private void control(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(simulators.orElseThrow().controlUrl() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    /** A function, what is there before it, and what is there once it was carried out. */
    private record Case(String name, List<Line> before, Supplier<Outcome<Hlr.Done>> call, List<Line> after) {}

    private static List<Case> cases(Hlr hlr) {
        var provisioned = new Line(NEW, new Msisdn("491720000002"), new Services(true, true, false));
        var barred = new Line(OLD, NUMBER, Services.NONE);
        var waiting = new Line(NEW, null, Services.ALL);
        return List.of(
                new Case("provision", List.of(), () -> hlr.provision(provisioned, KEYS, "t"), List.of(provisioned)),
                new Case(
                        "setServices",
                        List.of(BEFORE),
                        () -> hlr.setServices(OLD, Services.NONE, "t"),
                        List.of(barred)),
                new Case(
                        "moveNumber",
                        List.of(BEFORE, waiting),
                        () -> hlr.moveNumber(NUMBER, OLD, NEW, "t"),
                        List.of(new Line(OLD, null, Services.ALL), new Line(NEW, NUMBER, Services.ALL))),
                new Case("delete", List.of(BEFORE), () -> hlr.delete(OLD, "t"), List.of()));
    }

    @Test
    void every_fault_at_every_ctrl_command_leaves_the_truth() throws Exception {
        try (var hlr = ctrl()) {
            run(hlr, List.of("info", "create", "aud3g", "cs-enabled", "ps-enabled", "msisdn", "delete"));
        }
    }

    @Test
    void every_fault_at_every_rest_request_leaves_the_truth() throws Exception {
        try (var hlr = rest()) {
            run(hlr, List.of("get", "put", "patch", "delete"));
        }
    }

    private void run(Hlr hlr, List<String> operations) throws Exception {
        var seen = new HashSet<Class<?>>();
        for (Case one : cases(hlr)) {
            for (String operation : operations) {
                for (String fault : FAULTS) {
                    String when = one.name() + " with " + fault + " at " + operation;
                    prepare(hlr, one.before());
                    control("PUT", "/hlr/faults", FAULT.formatted(operation, fault, fault.equals("late") ? 50 : 0));
                    Outcome<Hlr.Done> outcome = one.call().get();
                    control("DELETE", "/hlr/faults", "");
                    check(hlr, one, outcome, when);
                    seen.add(outcome.getClass());
                }
            }
        }
        assertThat(seen)
                .as("the faults have had all outcomes")
                .containsExactlyInAnyOrder(Outcome.Accepted.class, Outcome.Rejected.class, Outcome.Unknown.class);
    }

    private void prepare(Hlr hlr, List<Line> lines) {
        for (Imsi imsi : List.of(OLD, NEW)) {
            settled(() -> hlr.delete(imsi, "t"));
        }
        for (Line line : lines) {
            settled(() -> hlr.provision(line, KEYS, "t"));
        }
    }

    private static void settled(Supplier<Outcome<Hlr.Done>> call) {
        CtrlFaultTest.await("the HLR", () -> call.get() instanceof Outcome.Accepted);
    }

    private static void check(Hlr hlr, Case one, Outcome<Hlr.Done> outcome, String when) {
        switch (outcome) {
            case Outcome.Accepted<Hlr.Done> _ -> assertThat(there(hlr)).as(when).isEqualTo(one.after());
            case Outcome.Rejected<Hlr.Done> rejected -> {
                assertThat(HlrCode.of(rejected.code()))
                        .as(when + ": " + rejected)
                        .isPresent();
                assertThat(there(hlr)).as(when).isEqualTo(one.before());
            }
            case Outcome.Unknown<Hlr.Done> unknown -> {
                assertThat(unknown.reason()).as(when).doesNotContain(KEYS.ki());
                settled(one.call());
                assertThat(there(hlr)).as(when).isEqualTo(one.after());
            }
        }
    }

    private static List<Line> there(Hlr hlr) {
        return List.of(OLD, NEW).stream()
                .map(imsi -> found(hlr, imsi))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Asks until there is an answer: a connection may just have been lost. */
    private static Optional<Line> found(Hlr hlr, Imsi imsi) {
        var found = new ArrayList<Optional<Line>>();
        CtrlFaultTest.await("an answer", () -> {
            if (hlr.find(imsi, "t") instanceof Outcome.Accepted<Optional<Line>>(Optional<Line> line)) {
                found.add(line);
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }
}
