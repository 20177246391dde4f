package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** One correlation id follows a request to every neighbour, and a repeated call is known as the same call. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorrelationTest {
    private static final String PATH = "/enterprise/orders";

    /** A call as it went to the SM-DP+. */
    private record Call(String function, String correlation, String protocol, JsonNode body) {
        String identifier() {
            return body.path("header").path("functionCallIdentifier").stringValue("");
        }
    }

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicReference<String> target = new AtomicReference<>("");
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpServer relay;
    private RunningServer server;
    private World world;
    private Api api;

    @BeforeAll
    void start() throws IOException {
        relay = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        relay.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        relay.createContext("/", this::pass);
        relay.start();
        server = RunningServer.start(Map.of(
                "trunkline.smdp.url", "http://127.0.0.1:" + relay.getAddress().getPort()));
        target.set(server.simulators().smdpUrl().toString());
        world = server.world("correlation").stock(10);
        api = world.api();
    }

    @AfterAll
    void stop() {
        server.close();
        relay.stop(0);
        http.close();
    }

    /** Notes the call, passes it on, and loses the answer where it is told to. */
    private void pass(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        calls.add(new Call(
                path.substring(path.lastIndexOf('/') + 1),
                String.valueOf(exchange.getRequestHeaders().getFirst("X-Correlation-ID")),
                String.valueOf(exchange.getRequestHeaders().getFirst("X-Admin-Protocol")),
                Api.JSON.readTree(body)));
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(URI.create(target.get() + path))
                            .header("Content-Type", "application/json")
                            .header("X-Admin-Protocol", "gsma/rsp/v2.5.0")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            boolean lost = answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            exchange.sendResponseHeaders(lost ? 502 : 200, lost ? -1 : answer.body().length);
            if (!lost) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(answer.body());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private JsonNode ordered(String correlation) {
        Api.Answer placed = api.post(
                PATH,
                world.sampleOrder("to@correlation.example", "cc@correlation.example"),
                "X-Correlation-ID",
                correlation);
        assertThat(placed.header("X-Correlation-ID")).isEqualTo(correlation);
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        new Ledger(world).settle();
        return order;
    }

    private List<Call> calls(String correlation) {
        return calls.stream()
                .filter(call -> call.correlation().equals(correlation))
                .toList();
    }

    @Test
    void theIdGoesToTheSmdpAndWithTheMail() {
        JsonNode order = ordered("trace ~ 1");
        assertThat(calls("trace ~ 1")).extracting(Call::function).containsExactly("downloadOrder", "confirmOrder");
        for (Call call : calls("trace ~ 1")) {
            assertThat(call.protocol()).isEqualTo("gsma/rsp/v2.5.0");
            assertThat(call.identifier()).startsWith(order.path("id").stringValue(""));
            assertThat(call.body().path("iccid"))
                    .isEqualTo(order.path("sim_profile").path("iccid"));
        }
        assertThat(calls("trace ~ 1")).extracting(Call::identifier).doesNotHaveDuplicates();
        assertThat(new Mailbox(server).await("to@correlation.example", 1))
                .anyMatch(mail -> mail.header("X-Correlation-ID").equals("trace ~ 1"));
    }

    @Test
    void aLostAnswerIsAskedForUnderTheSameIdentifiers() {
        answersToLose.set(1);
        JsonNode order = ordered("lost");
        assertThat(order.path("status").stringValue("")).isEqualTo("completed");
        List<Call> calls = calls("lost");
        assertThat(calls).extracting(Call::function).containsExactly("downloadOrder", "downloadOrder", "confirmOrder");
        assertThat(calls.get(1).body()).isEqualTo(calls.get(0).body());
    }

    @Test
    void aProfileThatWasOrderedForADeviceIsCanceledForItHoweverItsCodeWasDeliveredSince() {
        String eid = "89049032123451234512345678901235";
        Api.Answer placed = api.post(
                PATH, world.apiOrder().replace("\"type\": \"api\"", "\"type\": \"push\", \"eid\": \"" + eid + "\""));
        JsonNode order = api.awaitOrder(placed.link("self")).json();
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        String subscription = order.path("subscription_id").stringValue();
        assertThat(api.post(
                                "/enterprise/subscriptions/" + subscription + "/sim-profile/deliveries",
                                "{\"type\": \"api\"}")
                        .status())
                .isEqualTo(201);
        Api.Answer end = api.post(
                PATH,
                "{\"type\": \"terminate_subscription\", \"account_id\": \"%s\", \"subscription_id\": \"%s\"}"
                        .formatted(world.account(), subscription),
                "X-Correlation-ID",
                "ended");
        api.await(end.link("self"), answer -> Api.milestones(answer.json()).contains("profile_withdrawn"));
        assertThat(calls("ended"))
                .singleElement()
                .satisfies(call -> assertThat(
                                call.function() + " " + call.body().path("eid").stringValue(""))
                        .isEqualTo("cancelOrder " + eid));
    }

    @Test
    void withoutAnIdOneIsMadeAndUsedEverywhere() {
        Api.Answer placed = api.post(PATH, world.apiOrder());
        String made = placed.header("X-Correlation-ID");
        assertThat(made).matches("[0-9a-f-]{36}");
        api.awaitOrder(placed.link("self"));
        assertThat(calls(made)).hasSize(2);
    }

    @Test
    void anIdThatIsNotPrintableAsciiIsRefused() {
        refused("tab\there");
    }

    @Test
    void anIdThatIsTooLongIsRefused() {
        refused("x".repeat(129));
        assertThat(api.get("/enterprise/accounts", "X-Correlation-ID", "x".repeat(128))
                        .status())
                .isEqualTo(200);
    }

    private void refused(String id) {
        Api.Answer answer = api.get("/enterprise/accounts", "X-Correlation-ID", id);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly("X-Correlation-ID pattern");
        assertThat(answer.header("X-Correlation-ID")).matches("[0-9a-f-]{36}");
    }
}
