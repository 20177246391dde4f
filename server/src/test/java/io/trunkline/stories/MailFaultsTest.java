package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A mail lies there once, or was repeated under its Message-ID and counted; its order is completed in any case. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailFaultsTest {
    private static final String FAULT = """
            [{"operation": "%s", "fault": "%s", "code": "%s", "delay_ms": %d, "times": %d}]""";
    private static final String DELIVERY = """
            SELECT attempts, repeats, refused_recipients, failure_code, sealed_detail, message_id FROM deliveries
            WHERE organization_id = ? AND order_id = (SELECT id FROM orders
                WHERE organization_id = deliveries.organization_id ORDER BY id DESC LIMIT 1)""";

    private final AtomicInteger mails = new AtomicInteger();
    private RunningServer server;
    private World world;
    private Api api;
    private Mailbox mailbox;
    private String to = "";

    @BeforeAll
    void start() {
        server = RunningServer.start(
                Map.of("trunkline.mail.read-timeout", "500ms", "trunkline.orders.mail-deadline", "2500ms"));
        world = server.world("mails").stock(60);
        api = world.api();
        mailbox = new Mailbox(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Kept(
            int attempts, int repeats, int refused, Optional<String> code, Optional<byte[]> detail, String messageId) {}

    /** Places an order, waits for its delivery to end, and checks that the order itself is completed. */
    private JsonNode delivered(String state) {
        to = "to" + mails.incrementAndGet() + "@mails.example";
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder(to, "cc-" + to));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode order = api.await(
                        placed.link("self"),
                        answer -> !answer.json()
                                .path("sim_profile")
                                .path("delivery")
                                .path("state")
                                .stringValue("")
                                .equals("pending"))
                .json();
        assertThat(order.path("status").stringValue()).isEqualTo("completed");
        assertThat(order.path("sim_profile").path("delivery").path("state").stringValue())
                .as(order.toString())
                .isEqualTo(state);
        new Ledger(world).settle().balances();
        return order;
    }

    private Kept kept() {
        return world.sql()
                .one(
                        DELIVERY,
                        row -> new Kept(
                                row.integer("attempts"),
                                row.integer("repeats"),
                                row.integer("refused_recipients"),
                                Optional.ofNullable(row.textOrNull("failure_code")),
                                Optional.ofNullable(row.bytesOrNull("sealed_detail")),
                                row.text("message_id")),
                        world.organization())
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "connect, refuse",
        "connect, hang",
        "connect, drop_before",
        "connect, error_500",
        "mail, hang",
        "mail, drop_before",
        "mail, drop_after",
        "mail, error_500",
        "rcpt, hang",
        "rcpt, drop_before",
        "rcpt, drop_after",
        "rcpt, garbage",
        "data, error_500"
    })
    void whatSurelyWasNotTakenIsSentAgainAndIsNoRepetition(String operation, String fault) {
        world.faults("mail", FAULT.formatted(operation, fault, "421 4.3.2", 0, 1));
        delivered("sent");
        List<Mailbox.Mail> found = mailbox.await(to, 1);
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().header("X-Trunkline-Repeated")).isEmpty();
        assertThat(kept().repeats()).isZero();
        assertThat(kept().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"hang, 1", "drop_before, 1", "drop_after, 2", "late, 2", "garbage, 2"})
    void whatMayHaveBeenTakenIsRepeatedUnderItsMessageIdAndCounted(String fault, int copies) {
        world.faults("mail", FAULT.formatted("data", fault, "550", fault.equals("late") ? 900 : 0, 1));
        delivered("sent");
        List<Mailbox.Mail> found = mailbox.await(to, copies);
        assertThat(found).hasSize(copies);
        assertThat(found).allMatch(mail -> mail.header("Message-ID").equals(kept().messageId()));
        assertThat(found.getFirst().header("X-Trunkline-Repeated")).isEqualTo("true");
        assertThat(found)
                .map(mail -> mail.header("Date"))
                .containsOnly(found.getFirst().header("Date"));
        assertThat(found)
                .map(mail -> QrReader.png(mail.attachment().content()))
                .containsOnly(QrReader.png(found.getFirst().attachment().content()));
        assertThat(kept().repeats()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"mail, 550 5.7.1, 1", "rcpt, 550 5.1.1, 2", "data, 554 5.6.0, 1"})
    void aRefusalForGoodFailsTheDeliveryAndTheCodeCanStillBeFetched(String operation, String code, int times) {
        world.faults("mail", FAULT.formatted(operation, "refuse", code, 0, times));
        JsonNode order = delivered("failed");
        assertThat(kept().code()).contains(code);
        assertThat(mailbox.of(to)).isEmpty();
        String link = order.path("sim_profile")
                .path("_links")
                .path("qr_code")
                .path("href")
                .stringValue();
        assertThat(api.get(link).status()).isEqualTo(200);
        assertThat(order.path("milestones")
                        .valueStream()
                        .map(one -> one.path("name").stringValue("")))
                .endsWith("completed", "delivery_failed");
    }

    @Test
    void whatTheMailServerSaidIsKeptSealedSinceItNamesRecipients() {
        world.faults("mail", FAULT.formatted("rcpt", "refuse", "550 5.1.1", 0, 2));
        delivered("failed");
        byte[] detail = kept().detail().orElseThrow();
        assertThat(new String(detail, StandardCharsets.ISO_8859_1)).doesNotContain(to, "mails.example");
    }

    @Test
    void aMailThatIsRefusedForNowUntilItsDeadlineFails() {
        world.faults("mail", FAULT.formatted("data", "refuse", "451 4.7.1", 0, 100_000));
        delivered("failed");
        assertThat(kept().code()).contains("undeliverable");
        assertThat(kept().repeats()).isZero();
        assertThat(kept().attempts()).isGreaterThan(2);
    }

    @Test
    void aRecipientWhoIsRefusedBesideOneWhoIsTakenIsCounted() {
        world.faults("mail", FAULT.formatted("rcpt", "refuse", "550 5.1.1", 0, 1));
        delivered("sent");
        assertThat(kept().refused()).isEqualTo(1);
        assertThat(mailbox.of(to)).isEmpty();
        assertThat(mailbox.await("cc-" + to, 1)).hasSize(1);
    }

    @Test
    void aRecipientWhoIsRefusedForNowBesideOneWhoIsTakenGetsTheMailLaterAndTheOtherOnlyOnce() {
        world.faults("mail", FAULT.formatted("rcpt", "refuse", "451 4.7.1", 0, 1));
        delivered("sent");
        assertThat(mailbox.await(to, 1)).hasSize(1);
        assertThat(mailbox.of("cc-" + to)).hasSize(1);
        assertThat(kept().attempts()).isEqualTo(2);
        assertThat(kept().repeats()).isZero();
        assertThat(kept().refused()).isZero();
    }

    /** The second fault lets the copy pass. */
    @ParameterizedTest
    @CsvSource({"550 5.1.1, 1", "451 4.7.1, 100000"})
    void aRecipientWhoIsRefusedForNowAndAtLastForGoodIsCountedAndTheOtherHasTheMailOnce(String code, int times) {
        world.faults("mail", """
                [{"operation": "rcpt", "fault": "refuse", "code": "451 4.7.1"},
                 {"operation": "rcpt", "fault": "late", "delay_ms": 1},
                 {"operation": "rcpt", "fault": "refuse", "code": "%s", "times": %d}]""".formatted(code, times));
        delivered("sent");
        assertThat(mailbox.of(to)).isEmpty();
        assertThat(mailbox.await("cc-" + to, 1)).hasSize(1);
        assertThat(kept().refused()).isEqualTo(1);
        assertThat(kept().repeats()).isZero();
    }
}
