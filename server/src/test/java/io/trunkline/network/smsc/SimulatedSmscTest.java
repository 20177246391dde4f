package io.trunkline.network.smsc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.network.Outcome;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import io.trunkline.stories.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real binds to the simulated SMSC, which reads SMPP for itself and puts segments together as handsets do. */
class SimulatedSmscTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicLong NUMBERS = new AtomicLong(447_700_000_000L);

    @TempDir
    static Path directory;

    private static Simulators simulators;
    private static HttpClient http;

    private final Received received = new Received();
    private final List<Smscs> started = new ArrayList<>();

    /** What the SMSC has handed over. */
    private static final class Received implements FromSmsc {
        private final ConcurrentLinkedQueue<Receipt> receipts = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<InboundPart> texts = new ConcurrentLinkedQueue<>();
        private volatile int refusals;
        /** What receipts wait for to be kept. */
        private volatile CompletionStage<Boolean> keeping = CompletableFuture.completedStage(true);

        @Override
        public CompletionStage<Boolean> receipt(Receipt receipt) {
            receipts.add(receipt);
            return keeping;
        }

        @Override
        public synchronized CompletionStage<Boolean> text(InboundPart part) {
            if (refusals > 0) {
                refusals--;
                throw new IllegalStateException("not now");
            }
            texts.add(part);
            return CompletableFuture.completedStage(true);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void end() {
        http.close();
        simulators.close();
    }

    @BeforeEach
    void behave() {
        control("DELETE", "/smsc/faults", "");
        control("PUT", "/smsc", "{\"receipt_after_ms\": 0, \"receipt_ids\": \"hex\", \"receipt_tlvs\": true}");
    }

    @AfterEach
    void unbind() {
        started.forEach(Smscs::stop);
    }

    private static JsonNode control(String method, String path, String body) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(simulators.controlUrl() + path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
            return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SmscSettings settings(
            SmscSettings.Mode mode, SmscSettings.Concatenation concatenation, SmscSettings.Ids ids, int window) {
        return settings(mode, concatenation, ids, 2, window);
    }

    private static SmscSettings settings(
            SmscSettings.Mode mode,
            SmscSettings.Concatenation concatenation,
            SmscSettings.Ids ids,
            int binds,
            int window) {
        return new SmscSettings(
                "smsc",
                simulators.smppHost(),
                simulators.smppPort(),
                "test",
                "secret",
                "",
                mode,
                binds,
                window,
                0,
                concatenation,
                ids,
                List.of(),
                false,
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMillis(500));
    }

    private static SmscSettings plain() {
        return settings(SmscSettings.Mode.TRANSCEIVER, SmscSettings.Concatenation.UDH, SmscSettings.Ids.ALIKE, 20);
    }

    private Smsc bound(SmscSettings settings) {
        var smscs = new Smscs(List.of(settings));
        smscs.start(received, () -> {});
        started.add(smscs);
        Smsc smsc = smscs.all().getFirst();
        int binds = settings.binds() * (settings.mode() == SmscSettings.Mode.TRANSCEIVER ? 1 : 2);
        Api.await("binds", () -> smsc.up() == binds);
        return smsc;
    }

    /** Submits all of it; answers the ids. */
    private static List<String> send(Smsc smsc, String to, String text) {
        Segments segments = Segments.of(text);
        int parts = smsc.submissions(segments.count());
        var ids = new ArrayList<String>();
        for (int part = 1; part <= parts; part++) {
            Outcome<String> outcome = smsc.submit(new ShortMessage(
                    "447700900001",
                    to,
                    segments.encoding(),
                    parts == segments.count() ? segments.parts().get(part - 1) : segments.whole(),
                    to.hashCode() & 0xff,
                    parts,
                    part,
                    Duration.ofHours(25)));
            assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
            if (outcome instanceof Outcome.Accepted<String>(String id)) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static ShortMessage hello() {
        byte[] words = Segments.of("Hello").whole();
        return new ShortMessage("447700900001", number(), Encoding.GSM7, words, 1, 1, 1, Duration.ofHours(1));
    }

    @Test
    void what_a_lost_connection_leaves_unanswered_ends_with_it() throws Exception {
        Smsc smsc = bound(
                settings(SmscSettings.Mode.TRANSCEIVER, SmscSettings.Concatenation.UDH, SmscSettings.Ids.ALIKE, 1, 20));
        control("PUT", "/smsc/faults", "[{\"operation\": \"submit\", \"fault\": \"hang\"}]");
        var waiting = new FutureTask<>(() -> smsc.submit(hello()));
        Thread.ofVirtual().start(waiting);
        Api.await(
                "the SMSC to have it",
                () -> control("GET", "/smsc/faults", "").path("faults").isEmpty());
        control("PUT", "/smsc/faults", "[{\"operation\": \"submit\", \"fault\": \"drop_before\"}]");
        Outcome<String> last = smsc.submit(hello());
        assertThat(List.of(waiting.get(), last))
                .as("not their timeout")
                .containsOnly(new Outcome.Unknown<>("the connection was lost"));
    }

    private static String number() {
        return Long.toString(NUMBERS.incrementAndGet());
    }

    private static JsonNode phone(String number) {
        return control("GET", "/phones/" + number + "/messages", "").path("messages");
    }

    private void awaitReceipts(List<String> ids) {
        Api.await(
                "receipts of " + ids,
                () -> received.receipts.stream()
                        .map(Receipt::messageId)
                        .toList()
                        .containsAll(ids));
    }

    @ParameterizedTest
    @EnumSource(SmscSettings.Concatenation.class)
    void whatever_the_text_the_phone_shows_it_as_it_was_written(SmscSettings.Concatenation concatenation) {
        Smsc smsc = bound(settings(SmscSettings.Mode.TRANSCEIVER, concatenation, SmscSettings.Ids.ALIKE, 20));
        long seed = System.nanoTime();
        var random = new Random(seed);
        var texts = new ArrayList<>(List.of(
                "x".repeat(160),
                "x".repeat(161),
                "x".repeat(306),
                "x".repeat(152) + "€",
                "x".repeat(152) + "€y".repeat(9)));
        texts.addAll(List.of("ж".repeat(70), "ж".repeat(71), "ж".repeat(66) + "📱", "ж".repeat(66) + "📱📱".repeat(9)));
        for (int i = 0; i < 40; i++) {
            texts.add(SegmentsTest.text(random));
        }
        for (String text : texts) {
            String number = number();
            List<String> ids = send(smsc, number, text);
            JsonNode shown = phone(number);
            assertThat(shown.size()).as("seed %d: %s", seed, text).isEqualTo(1);
            assertThat(shown.get(0).path("text").stringValue())
                    .as("seed %d", seed)
                    .isEqualTo(text);
            assertThat(shown.get(0).path("segments").intValue()).isEqualTo(ids.size());
            assertThat(shown.get(0).path("encoding").stringValue())
                    .isEqualTo(Segments.of(text).encoding().name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void each_segment_has_a_receipt_whatever_way_its_id_is_written() {
        control("PUT", "/smsc", "{\"receipt_ids\": \"decimal\", \"receipt_tlvs\": false}");
        Smsc smsc = bound(settings(
                SmscSettings.Mode.TRANSMITTER_RECEIVER,
                SmscSettings.Concatenation.UDH,
                SmscSettings.Ids.HEX_THEN_DECIMAL,
                20));
        List<String> ids = send(smsc, number(), "x".repeat(400));
        assertThat(ids).hasSize(3);
        awaitReceipts(ids);
        assertThat(received.receipts).allMatch(receipt -> receipt.state() == Receipt.State.DELIVERED);
    }

    @Test
    void a_receipt_may_come_before_the_response_and_tells_how_it_ended() {
        control("PUT", "/smsc/faults", """
                [{"operation": "submit", "fault": "late", "delay_ms": 300},
                 {"operation": "delivery", "fault": "refuse", "code": "EXPIRED"}]""");
        Smsc smsc = bound(plain());
        String number = number();
        List<String> ids = send(smsc, number, "late");
        awaitReceipts(ids);
        Receipt receipt = received.receipts.element();
        assertThat(receipt.state()).isEqualTo(Receipt.State.EXPIRED);
        assertThat(receipt.error()).isEqualTo("011");
        assertThat(phone(number).size()).isZero();
    }

    private static Outcome<String> submit(Smsc smsc, String to) {
        return smsc.submit(
                new ShortMessage("447700900001", to, Encoding.GSM7, new byte[] {'x'}, 0, 1, 1, Duration.ofHours(1)));
    }

    @Test
    void receipts_that_are_being_kept_hold_up_no_response_and_come_again_where_they_were_not() {
        int many = 200;
        var keeping = new CompletableFuture<Boolean>();
        received.keeping = keeping;
        Smsc smsc = bound(
                settings(SmscSettings.Mode.TRANSCEIVER, SmscSettings.Concatenation.UDH, SmscSettings.Ids.ALIKE, 1, 20));
        String number = number();
        List<String> ids = Stream.generate(() -> send(smsc, number, "Hello").getFirst())
                .limit(many)
                .toList();
        Api.await("all receipts at once", () -> received.receipts.size() == many);
        received.keeping = CompletableFuture.completedStage(true);
        keeping.completeExceptionally(new IllegalStateException("not kept"));
        Api.await("all of them again", () -> received.receipts.size() == 2 * many);
        assertThat(received.receipts.stream().map(Receipt::messageId))
                .containsAll(ids)
                .hasSize(2 * many);
        assertThat(new HashSet<>(received.receipts)).as("each twice").hasSize(many);
    }

    @Test
    void no_more_is_unanswered_than_the_window_allows() throws Exception {
        Smsc smsc = bound(
                settings(SmscSettings.Mode.TRANSCEIVER, SmscSettings.Concatenation.UDH, SmscSettings.Ids.ALIKE, 1, 5));
        control(
                "PUT",
                "/smsc/faults",
                "[{\"operation\": \"submit\", \"fault\": \"late\", \"delay_ms\": 300, \"times\": 15}]");
        long start = System.nanoTime();
        List<FutureTask<Outcome<String>>> all = Stream.generate(() -> new FutureTask<>(() -> smsc.submit(hello())))
                .limit(15)
                .toList();
        all.forEach(Thread::startVirtualThread);
        for (FutureTask<Outcome<String>> one : all) {
            assertThat(one.get()).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("five at a time")
                .isGreaterThan(Duration.ofMillis(3 * 300));
    }

    @Test
    void a_bind_whose_smsc_is_silent_is_asked_and_made_again() {
        control("PUT", "/smsc/faults", "[{\"operation\": \"enquire_link\", \"fault\": \"hang\"}]");
        var smscs = new Smscs(List.of(timed(Duration.ofMillis(500), Duration.ofMillis(200))));
        var binds = new AtomicInteger();
        smscs.start(received, binds::incrementAndGet);
        started.add(smscs);
        Api.await("it to be bound again", () -> binds.get() >= 2);
        assertThat(control("GET", "/smsc/faults", "").path("faults").isEmpty())
                .as("it was asked")
                .isTrue();
    }

    private static SmscSettings timed(Duration responseTimeout, Duration enquireLink) {
        return of("timed", simulators.smppHost(), "timed", 1, responseTimeout, enquireLink);
    }

    @Test
    void two_names_at_one_smsc_need_a_system_id_each() {
        SmscSettings one = plain();
        assertThatThrownBy(() ->
                        new Smscs(List.of(one, named("other", one.host().toUpperCase(Locale.ROOT), "test"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "trunkline.smsc: expected a system-id of its own for each name at one SMSC, got \"test\" at"
                                + " %s:%d for smsc and other; set trunkline.smsc.other.system-id, or make it one"
                                + " name with more binds",
                        one.host(), one.port());
        assertThat(new Smscs(List.of(one, named("other", one.host(), "another"), named("third", "127.1.1.1", "test")))
                        .all())
                .hasSize(3);
    }

    private static SmscSettings named(String name, String host, String systemId) {
        SmscSettings all = plain();
        return of(name, host, systemId, all.binds(), all.responseTimeout(), all.enquireLink());
    }

    /** Everything else as usual. */
    private static SmscSettings of(
            String name, String host, String systemId, int binds, Duration responseTimeout, Duration enquireLink) {
        SmscSettings all = plain();
        return new SmscSettings(
                name,
                host,
                all.port(),
                systemId,
                all.password(),
                all.systemType(),
                all.mode(),
                binds,
                all.window(),
                all.perSecond(),
                all.concatenation(),
                all.ids(),
                all.prefixes(),
                all.tls(),
                all.trusted(),
                all.connectTimeout(),
                responseTimeout,
                enquireLink,
                all.longestBackoff());
    }

    @Test
    void refusals_are_for_now_or_for_good() {
        control("PUT", "/smsc/faults", """
                [{"operation": "submit", "fault": "refuse", "code": "0x58"},
                 {"operation": "submit", "fault": "refuse", "code": "0x0b"},
                 {"operation": "submit", "fault": "error_500"}]""");
        Smsc smsc = bound(plain());
        assertThat(submit(smsc, number()))
                .isEqualTo(new Outcome.Rejected<>(Smsc.TOO_MUCH, "the SMSC wants less at a time: smpp_0x58", true));
        assertThat(submit(smsc, number())).isInstanceOfSatisfying(Outcome.Rejected.class, refused -> {
            assertThat(refused.code()).isEqualTo("smpp_0x0b");
            assertThat(refused.retryable()).isFalse();
        });
        assertThat(submit(smsc, number()))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        refused -> assertThat(refused.retryable()).isTrue());
        assertThat(submit(smsc, number())).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void a_bind_that_is_cut_is_made_again_and_what_it_had_sent_is_unknown() {
        Smsc smsc = bound(plain());
        control("PUT", "/smsc/faults", "[{\"operation\": \"submit\", \"fault\": \"drop_after\"}]");
        String number = number();
        assertThat(submit(smsc, number)).isInstanceOf(Outcome.Unknown.class);
        assertThat(phone(number).size()).isEqualTo(1);
        Api.await("the bind", () -> smsc.up() == 2);
        assertThat(submit(smsc, number())).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void what_a_phone_writes_comes_in_and_again_until_it_is_kept() {
        received.refusals = 1;
        Smsc smsc = bound(plain());
        String number = number();
        control(
                "POST",
                "/phones/" + number + "/messages",
                "{\"to\": \"447700900001\", \"text\": \"" + "ж".repeat(100) + "\", \"reversed\": true}");
        Api.await("both segments", () -> received.texts.size() == 2);
        assertThat(smsc.up()).isEqualTo(2);
        List<InboundPart> parts = received.texts.stream()
                .sorted(Comparator.comparingInt(InboundPart::number))
                .toList();
        assertThat(parts)
                .allMatch(part -> part.from().equals(number)
                        && part.to().equals("447700900001")
                        && part.total() == 2
                        && part.reference() == parts.getFirst().reference());
        assertThat(parts.getFirst().text() + parts.getLast().text()).isEqualTo("ж".repeat(100));
    }

    @Test
    void without_a_bind_nothing_is_sent() {
        var smscs = new Smscs(List.of(plain()));
        Smsc smsc = smscs.all().getFirst();
        assertThat(smsc.capacity()).isZero();
        assertThat(submit(smsc, number()))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        refused -> assertThat(refused.code()).isEqualTo(Smsc.UNREACHABLE));
    }
}
