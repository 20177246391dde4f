package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One start, used and misused. */
class UpTest {
    private static final BoxProcess box = BoxProcess.create();

    @BeforeAll
    static void start() {
        box.up();
    }

    @AfterAll
    static void stop() {
        box.close();
    }

    @Test
    void theFactsAreForTheirOwnerAloneAndComplete() throws IOException {
        assertThat(box.env())
                .containsOnlyKeys(
                        "TRUNKLINE_URL",
                        "TRUNKLINE_ORGANIZATION",
                        "TRUNKLINE_CLIENT_ID",
                        "TRUNKLINE_CLIENT_SECRET",
                        "TRUNKLINE_ORGANIZATION_2",
                        "TRUNKLINE_CLIENT_ID_2",
                        "TRUNKLINE_CLIENT_SECRET_2",
                        "TRUNKLINE_CLIENT_ID_LIMITED",
                        "TRUNKLINE_CLIENT_SECRET_LIMITED",
                        "TRUNKLINE_SENDER",
                        "TRUNKLINE_OPERATOR_CLIENT_ID",
                        "TRUNKLINE_OPERATOR_CLIENT_SECRET",
                        "TRUNKLINE_SIMULATORS_URL",
                        "TRUNKLINE_MAILBOX_URL");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(box.data().resolve("demo.env"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theDemoHasWhatItPromises() {
        int accounts = 0;
        int people = 0;
        for (String suffix : new String[] {"", "_2"}) {
            try (BoxClient client = new BoxClient(box, suffix)) {
                accounts += count(client, "/enterprise/accounts", "accounts")
                        + count(client, "/enterprise/accounts?status=closed", "accounts");
                people += count(client, "/enterprise/subscribers", "subscribers");
                assertThat(count(client, "/enterprise/subscriptions", "subscriptions"))
                        .isEqualTo(30);
                for (String status : new String[] {"active", "suspended", "terminated"}) {
                    assertThat(count(client, "/enterprise/subscriptions?status=" + status, "subscriptions"))
                            .as(status + suffix)
                            .isGreaterThanOrEqualTo(5);
                }
                assertThat(count(client, "/enterprise/orders?status=completed", "orders"))
                        .isGreaterThanOrEqualTo(30);
            }
        }
        assertThat(accounts).isEqualTo(6);
        assertThat(people).isGreaterThanOrEqualTo(40);
    }

    @Test
    void aClientWithOneLicenceReachesOneApi() {
        try (BoxClient client = new BoxClient(box, "_LIMITED")) {
            assertThat(client.get("/enterprise/accounts").status()).isEqualTo(200);
            assertThat(client.get("/enterprise/subscribers").status()).isEqualTo(403);
        }
    }

    @Test
    void theNetworkHasTheSameStock() {
        try (BoxClient client = new BoxClient(box)) {
            JsonNode states = client.network("/smdp/stock").path("states");
            assertThat(states.path("Available").longValue()).isGreaterThan(100_000);
            assertThat(states.path("Installed").longValue()).isPositive();
            assertThat(states.path("Released").longValue()).isPositive();
        }
    }

    @Test
    void theLinesOfTheDemoAreAtTheHlrAsTheyAre() {
        int compared = 0;
        try (BoxClient client = new BoxClient(box)) {
            assertThat(client.network("/hlr/subscribers?limit=1000")
                            .path("subscribers")
                            .valueStream()
                            .filter(line -> line.path("msisdn").isNull()))
                    .as("lines for data alone")
                    .isNotEmpty();
            for (String status : new String[] {"active", "suspended"}) {
                // The first ones are the demo's own, whatever other tests have ordered.
                JsonNode subscriptions = client.get("/enterprise/subscriptions?limit=5&status=" + status)
                        .json()
                        .path("_embedded")
                        .path("subscriptions");
                for (JsonNode subscription : subscriptions) {
                    String path = "/enterprise/subscriptions/"
                            + subscription.path("id").stringValue();
                    JsonNode numbers = embedded(client, path, "phone_numbers");
                    if (numbers.isEmpty()) {
                        continue; // For data alone; without a number the API has nothing to find it by.
                    }
                    compared++;
                    String number = numbers.path(0).path("msisdn").asString();
                    JsonNode line =
                            client.network("/hlr/subscribers?msisdn=" + number).path("subscribers");
                    assertThat(line.size()).as(path).isEqualTo(1);
                    for (JsonNode service : embedded(client, path, "services")) {
                        boolean wanted = status.equals("active")
                                && service.path("enabled").booleanValue();
                        switch (service.path("type").stringValue()) {
                            case "voice" ->
                                assertThat(line.path(0).path("cs_enabled").booleanValue())
                                        .as(path)
                                        .isEqualTo(wanted);
                            case "data" ->
                                assertThat(line.path(0).path("ps_enabled").booleanValue())
                                        .as(path)
                                        .isEqualTo(wanted);
                            default ->
                                assertThat(service.path("type").stringValue()).isNotEmpty();
                        }
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(4);
    }

    private static JsonNode embedded(BoxClient client, String path, String name) {
        return client.get(path + "/" + name.replace('_', '-'))
                .json()
                .path("_embedded")
                .path(name);
    }

    @Test
    void whatADeviceDoesIsReportedToTheServer() {
        try (BoxClient client = new BoxClient(box)) {
            assertThat(client.network("/devices").path("enabled").booleanValue())
                    .as("by itself no device does anything")
                    .isFalse();
            String iccid = client.network("/smdp/profiles?state=Released&limit=1")
                    .path("profiles")
                    .path(0)
                    .path("iccid")
                    .stringValue();
            client.device(iccid, "download");
            BoxProcess.await("the report", () -> stateOf(iccid).equals("downloaded"));
        }
    }

    /** Of a profile of one of the two organizations. */
    private static String stateOf(String iccid) {
        for (String suffix : new String[] {"", "_2"}) {
            try (BoxClient client = new BoxClient(box, suffix)) {
                JsonNode found = client.get("/enterprise/subscriptions?iccid=" + iccid)
                        .json()
                        .path("_embedded")
                        .path("subscriptions");
                if (!found.isEmpty()) {
                    return client.get("/enterprise/subscriptions/"
                                    + found.path(0).path("id").stringValue() + "/sim-profile")
                            .json()
                            .path("state")
                            .stringValue();
                }
            }
        }
        return "";
    }

    @Test
    void aSecondUpPrintsTheSameFactsAndEnds() {
        Map<String, String> before = box.env();
        long server = box.pid("server");
        assertThat(box.run("up")).isZero();
        assertThat(box.output())
                .contains(before.get("TRUNKLINE_URL"), before.get("TRUNKLINE_CLIENT_SECRET"), "curl -s");
        assertThat(box.pid("server")).isEqualTo(server);
        assertThat(box.env()).isEqualTo(before);
    }

    @Test
    void thePrintedAddressOfTheMetricsIsTheirs() throws Exception {
        String address = box.read("run/facts")
                .lines()
                .filter(line -> line.strip().startsWith("Metrics"))
                .map(line -> line.substring(line.indexOf("http")))
                .findFirst()
                .orElseThrow();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(address + "/prometheus")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void aNeighbourThatDiesIsStartedAgainAndRequestsWaitOrAreTold() {
        try (BoxClient client = new BoxClient(box)) {
            assertThat(client.get("/enterprise/accounts").status()).isEqualTo(200);
            long postgres = box.pid("postgres");
            box.kill("postgres");
            BoxProcess.await("PostgreSQL is back", () -> {
                int status = client.get("/enterprise/accounts").status();
                assertThat(status).isIn(200, 503);
                return status == 200 && box.runs("postgres") && box.pid("postgres") != postgres;
            });
            long simulators = box.pid("simulators");
            box.kill("simulators");
            BoxProcess.await(
                    "the simulators are back", () -> box.runs("simulators") && box.pid("simulators") != simulators);
            assertThat(client.network("/smdp/stock")
                            .path("states")
                            .path("Available")
                            .longValue())
                    .isGreaterThan(100_000);
            assertThat(box.run("up")).isZero();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                BoxProcess other = BoxProcess.create()) {
            assertThat(other.run("up", "--port", Integer.toString(taken.getLocalPort())))
                    .isEqualTo(1);
            assertThat(other.output()).contains(Integer.toString(taken.getLocalPort()), "--port");
        }
    }

    @Test
    void aDirectoryOfSomethingElseIsRefused() throws IOException {
        BoxProcess other = BoxProcess.create();
        Files.createDirectories(other.data());
        Files.writeString(other.data().resolve("thesis.txt"), "years of work");
        assertThat(other.run("up")).isEqualTo(1);
        assertThat(other.output()).contains(other.data().toString(), "thesis.txt", "--data");
        assertThat(other.data().resolve("thesis.txt")).hasContent("years of work");
        Files.delete(other.data().resolve("thesis.txt"));
        other.close();
    }

    @Test
    void wrongOptionsAreToldAllAtOnce() {
        try (BoxProcess other = BoxProcess.create()) {
            assertThat(other.run("up", "--prot", "1", "--bind", "0.0.0.0", "--demo", "huge"))
                    .isEqualTo(2);
            assertThat(other.output()).contains("--prot", "--insecure", "huge");
        }
    }

    private static int count(BoxClient client, String path, String name) {
        BoxClient.Answer answer = client.get(path + (path.contains("?") ? "&" : "?") + "limit=100");
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
        return answer.json().path("_embedded").path(name).size();
    }

    @Test
    void aFileOfUsageIsTriedAndBalancesAreAuditedFromTheKeyboard() throws IOException, InterruptedException {
        Path file = box.home().resolve("tried.csv");
        Files.writeString(file, """
                record_id,type,direction,imsi,location_country,started_at,quantity
                tried-1,data,outbound,999990000000001,GB,%s,1
                tried-2,data
                """.formatted(Instant.now()));

        assertThat(usage(false, "check", file.toString()))
                .containsExactly(
                        file + ":2: unknown_subscriber (tried-1)",
                        file + ":3: malformed",
                        "0 records would be accepted, 0 are known already, 2 would be put aside.");
        Files.writeString(file, "nothing of the kind\n");
        assertThat(usage(false, "check", file.toString()))
                .singleElement()
                .asString()
                .contains("record_id");
        assertThat(usage(true, "audit"))
                .containsExactly(
                        "Every balance is what its items add up to.",
                        "Every sum of a day is what its items add up to.");
        assertThatThrownBy(() -> usage(true, "check", "calls.xml"))
                .isInstanceOf(BoxException.class)
                .hasMessageContaining(".ndjson");
        assertThatThrownBy(() -> usage(true, "check")).hasMessageContaining("usage check FILE");
    }

    private static List<String> usage(boolean isWell, String... words) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        List<String> command = Stream.concat(
                        Stream.of(words), Stream.of("--data", box.data().toString()))
                .toList();
        assertThat(OperatorCommand.parse(command).usage(new PrintStream(out, true, StandardCharsets.UTF_8)))
                .isEqualTo(isWell);
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void ofALargeFileTheWholeLinesOfItsBeginningAreTried() throws IOException {
        byte[] lines = "12345\n78901\n".getBytes(StandardCharsets.UTF_8);
        assertThat(UsageCheck.part(new ByteArrayInputStream(lines), lines.length)
                        .isWhole())
                .isTrue();
        UsageCheck.Part part = UsageCheck.part(new ByteArrayInputStream(lines), lines.length - 1);
        assertThat(part.isWhole()).isFalse();
        assertThat(part.bytes()).asString().isEqualTo("12345\n");
        assertThat(UsageCheck.part(new ByteArrayInputStream(lines), 3).bytes())
                .as("of a line that does not fit, its beginning")
                .asString()
                .isEqualTo("123");
    }
}
