package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.trunkline.ids.OrganizationId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Texts from an authorized number, over SMPP to phones that show what they got, and back. */
@Tag("database")
@Tag("neighbours")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmsTest {
    private World world;
    private Api api;
    private String sender;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("sms").stock(6);
        api = world.api();
        sender = Texting.sender(world, api);
        world.control("PUT", "/smsc", "{\"receipt_after_ms\": 50}");
    }

    @AfterEach
    void behave() {
        world.control("DELETE", "/smsc/faults", null);
    }

    private List<JsonNode> recipients(String id) {
        return Lists.all(api, "/enterprise/sms/" + id + "/recipients");
    }

    private static List<String> states(List<JsonNode> recipients) {
        return recipients.stream()
                .map(one -> one.path("state").stringValue() + " "
                        + one.path("error").path("code").stringValue("-"))
                .toList();
    }

    private String send(List<String> to, String text) {
        return Texting.send(api, Texting.request("", sender, to, text));
    }

    /** What becomes of one text to one phone. */
    private String stateOf(String to, String text) {
        String id = send(List.of(to), text);
        Texting.awaitDone(api, id);
        return states(recipients(id)).getFirst();
    }

    @Test
    void theSampleOfTheReferenceArrivesAndIsDelivered() {
        String sample = """
                {"from": "+%s", "to": ["+1234567890"], "text": "Thank you for using our service"}""".formatted(sender);
        Api.Answer accepted = api.post("/enterprise/sms", sample);
        assertThat(accepted.status()).isEqualTo(200);
        assertThat(accepted.json().propertyNames()).containsExactly("sms_id");
        String id = accepted.json().path("sms_id").stringValue();
        assertThat(id).matches("sms_[0-9A-Z]{26}");
        Api.Answer done = Texting.awaitDone(api, id);
        assertThat(done.json().path("recipients").path("delivered").intValue()).isEqualTo(1);
        assertThat(done.json().path("text").stringValue()).isEqualTo("Thank you for using our service");
        assertThat(done.json().path("from").stringValue()).isEqualTo(sender);
        assertThat(done.link("cancel")).isEmpty();
        assertThat(Texting.words(world, "1234567890")).containsExactly("Thank you for using our service");
        JsonNode recipient = recipients(id).getFirst();
        assertThat(recipient.path("msisdn").stringValue()).isEqualTo("1234567890");
        assertThat(recipient.path("state").stringValue()).isEqualTo("delivered");
        assertThat(recipient.path("sent_at").stringValue())
                .isLessThanOrEqualTo(recipient.path("done_at").stringValue());
        assertThat(api.post("/enterprise/messages", sample)
                        .json()
                        .path("sms_id")
                        .stringValue())
                .as("by its other path")
                .isGreaterThan(id);
        assertThat(Lists.ids(Lists.rows(api.get("/enterprise/sms?from=%2B" + sender))))
                .contains(id)
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void eachNumberIsSentToOnceAndOneThatCannotExistIsRejected() {
        List<String> to = new ArrayList<>(
                IntStream.range(0, 400).mapToObj(i -> "4479120" + (10_000 + i)).toList());
        to.add("+" + to.getFirst());
        to.add("0000000");
        to.add("12");
        String id = send(to, "All of you");
        JsonNode counts = Texting.awaitDone(api, id).json().path("recipients");
        assertThat(counts.path("total").intValue()).isEqualTo(402);
        assertThat(counts.path("delivered").intValue()).isEqualTo(400);
        assertThat(counts.path("rejected").intValue()).isEqualTo(2);
        List<JsonNode> rejected = Lists.all(api, "/enterprise/sms/" + id + "/recipients?state=rejected");
        assertThat(states(rejected)).containsOnly("rejected impossible_number");
        assertThat(Lists.ids(recipients(id)).subList(0, 400)).isEqualTo(to.subList(0, 400));
        for (String number : List.of(to.getFirst(), to.get(399))) {
            assertThat(Texting.words(world, number)).containsExactly("All of you");
        }
    }

    @Test
    void aLongTextIsOneOnThePhoneAndDeliveredWhenAllOfItIs() {
        String text = "👋".repeat(80) + " und viele Grüße " + "€".repeat(20);
        String id = send(List.of("447912100001"), text);
        JsonNode sms = Texting.awaitDone(api, id).json();
        assertThat(sms.path("encoding").stringValue()).isEqualTo("ucs2");
        assertThat(sms.path("segments").intValue()).isEqualTo(3);
        JsonNode shown = Texting.shown(world, "447912100001").getFirst();
        assertThat(shown.path("text").stringValue()).isEqualTo(text);
        assertThat(shown.path("segments").intValue()).isEqualTo(3);
        assertThat(stateOf("447912100002", "[" + "x".repeat(159))).isEqualTo("delivered -");
        assertThat(Texting.shown(world, "447912100002")
                        .getFirst()
                        .path("segments")
                        .intValue())
                .isEqualTo(2);
    }

    @Test
    void onlyAnOwnActiveNumberWithMessagingSendsAndOfOthersNothingIsTold() {
        World other = world.server().world("sms-other").stock(1);
        String theirs = Texting.sender(other, other.api());
        Api.Answer strangers = api.post("/enterprise/sms", Texting.request("", theirs, List.of("447912100003"), "Hi"));
        Api.Answer nobodys =
                api.post("/enterprise/sms", Texting.request("", "447999999999", List.of("447912100003"), "Hi"));
        assertThat(List.of(strangers.status(), nobodys.status())).containsOnly(403);
        assertThat(strangers.code()).isEqualTo("sender_not_authorized");
        assertThat(strangers.json().path("detail")).isEqualTo(nobodys.json().path("detail"));
        String mine = Texting.sender(world, api);
        String line = Lists.ids(Lists.rows(api.get("/enterprise/subscriptions?msisdn=" + mine)))
                .getFirst();
        world.sql()
                .update(
                        "UPDATE subscriptions SET sms_sender = false WHERE organization_id = ? AND id = ?",
                        world.organization(),
                        io.trunkline.ids.SubscriptionId.parse(line).orElseThrow());
        Api.Answer without = api.post("/enterprise/sms", Texting.request("", mine, List.of("447912100003"), "Hi"));
        assertThat(without.status()).isEqualTo(403);
        assertThat(without.json().path("detail").stringValue()).contains("not ordered with messaging");
        world.sql()
                .update(
                        "UPDATE subscriptions SET sms_sender = true, status = 'suspended'"
                                + " WHERE organization_id = ? AND id = ?",
                        world.organization(),
                        io.trunkline.ids.SubscriptionId.parse(line).orElseThrow());
        Api.Answer suspended = api.post("/enterprise/sms", Texting.request("", mine, List.of("447912100003"), "Hi"));
        assertThat(suspended.status()).isEqualTo(403);
        assertThat(suspended.json().path("detail").stringValue()).contains("is suspended, expected an active one");
        assertThat(Texting.words(world, "447912100003")).isEmpty();
    }

    @Test
    void everyFaultOfARequestIsToldAtOnce() {
        Api.Answer refused = api.post("/enterprise/sms", """
                {"from": "x", "to": ["1", "y"], "text": "", "validity": "P9D", "send_at": "2020-01-01T00:00:00Z",
                 "encoding": "utf8", "txt": 1}""");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.violations())
                .containsExactlyInAnyOrder(
                        "/from pattern",
                        "/to/1 pattern",
                        "/text range",
                        "/validity range",
                        "/send_at range",
                        "/encoding not_allowed",
                        "/txt unknown");
        assertThat(api.post(
                                "/enterprise/sms",
                                Texting.request("\"encoding\": \"gsm7\",", sender, List.of("447912100003"), "👋"))
                        .violations())
                .containsExactly("/encoding not_allowed");
    }

    @Test
    void aDryRunTellsTheSegmentsAndKeepsNothing() {
        int before = Lists.all(api, "/enterprise/sms").size();
        Api.Answer plan = api.post(
                "/enterprise/sms?dry-run=true",
                Texting.request("", sender, List.of("447912100004", "12"), "x".repeat(161)));
        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.json().path("segments").intValue()).isEqualTo(2);
        assertThat(plan.json().path("encoding").stringValue()).isEqualTo("gsm7");
        assertThat(plan.json().path("recipients").path("rejected").intValue()).isEqualTo(1);
        JsonNode wider = api.post(
                        "/enterprise/sms?dry-run=true",
                        Texting.request("\"encoding\": \"ucs2\",", sender, List.of("447912100004"), "x".repeat(71)))
                .json();
        assertThat(wider.path("encoding").stringValue())
                .as("as it was asked for")
                .isEqualTo("ucs2");
        assertThat(wider.path("segments").intValue()).isEqualTo(2);
        assertThat(Lists.all(api, "/enterprise/sms")).hasSize(before);
    }

    @Test
    void theSameKeySendsOnce() {
        String request = Texting.request("", sender, List.of("447912100005"), "Once");
        Api.Answer first = api.post("/enterprise/sms", request, "Idempotency-Key", "sms-once");
        Api.Answer again = api.post("/enterprise/sms", request, "Idempotency-Key", "sms-once");
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        Texting.awaitDone(api, first.json().path("sms_id").stringValue());
        assertThat(Texting.words(world, "447912100005")).containsExactly("Once");
    }

    @Test
    void aTextWaitsForItsTimeAndCanBeCanceledUntilThen() {
        String later = "\"send_at\": \"" + Instant.now().plus(Duration.ofHours(1)) + "\",";
        String waits = Texting.send(api, Texting.request(later, sender, List.of("447912100006"), "Later"));
        String canceled = Texting.send(api, Texting.request(later, sender, List.of("447912100006"), "Never"));
        Api.Answer scheduled = api.get("/enterprise/sms/" + canceled);
        assertThat(scheduled.json().path("status").stringValue()).isEqualTo("scheduled");
        Api.Answer answer = api.call("DELETE", scheduled.link("cancel"), null);
        assertThat(answer.json().path("status").stringValue()).isEqualTo("canceled");
        assertThat(api.call("DELETE", scheduled.link("cancel"), null).status()).isEqualTo(200);
        assertThat(states(recipients(canceled))).containsExactly("rejected canceled");
        assertThat(stateOf("447912100014", "At once, and later than the others"))
                .isEqualTo("delivered -");
        assertThat(states(recipients(waits))).containsExactly("accepted -");
        make(world.organization(), waits);
        Texting.awaitDone(api, waits);
        assertThat(api.call("DELETE", "/enterprise/sms/" + waits, null).code()).isEqualTo("sms_not_scheduled");
        assertThat(Texting.words(world, "447912100006")).containsExactly("Later");
    }

    @Test
    void whatThePhoneWritesIsListedWholeWhateverTheOrderOfItsSegments() {
        String text = "Żółw ".repeat(40).strip();
        world.control(
                "POST",
                "/phones/447912100007/messages",
                "{\"to\": \"+%s\", \"text\": \"%s\", \"reversed\": true}".formatted(sender, text));
        JsonNode message = Lists.rows(api.await(
                        "/enterprise/sms/inbound?to=" + sender,
                        answer -> answer.text().contains("447912100007")))
                .getFirst();
        assertThat(message.path("from").stringValue()).isEqualTo("447912100007");
        assertThat(message.path("to").stringValue()).isEqualTo(sender);
        assertThat(message.path("text").stringValue()).isEqualTo(text);
        assertThat(world.sql()
                        .list(
                                "SELECT type FROM events WHERE organization_id = ? AND type = 'sms.received'",
                                row -> row.text("type"),
                                world.organization()))
                .isNotEmpty();
    }

    private void write(String from, String to, String text) {
        world.control(
                "POST", "/phones/" + from + "/messages", "{\"to\": \"%s\", \"text\": \"%s\"}".formatted(to, text));
    }

    @Test
    void wordsAreSealedWhereTheyAreKeptAndInNoLog() {
        String word = "Xylophon";
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        root.addAppender(logged);
        try {
            faults("[{\"operation\": \"submit\", \"fault\": \"drop_after\", \"times\": 1}]");
            assertThat(stateOf("447912100015", word)).isEqualTo("delivered -");
            write("447912100015", sender, word + " Żółw".repeat(30));
            api.await(
                    "/enterprise/sms/inbound?to=" + sender,
                    answer -> answer.text().contains(word));
        } finally {
            root.detachAppender(logged);
        }
        assertThat(logged.list).as("the lost connection at least").isNotEmpty();
        assertThat(List.copyOf(logged.list))
                .noneMatch(event -> event.getFormattedMessage().contains(word)
                        || (event.getThrowableProxy() != null
                                && String.valueOf(event.getThrowableProxy().getMessage())
                                        .contains(word)));
        for (String table :
                List.of("sms", "sms_recipients", "sms_inbound", "sms_inbound_parts", "sms_parts", "events")) {
            assertThat(world.sql()
                            .list(
                                    "SELECT 1 AS one FROM " + table + " t WHERE t::text LIKE ? OR t::text LIKE ?",
                                    row -> row.integer("one"),
                                    "%" + word + "%",
                                    "%" + HexFormat.of().formatHex(word.getBytes(StandardCharsets.US_ASCII)) + "%"))
                    .as(table)
                    .isEmpty();
        }
    }

    private boolean isOptedOut(String recipient, String number) {
        return !world.sql()
                .list(
                        "SELECT word FROM sms_opt_outs WHERE sender = ? AND recipient = ?",
                        row -> row.text("word"),
                        number,
                        recipient)
                .isEmpty();
    }

    @Test
    void whoSaysStopGetsNothingMoreFromThatNumberUntilTheySayStart() {
        String phone = "447912100008";
        write(phone, sender, "stop ");
        Api.await("the word is heard", () -> isOptedOut(phone, sender));
        assertThat(stateOf(phone, "Still there?")).isEqualTo("rejected opted_out");
        JsonNode told = Lists.rows(api.get("/enterprise/sms/opt-outs?from=%2B" + sender + "&to=" + phone))
                .getFirst();
        assertThat(told.path("word").stringValue()).isEqualTo("STOP");
        assertThat(Lists.rows(api.get("/enterprise/sms/inbound?to=" + sender)))
                .as("the message that said so")
                .anySatisfy(message -> assertThat(message.path("id")).isEqualTo(told.path("id")));
        assertThat(Lists.rows(api.get("/enterprise/sms/opt-outs?to=1" + phone))).isEmpty();
        write(phone, sender, "Start");
        Api.await("the word is heard", () -> !isOptedOut(phone, sender));
        assertThat(Lists.rows(api.get("/enterprise/sms/opt-outs?to=" + phone))).isEmpty();
        assertThat(stateOf(phone, "Welcome back")).isEqualTo("delivered -");
        assertThat(Texting.words(world, phone)).containsExactly("Welcome back");
    }

    @Test
    void aNumberThatGetsANewHolderBeginsAnew() {
        World own = world.server().world("sms-again").stock(1, 2);
        Api theirs = own.api();
        String number = Texting.sender(own, theirs);
        write("447912100009", number, "STOP");
        Api.await("the word is heard", () -> isOptedOut("447912100009", number));
        String later = "\"send_at\": \"" + Instant.now().plus(Duration.ofHours(1)) + "\",";
        String left = Texting.send(theirs, Texting.request(later, number, List.of("447912100010"), "Of the old one"));
        String line = Lists.ids(Lists.rows(theirs.get("/enterprise/subscriptions?msisdn=" + number)))
                .getFirst();
        Api.Answer end = theirs.post(
                "/enterprise/orders",
                "{\"type\": \"terminate_subscription\", \"account_id\": \"%s\", \"subscription_id\": \"%s\"}"
                        .formatted(own.account(), line));
        theirs.awaitOrder(end.link("self"));
        own.sql()
                .update(
                        "UPDATE number_stock SET state = 'free', organization_id = NULL, order_id = NULL,"
                                + " subscription_id = NULL WHERE msisdn = ?",
                        number);
        assertThat(Texting.sender(own, theirs)).isEqualTo(number);
        assertThat(isOptedOut("447912100009", number)).isFalse();
        make(own.organization(), left);
        Texting.awaitDone(theirs, left);
        assertThat(states(Lists.all(theirs, "/enterprise/sms/" + left + "/recipients")))
                .containsExactly("rejected sender_not_authorized");
    }

    /** Its time has come. */
    private void make(OrganizationId organization, String id) {
        world.sql()
                .update(
                        "UPDATE sms_recipients SET due_at = now() WHERE organization_id = ? AND sms_id = ?",
                        organization,
                        io.trunkline.ids.SmsId.parse(id).orElseThrow());
        world.sql()
                .update(
                        "UPDATE sms SET send_at = now() WHERE organization_id = ? AND id = ?",
                        organization,
                        io.trunkline.ids.SmsId.parse(id).orElseThrow());
    }

    private void faults(String faults) {
        world.control("PUT", "/smsc/faults", faults);
    }

    @Test
    void whatTheNetworkSaysBecomesTheState() {
        faults("[{\"operation\": \"delivery\", \"fault\": \"refuse\", \"code\": \"UNDELIV\"}]");
        assertThat(stateOf("447912100011", "No")).isEqualTo("undelivered receipt_undelivered");
        faults("[{\"operation\": \"delivery\", \"fault\": \"refuse\", \"code\": \"EXPIRED\"}]");
        assertThat(stateOf("447912100011", "No")).isEqualTo("expired receipt_expired");
        faults("[{\"operation\": \"submit\", \"fault\": \"refuse\", \"code\": \"0x0B\"}]");
        assertThat(stateOf("447912100011", "No")).isEqualTo("rejected smpp_0x0b");
        faults("[{\"operation\": \"submit\", \"fault\": \"refuse\", \"code\": \"0x58\", \"times\": 3}]");
        assertThat(stateOf("447912100011", "Slower")).isEqualTo("delivered -");
        faults("[{\"operation\": \"submit\", \"fault\": \"drop_before\", \"times\": 1}]");
        assertThat(stateOf("447912100012", "Again")).isEqualTo("delivered -");
        assertThat(Texting.words(world, "447912100012")).containsExactly("Again");
        assertThat(Texting.words(world, "447912100011")).containsExactly("Slower");
    }

    @Test
    void aReceiptThatComesBeforeTheAnswerWaitsForIt() {
        world.control("PUT", "/smsc", "{\"receipt_after_ms\": 0}");
        faults("[{\"operation\": \"submit\", \"fault\": \"late\", \"delay_ms\": 600, \"times\": 2}]");
        assertThat(stateOf("447912100013", "x".repeat(200))).isEqualTo("delivered -");
        world.control("PUT", "/smsc", "{\"receipt_after_ms\": 50}");
    }
}
