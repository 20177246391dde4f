package io.trunkline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.SetClock;
import io.trunkline.database.Database;
import io.trunkline.ids.Id;
import io.trunkline.ids.SmsId;
import io.trunkline.network.Certificates;
import io.trunkline.network.smsc.Receipt;
import io.trunkline.network.smsc.Smsc;
import io.trunkline.network.smsc.SmscOfATest;
import io.trunkline.network.smsc.Smscs;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.Texting;
import io.trunkline.stories.World;
import io.trunkline.subscribers.PersonKeys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several SMSCs of one server, each with its own ways and days: what one does, the others' texts do not feel. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmscsTest {
    private static final String DELIVERED = "delivered -";
    private static final String WAITS = "accepted -";
    private static final String ALL = "\"fault\": \"%s\", \"times\": 100000";

    @TempDir
    static Path directory;

    /** All routes but those of {@code south} and {@code secure} end at the server's own simulated network. */
    private Simulators south;

    private TlsFront front;
    private RunningServer server;
    private World world;
    private Api api;
    private String sender;

    @BeforeAll
    void start() throws Exception {
        south = Simulators.start(SimulatorsConfig.of(directory.resolve("south")));
        var certificates = Certificates.in(directory);
        certificates.authority("ca");
        certificates.signed("smsc", "ca", "san=ip:127.0.0.1");
        front = TlsFront.start(certificates.context("smsc", "ca"), south.smppPort());
        var properties = new HashMap<>(Map.of(
                "trunkline.smsc.names", "north, south, secure, apart, slow",
                "trunkline.smsc.longest-backoff", "300ms",
                "trunkline.smsc.north.prefixes", "44",
                "trunkline.smsc.south.prefixes", "4479, 4478",
                "trunkline.smsc.south.port", Integer.toString(south.smppPort()),
                "trunkline.smsc.secure.prefixes", "49",
                "trunkline.smsc.secure.port", Integer.toString(front.port()),
                "trunkline.smsc.secure.tls", "true",
                "trunkline.smsc.secure.trusted-certificates",
                        certificates.certificateFile("ca").toString()));
        properties.putAll(Map.of(
                "trunkline.smsc.apart.prefixes", "33",
                "trunkline.smsc.apart.mode", "transmitter-receiver",
                "trunkline.smsc.slow.prefixes", "39",
                "trunkline.smsc.slow.per-second", "20",
                "trunkline.sms.stop-words", "en: STOP; de: SCHLUSS JETZT"));
        // Receipts come to any bind of a system.
        List.of("north", "south", "secure", "apart", "slow")
                .forEach(name -> properties.put("trunkline.smsc." + name + ".system-id", name));
        server = RunningServer.start(properties);
        world = server.world("smscs").stock(3);
        api = world.api();
        sender = Texting.sender(world, api);
        world.control("PUT", "/smsc", "{\"receipt_after_ms\": 20}");
        south("PUT", "/smsc", "{\"receipt_after_ms\": 20}");
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        front.close();
        south.close();
    }

    @AfterEach
    void behave() {
        world.control("DELETE", "/smsc/faults", null);
        south("DELETE", "/smsc/faults", "");
    }

    private JsonNode south(String method, String path, String body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(south.controlUrl() + path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
            return new JsonMapper().readTree(answer.body().isEmpty() ? "{}" : answer.body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String faults(String operation, String kind) {
        return "[{\"operation\": \"%s\", %s}]".formatted(operation, ALL.formatted(kind));
    }

    private int atSouth(String number) {
        return south("GET", "/phones/" + number + "/messages", "")
                .path("messages")
                .size();
    }

    private String send(String more, String... to) {
        return Texting.send(api, Texting.request(more, sender, List.of(to), "Hello"));
    }

    private List<JsonNode> recipients(String id) {
        return api.get("/enterprise/sms/" + id + "/recipients?limit=100")
                .json()
                .path("_embedded")
                .path("recipients")
                .valueStream()
                .toList();
    }

    /** In the order in which they were named. */
    private List<String> states(String id) {
        return recipients(id).stream()
                .map(one -> one.path("state").stringValue() + " "
                        + one.path("error").path("code").stringValue("-"))
                .toList();
    }

    private double submissions(String smsc, String outcome) {
        var counter = server.bean(MeterRegistry.class)
                .find("trunkline.sms.submissions")
                .tag("smsc", smsc)
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void eachNumberGoesToTheSmscOfItsLongestPrefixWhateverWayThatIsBound() {
        String id = send("", "447700000001", "447900000001", "491500000001", "33600000001", "81900000001");
        Texting.awaitDone(api, id);
        assertThat(states(id)).containsExactly(DELIVERED, DELIVERED, DELIVERED, DELIVERED, "rejected no_route");
        for (String there : List.of("447900000001", "491500000001")) {
            assertThat(atSouth(there)).as(there).isEqualTo(1);
            assertThat(Texting.words(world, there)).as(there).isEmpty();
        }
        for (String here : List.of("447700000001", "33600000001")) {
            assertThat(atSouth(here)).as(here).isZero();
            assertThat(Texting.words(world, here)).as(here).containsExactly("Hello");
        }
        // A transmitter and a receiver, where the others are transceivers.
        assertThat(server.bean(Smscs.class).all())
                .filteredOn(smsc -> smsc.name().equals("apart"))
                .singleElement()
                .returns(2, Smsc::up);
    }

    @Test
    void whileOneIsDownItsTextsWaitWithinTheirValidityAndOthersGoOn() throws IOException {
        front.close();
        Smsc secure = server.bean(Smscs.class).all().get(2);
        Api.await("it to be down", () -> secure.up() == 0);
        String id = send("", "491500000002", "447700000002", "447900000002");
        String brief = send("\"validity\": \"PT1M\",", "491500000003");
        api.await(
                "/enterprise/sms/" + id,
                answer -> answer.json().path("recipients").path("delivered").intValue() == 2);
        assertThat(states(id)).containsExactly(WAITS, DELIVERED, DELIVERED);
        at(Instant.now().plus(Duration.ofMinutes(2))).endWhatIsOver();
        assertThat(states(brief)).containsExactly("expired validity_over");
        assertThat(states(id)).containsExactly(WAITS, DELIVERED, DELIVERED);
        front.comeBack();
        Texting.awaitDone(api, id);
        assertThat(states(id)).containsExactly(DELIVERED, DELIVERED, DELIVERED);
        assertThat(atSouth("491500000003")).isZero();
    }

    private SmsTidying at(Instant now) {
        return new SmsTidying(server.bean(Database.class), server.bean(SmsSettings.class), new SetClock(now));
    }

    @Test
    void aBindSubmitsNoMoreInASecondThanItsLimit() {
        String[] many = IntStream.range(0, 31)
                .mapToObj(i -> Long.toString(39_300_000_000L + i))
                .toArray(String[]::new);
        long start = System.nanoTime();
        String id = send("", many);
        Texting.awaitDone(api, id);
        assertThat(states(id)).hasSize(31).containsOnly(DELIVERED);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("thirty intervals of a twentieth of a second")
                .isGreaterThan(Duration.ofMillis(1_500));
    }

    @Test
    void anSmscThatWantsLessSlowsItsOwnBindAlone() {
        for (String status : List.of("0x58", "0x14")) {
            double before = submissions("south", "for_now");
            south("PUT", "/smsc/faults", faults("submit", "refuse\", \"code\": \"" + status));
            String id = send("", "447900000004", "447700000004");
            api.await(
                    "/enterprise/sms/" + id,
                    answer -> answer.json().path("recipients").path("delivered").intValue() == 1);
            Api.await("its refusals", () -> submissions("south", "for_now") - before >= 3);
            assertThat(states(id)).as(status).containsExactly(WAITS, DELIVERED);
            south("DELETE", "/smsc/faults", "");
            Texting.awaitDone(api, id);
            assertThat(states(id)).as(status).containsExactly(DELIVERED, DELIVERED);
        }
    }

    /** As a server leaves it that is killed after it has leased it: nobody knows whether it was sent. */
    private String leftInDoubt(String to, String smsc) {
        String id = send("\"send_at\": \"" + Instant.now().plus(Duration.ofHours(1)) + "\",", to);
        world.sql()
                .update(
                        "UPDATE sms_recipients SET smsc = ?, in_doubt = true, lease = ?, due_at = now()"
                                + " WHERE organization_id = ? AND sms_id = ?",
                        smsc,
                        Id.newValue(Instant.now()),
                        world.organization(),
                        SmsId.parse(id).orElseThrow());
        return id;
    }

    private double inDoubt(String done) {
        var counters = server.bean(MeterRegistry.class)
                .find("trunkline.sms.in.doubt")
                .tag("done", done)
                .counters();
        return counters.stream().mapToDouble(one -> one.count()).sum();
    }

    @Test
    void whatMayHaveBeenSentIsSentAgainAndThatIsCountedAndTold() {
        double before = inDoubt("sent_again");
        String id = leftInDoubt("447700000005", "north");
        Api.await("its end", () -> states(id).equals(List.of(DELIVERED)));
        assertThat(recipients(id).getFirst().path("repeats").intValue()).isEqualTo(1);
        assertThat(inDoubt("sent_again") - before).isEqualTo(1);
        world.control("PUT", "/smsc/faults", "[{\"operation\": \"submit\", \"fault\": \"drop_after\", \"times\": 1}]");
        String lost = send("", "447700000006");
        Texting.awaitDone(api, lost);
        assertThat(recipients(lost).getFirst().path("repeats").intValue()).isEqualTo(1);
        assertThat(Texting.words(world, "447700000006")).hasSize(2);
    }

    @Test
    void wherePolicySaysAtMostOnceWhatMayHaveBeenSentIsGivenUpAndThatIsCountedAndTold() throws Exception {
        double before = inDoubt("given_up");
        Smscs binds = SmscOfATest.at(
                "careful", server.simulators().smppHost(), server.simulators().smppPort());
        SmsDispatch dispatch = dispatch(binds, server.bean(SmsWords.class), SmsSettings.Policy.AT_MOST_ONCE);
        try {
            String crashed = leftInDoubt("447700000007", "careful");
            Api.await("its end", () -> states(crashed).equals(List.of("unknown outcome_unknown")));
            world.control(
                    "PUT", "/smsc/faults", "[{\"operation\": \"submit\", \"fault\": \"drop_after\", \"times\": 1}]");
            String lost = leftToSend("447700000008", "careful");
            Api.await("its end", () -> states(lost).equals(List.of("unknown outcome_unknown")));
            assertThat(recipients(lost).getFirst().path("repeats").intValue()).isZero();
        } finally {
            end(dispatch, binds);
        }
        assertThat(inDoubt("given_up") - before).isEqualTo(2);
        assertThat(Texting.words(world, "447700000007")).isEmpty();
        assertThat(Texting.words(world, "447700000008")).hasSize(1);
    }

    /** A further server's, begun. */
    private SmsDispatch dispatch(Smscs binds, SmsWords words, SmsSettings.Policy policy) {
        SmsSettings ours = server.bean(SmsSettings.class);
        var dispatch = new SmsDispatch(
                binds.all().getFirst(),
                server.bean(Database.class),
                words,
                server.bean(SmsLedger.class),
                new SmsSettings(
                        ours.lease(),
                        ours.poll(),
                        ours.firstRetry(),
                        ours.longestRetry(),
                        ours.validity(),
                        ours.receiptPatience(),
                        policy,
                        ours.retention(),
                        ours.stopWords(),
                        ours.startWords()),
                server.bean(SmsMeters.class),
                Clock.systemUTC());
        binds.start(server.bean(SmsSender.class), dispatch::wake);
        dispatch.start();
        return dispatch;
    }

    private static void end(SmsDispatch dispatch, Smscs binds) throws InterruptedException {
        dispatch.halt();
        assertThat(dispatch.drained(Duration.ofSeconds(30))).isTrue();
        binds.stop();
    }

    /** By that SMSC, from now on. */
    private void due(String id, int position, String smsc) {
        world.sql()
                .update(
                        "UPDATE sms_recipients SET smsc = ?, due_at = now() WHERE sms_id = ? AND position = ?",
                        smsc,
                        SmsId.parse(id).orElseThrow(),
                        position);
    }

    @Test
    void whatServersRememberOfAnErasedPersonsWordsIsNotSent() throws Exception {
        String own = Texting.sender(world, api);
        String later = "\"send_at\": \"" + Instant.now().plus(Duration.ofHours(1)) + "\",";
        List<String> to = List.of("447700000020", "447700000021", "447700000022", "447700000023");
        String id = Texting.send(api, Texting.request(later, own, to, "Hello"));
        Smscs binds = SmscOfATest.at(
                "second", server.simulators().smppHost(), server.simulators().smppPort());
        SmsDispatch second = dispatch(
                binds,
                new SmsWords(server.bean(Database.class), server.bean(PersonKeys.class)),
                SmsSettings.Policy.AT_LEAST_ONCE);
        try {
            due(id, 0, "north");
            due(id, 1, "second");
            Api.await(
                    "both servers to have sent", () -> states(id).equals(List.of(DELIVERED, DELIVERED, WAITS, WAITS)));
            world.sql()
                    .update(
                            "DELETE FROM subscriber_keys"
                                    + " WHERE subscriber_id = (SELECT person_id FROM sms WHERE id = ?)",
                            SmsId.parse(id).orElseThrow());
            due(id, 2, "north");
            due(id, 3, "second");
            Api.await(
                    "neither to send again",
                    () -> states(id)
                            .equals(List.of(DELIVERED, DELIVERED, "rejected text_erased", "rejected text_erased")));
        } finally {
            end(second, binds);
        }
        assertThat(to.subList(2, 4))
                .allMatch(phone -> Texting.words(world, phone).isEmpty());
    }

    private String leftToSend(String to, String smsc) {
        String id = leftInDoubt(to, "nobody");
        world.sql()
                .update(
                        "UPDATE sms_recipients SET smsc = ?, in_doubt = false, lease = NULL"
                                + " WHERE organization_id = ? AND sms_id = ?",
                        smsc,
                        world.organization(),
                        SmsId.parse(id).orElseThrow());
        return id;
    }

    @Test
    void withoutAReceiptItBecomesUnknownWhenPatienceIsOverAndALateOneStillCounts() {
        south("PUT", "/smsc/faults", faults("delivery", "drop_after"));
        String id = send("\"validity\": \"PT10M\",", "447900000009");
        Api.await("it to be sent", () -> states(id).equals(List.of("sent -")));
        Instant end = Instant.now().plus(Duration.ofMinutes(10));
        Duration patience = server.bean(SmsSettings.class).receiptPatience();
        at(end.plus(patience).minus(Duration.ofMinutes(1))).endWhatIsOver();
        assertThat(states(id)).containsExactly("sent -");
        at(end.plus(patience).plus(Duration.ofMinutes(1))).endWhatIsOver();
        assertThat(states(id)).containsExactly("unknown no_receipt");
        assertThat(api.get("/enterprise/sms/" + id).json().path("status").stringValue())
                .isEqualTo("done");
        String message = world.sql()
                .list(
                        "SELECT message_id FROM sms_parts WHERE sms_id = ?",
                        row -> row.text("message_id"),
                        SmsId.parse(id).orElseThrow())
                .getFirst();
        var kept = server.bean(SmsSender.class).receipt(new Receipt("south", message, Receipt.State.DELIVERED, ""));
        assertThat(kept).succeedsWithin(Duration.ofSeconds(30));
        assertThat(states(id)).containsExactly(DELIVERED);
    }

    @Test
    void theWordsThatEndItAreConfiguredByLanguage() {
        String phone = "447700000013";
        for (String word : List.of("Unsubscribe", "schluss")) {
            world.control(
                    "POST",
                    "/phones/" + phone + "/messages",
                    "{\"to\": \"%s\", \"text\": \"%s\"}".formatted(sender, word));
            api.await(
                    "/enterprise/sms/inbound?to=" + sender,
                    answer -> answer.text().contains(word));
        }
        assertThat(api.get("/enterprise/sms/opt-outs?to=" + phone)
                        .json()
                        .path("_embedded")
                        .path("opt_outs")
                        .valueStream()
                        .map(one -> one.path("word").stringValue()))
                .containsExactly("SCHLUSS");
        assertThat(states(send("", phone))).containsExactly("rejected opted_out");
    }

    private JsonNode text(String id) {
        return api.get("/enterprise/sms/" + id).json().path("text");
    }

    @Test
    void wordsGoWithTheirRetentionAndWithTheirPerson() {
        String id = send("", "447700000010");
        Texting.awaitDone(api, id);
        world.control("POST", "/phones/447700000010/messages", "{\"to\": \"%s\", \"text\": \"Hi\"}".formatted(sender));
        String inbound = "/enterprise/sms/inbound?to=" + sender;
        api.await(inbound, answer -> answer.text().contains("\"Hi\""));
        Duration retention = server.bean(SmsSettings.class).retention();
        at(Instant.now().plus(retention).minus(Duration.ofDays(1))).forgetOld();
        assertThat(text(id).stringValue()).isEqualTo("Hello");
        at(Instant.now().plus(retention).plus(Duration.ofDays(1))).forgetOld();
        assertThat(text(id).isNull()).isTrue();
        assertThat(api.get(inbound).text()).doesNotContain("\"Hi\"").contains("447700000010");
        assertThat(states(id)).as("what became of it stays").containsExactly(DELIVERED);
        String own = Texting.sender(world, api);
        String erased = Texting.send(api, Texting.request("", own, List.of("447700000011"), "Hello"));
        Texting.awaitDone(api, erased);
        assertThat(text(erased).stringValue()).isEqualTo("Hello");
        world.sql()
                .update(
                        "DELETE FROM subscriber_keys WHERE subscriber_id = (SELECT person_id FROM sms WHERE id = ?)",
                        SmsId.parse(erased).orElseThrow());
        assertThat(text(erased).isNull()).isTrue();
    }

    @Test
    void oneOrganizationsManyDoNotHoldUpAnothersOne() {
        World other = server.world("smscs-other").stock(1);
        String theirs = Texting.sender(other, other.api());
        String[] many = IntStream.range(0, 1_000)
                .mapToObj(i -> Long.toString(447_701_000_000L + i))
                .toArray(String[]::new);
        String later = "\"send_at\": \"" + Instant.now().plus(Duration.ofHours(1)) + "\",";
        String backlog = send(later, many);
        String one = Texting.send(other.api(), Texting.request(later, theirs, List.of("447700000012"), "Hello"));
        world.sql()
                .update(
                        "UPDATE sms_recipients SET smsc = 'fair', due_at = now() - interval '1 hour' WHERE sms_id = ?",
                        SmsId.parse(backlog).orElseThrow());
        world.sql()
                .update(
                        "UPDATE sms_recipients SET smsc = 'fair', due_at = now() WHERE sms_id = ?",
                        SmsId.parse(one).orElseThrow());
        Instant now = Instant.now().plusSeconds(60);
        List<SmsWork.Leased> first =
                SmsWork.lease(world.sql(), "fair", now, now.plusSeconds(60), 100, SmsSettings.Policy.AT_LEAST_ONCE);
        assertThat(first.stream().filter(leased -> leased.sms().text().equals(one)))
                .as("it waits for none of those that came an hour before it")
                .hasSize(1);
        assertThat(first).as("half of a lease for each").hasSize(51);
    }
}
