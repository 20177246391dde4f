package io.trunkline.network.smdp;

import static io.trunkline.network.smdp.ScriptedSmdp.SUCCESS;
import static io.trunkline.network.smdp.ScriptedSmdp.http;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, byte for byte, and what becomes of answers that no simulator gives. */
class Es2WireTest {
    private static final Iccid ICCID = Iccid.ofBody("894900000000000000");
    private static final String EID = "89049032123451234512345678901235";
    private static final String MATCHING_ID = "04386-AGYFT-A74Y8-3F815";
    private static final FunctionCall CALL = new FunctionCall("TX-1", "correlation-1");
    private static final Duration SHORT = Duration.ofMillis(300);

    private static SmdpSettings settings(URI url) {
        return SmdpSettings.at(url, "smdp.example.com");
    }

    private static SmdpSettings with(URI url, boolean padding, Duration requestTimeout, int calls, Duration wait) {
        return new SmdpSettings(
                url,
                "smdp.example.com",
                "2.999.77",
                "2.4.0",
                padding,
                false,
                Duration.ofSeconds(2),
                requestTimeout,
                calls,
                wait);
    }

    private static Outcome<SmdpPlus.Ordered> order(ScriptedSmdp peer) {
        return order(settings(peer.url()));
    }

    private static Outcome<SmdpPlus.Ordered> order(SmdpSettings settings) {
        try (var smdp = new Es2Plus(settings)) {
            return smdp.downloadOrder(DownloadOrder.of(ICCID), CALL);
        }
    }

    private static Outcome<SmdpPlus.Confirmed> confirm(ScriptedSmdp peer, ConfirmOrder order) {
        try (var smdp = new Es2Plus(settings(peer.url()))) {
            return smdp.confirmOrder(order, CALL);
        }
    }

    private static String success(String fields) {
        return SUCCESS.substring(0, SUCCESS.length() - 1) + "," + fields + "}";
    }

    private static String ended(String status) {
        return "{\"header\":{\"functionExecutionStatus\":" + status + "}}";
    }

    @Test
    void aRequestHasTheHeadersAndFieldsOfTheStandard() throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, success("\"iccid\":\"" + ICCID + "\"")))) {
            assertThat(order(peer)).isEqualTo(new Outcome.Accepted<>(new SmdpPlus.Ordered(ICCID)));
            ScriptedSmdp.Asked asked = peer.onlyOne();
            assertThat(asked.line()).isEqualTo("POST /gsma/rsp2/es2plus/downloadOrder HTTP/1.1");
            assertThat(asked.header("Content-Type")).isEqualTo("application/json");
            assertThat(asked.header("X-Admin-Protocol")).isEqualTo("gsma/rsp/v2.5.0");
            assertThat(asked.header("X-Correlation-ID")).isEqualTo("correlation-1");
            assertThat(asked.body())
                    .isEqualTo("{\"header\":{\"functionRequesterIdentifier\":\"2.999.10\","
                            + "\"functionCallIdentifier\":\"TX-1\"},\"iccid\":\"" + ICCID + "\"}");
        }
    }

    @Test
    void everyFunctionSendsItsOwnFieldsAndLeavesOutWhatIsAbsent() throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, success("\"matchingId\":\"" + MATCHING_ID + "\"")));
                var smdp = new Es2Plus(with(peer.url(), true, Duration.ofSeconds(5), 4, SHORT))) {
            smdp.downloadOrder(new DownloadOrder(ICCID, EID, "std"), CALL);
            smdp.confirmOrder(new ConfirmOrder(ICCID, MATCHING_ID, false, EID, "smds.example.com", "4711"), CALL);
            smdp.confirmOrder(ConfirmOrder.released(ICCID, MATCHING_ID), CALL);
            smdp.cancelOrder(new CancelOrder(ICCID, null, MATCHING_ID, CancelOrder.FinalStatus.UNAVAILABLE), CALL);
            smdp.cancelOrder(new CancelOrder(ICCID, EID, null, CancelOrder.FinalStatus.AVAILABLE), CALL);
            smdp.releaseProfile(ICCID, CALL);

            String head = "{\"header\":{\"functionRequesterIdentifier\":\"2.999.77\","
                    + "\"functionCallIdentifier\":\"TX-1\"},\"iccid\":\"" + ICCID + "F\"";
            assertThat(peer.asked().stream().map(ScriptedSmdp.Asked::body))
                    .containsExactly(
                            head + ",\"eid\":\"" + EID + "\",\"profileType\":\"std\"}",
                            head + ",\"eid\":\"" + EID + "\",\"matchingId\":\"" + MATCHING_ID
                                    + "\",\"confirmationCode\":\"4711\",\"smdsAddress\":\"smds.example.com\","
                                    + "\"releaseFlag\":false}",
                            head + ",\"matchingId\":\"" + MATCHING_ID + "\",\"releaseFlag\":true}",
                            head + ",\"matchingId\":\"" + MATCHING_ID
                                    + "\",\"finalProfileStatusIndicator\":\"Unavailable\"}",
                            head + ",\"eid\":\"" + EID + "\",\"finalProfileStatusIndicator\":\"Available\"}",
                            head + "}");
            assertThat(peer.asked().stream().map(asked -> asked.line().split(" ", -1)[1]))
                    .containsExactly(
                            "/gsma/rsp2/es2plus/downloadOrder",
                            "/gsma/rsp2/es2plus/confirmOrder",
                            "/gsma/rsp2/es2plus/confirmOrder",
                            "/gsma/rsp2/es2plus/cancelOrder",
                            "/gsma/rsp2/es2plus/cancelOrder",
                            "/gsma/rsp2/es2plus/releaseProfile");
            assertThat(peer.asked())
                    .allSatisfy(asked ->
                            assertThat(asked.header("X-Admin-Protocol")).isEqualTo("gsma/rsp/v2.4.0"));
        }
    }

    @Test
    void aBaseUrlMayHaveAPathAndASlashAtItsEnd() throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, SUCCESS))) {
            order(settings(URI.create(peer.url() + "/tenant/7/")));
            assertThat(peer.onlyOne().line()).startsWith("POST /tenant/7/gsma/rsp2/es2plus/downloadOrder ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"%sF\"", "\"%sf\"", "\"%s\"", "%s", "null", "\"\""})
    void anIccidMayBePaddedANumberOrLeftOut(String form) throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, success("\"iccid\":" + form.formatted(ICCID))))) {
            assertThat(order(peer)).isEqualTo(new Outcome.Accepted<>(new SmdpPlus.Ordered(ICCID)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"8949000000000000019\"", "\"none\"", "7"})
    void anAnswerForAnotherProfileIsUnknown(String iccid) throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, success("\"iccid\":" + iccid)))) {
            assertThat(order(peer)).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void aConfirmationUnderAnotherMatchingIdOrEidMakesNoActivationCode() throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, success("\"matchingId\":\"OTHER-SECRET\"")))) {
            var outcome = confirm(peer, ConfirmOrder.released(ICCID, MATCHING_ID));
            assertThat(outcome).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo("matching_id_differs");
                assertThat(rejected.retryable()).isFalse();
            });
            assertThat(outcome.toString()).doesNotContain("OTHER-SECRET").doesNotContain(MATCHING_ID);
        }
        try (var peer = ScriptedSmdp.answering(http(
                200, success("\"matchingId\":\"" + MATCHING_ID + "\",\"eid\":\"" + EID.replace('1', '2') + "\"")))) {
            assertThat(confirm(peer, new ConfirmOrder(ICCID, MATCHING_ID, true, EID, null, null)))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo("eid_differs"));
        }
    }

    @Test
    void aConfirmationTellsWhereToDownloadFromAndOurOwnAddressStandsInForANonsense() throws IOException {
        String answer = "\"matchingId\":\"" + MATCHING_ID + "\",\"eid\":" + EID + ",\"smdpAddress\":";
        try (var peer = ScriptedSmdp.answering(http(200, success(answer + "\"rsp.example.net\"")))) {
            assertThat(confirm(peer, new ConfirmOrder(ICCID, MATCHING_ID, true, EID, null, null)))
                    .isEqualTo(new Outcome.Accepted<>(new SmdpPlus.Confirmed(MATCHING_ID, "rsp.example.net", EID)));
        }
        for (String nonsense : new String[] {"\"no$address\"", "null", "\"\""}) {
            try (var peer = ScriptedSmdp.answering(http(200, success(answer + nonsense)))) {
                assertThat(confirm(peer, ConfirmOrder.released(ICCID, MATCHING_ID)))
                        .as(nonsense)
                        .isEqualTo(
                                new Outcome.Accepted<>(new SmdpPlus.Confirmed(MATCHING_ID, "smdp.example.com", EID)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8.2.1, 3.3, false",
        "8.2.1, 3.9, false",
        "8.2.6, 3.3, false",
        "8.9, 5.1, true",
        "8.9, 4.2, true",
        "8.2.5, 3.7, false",
        "7.7.7, 1.1, false"
    })
    void aFailedFunctionIsRejectedWithThePeersCode(String subject, String reason, boolean retryable)
            throws IOException {
        String data = "{\"subjectCode\":\"" + subject + "\",\"reasonCode\":\"" + reason
                + "\",\"subjectIdentifier\":\"SECRET\",\"message\":\"why\\nnot\"}";
        try (var peer =
                ScriptedSmdp.answering(http(200, ended("{\"status\":\"Failed\",\"statusCodeData\":" + data + "}")))) {
            assertThat(order(peer)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo(subject + "/" + reason);
                assertThat(rejected.retryable()).isEqualTo(retryable);
                assertThat(rejected.detail()).endsWith("(why?not)").doesNotContain("SECRET");
            });
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\":\"Executed-WithWarning\"}|unknown",
                "{\"status\":\"Expired\"}|expired",
                "{\"status\":\"Failed\"}|unspecified",
                "{\"status\":\"executed-success\"}|unknown",
                "{\"status\":\"Done\"}|unknown",
                "{\"status\":null}|unknown",
                "{}|unknown",
                "\"Executed-Success\"|unknown"
            })
    void onlyExecutedSuccessIsSuccess(String status, String expected) throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, ended(status)))) {
            switch (order(peer)) {
                case Outcome.Accepted<?> accepted -> throw new AssertionError(accepted);
                case Outcome.Rejected<?> rejected -> assertThat(rejected.code()).isEqualTo(expected);
                case Outcome.Unknown<?> _ -> assertThat(expected).isEqualTo("unknown");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "no JSON", "[]", "7", "null", "{", "{\"header\":", "\u0000\u0001{]%", "<html></html>", "{}{}"
            })
    void garbageIsUnknown(String body) throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, body))) {
            assertThat(order(peer)).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void deepAndHugeAnswersAreNotReadToTheirEnd() throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, "[".repeat(60_000)))) {
            assertThat(order(peer)).isInstanceOf(Outcome.Unknown.class);
        }
        // Without an end: only the bound ends it, since the client's patience is longer than the test's.
        var patient = Duration.ofMinutes(5);
        try (var peer = ScriptedSmdp.start((_, socket) -> {
            ScriptedSmdp.write(socket, bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
            while (true) {
                ScriptedSmdp.write(socket, bytes("1000\r\n" + " ".repeat(0x1000) + "\r\n"));
            }
        })) {
            assertThat(order(with(peer.url(), false, patient, 1, SHORT))).isInstanceOf(Outcome.Unknown.class);
        }
        try (var peer = ScriptedSmdp.start((_, socket) ->
                ScriptedSmdp.write(socket, bytes("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{")))) {
            assertThat(order(with(peer.url(), false, SHORT, 1, SHORT))).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "301, true",
        "302, true",
        "307, true",
        "401, true",
        "403, true",
        "404, true",
        "408, true",
        "429, true",
        "400, false",
        "405, false",
        "413, false",
        "415, false",
        "422, false"
    })
    void redirectsAndClientErrorsAreRejectedAndNotFollowed(int status, boolean retryable) throws IOException {
        try (var peer = ScriptedSmdp.answering(http(status, "", "Location: /elsewhere"))) {
            assertThat(order(peer)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo("http_" + status);
                assertThat(rejected.retryable()).isEqualTo(retryable);
            });
            assertThat(peer.asked()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204, 500, 502, 503, 599})
    void serverErrorsAndOtherSuccessesAreUnknown(int status) throws IOException {
        try (var peer =
                ScriptedSmdp.answering(status == 204 ? bytes("HTTP/1.1 204 Said\r\n\r\n") : http(status, SUCCESS))) {
            assertThat(order(peer)).isInstanceOf(Outcome.Unknown.class);
            assertThat(peer.asked()).as("it is not repeated by itself").hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gsma/rsp/v2.2.2, true",
        "gsma/rsp/v2.5.0, true",
        "GSMA/RSP/V2.0.0, true",
        "gsma/rsp/v3.0.0, false",
        "gsma/rsp/v1.0.0, false",
        "gsma/rsp/v20.0.0, false",
        "other, false"
    })
    void anAnswerInAnotherMajorVersionIsNotUnderstood(String protocol, boolean accepted) throws IOException {
        try (var peer = ScriptedSmdp.answering(http(200, SUCCESS, "X-Admin-Protocol: " + protocol))) {
            assertThat(order(peer)).isInstanceOf(accepted ? Outcome.Accepted.class : Outcome.Unknown.class);
        }
    }

    @Test
    void aConnectionThatIsDroppedOrFallsSilentIsUnknownAtWhateverByte() throws IOException {
        String whole = new String(http(200, SUCCESS), StandardCharsets.UTF_8);
        for (int cut : new int[] {0, 5, 20, whole.length() - SUCCESS.length(), whole.length() - 1}) {
            try (var dropping = ScriptedSmdp.start((_, socket) -> {
                ScriptedSmdp.write(socket, bytes(whole.substring(0, cut)));
                socket.close();
            })) {
                assertThat(order(dropping)).as("dropped after %d", cut).isInstanceOf(Outcome.Unknown.class);
                assertThat(dropping.asked()).as("it is not repeated by itself").hasSize(1);
            }
            try (var silent =
                    ScriptedSmdp.start((_, socket) -> ScriptedSmdp.write(socket, bytes(whole.substring(0, cut))))) {
                assertThat(order(with(silent.url(), false, SHORT, 1, SHORT)))
                        .as("silent after %d", cut)
                        .isInstanceOfSatisfying(
                                Outcome.Unknown.class,
                                unknown -> assertThat(unknown.reason()).contains("no answer"));
            }
        }
    }

    @Test
    void aConnectionThatThePeerClosedBetweenTwoCallsIsReplacedOrUnknownButNeverAcceptedUnasked() throws IOException {
        try (var peer = ScriptedSmdp.start((_, socket) -> {
                    ScriptedSmdp.write(socket, http(200, SUCCESS));
                    socket.close();
                });
                var smdp = new Es2Plus(settings(peer.url()))) {
            int accepted = 0;
            for (int i = 0; i < 20; i++) {
                switch (smdp.releaseProfile(ICCID, CALL)) {
                    case Outcome.Accepted<?> _ -> accepted++;
                    case Outcome.Unknown<?> _ -> assertThat(i).isPositive();
                    case Outcome.Rejected<?> rejected -> throw new AssertionError(rejected);
                }
            }
            assertThat(peer.asked()).hasSizeGreaterThanOrEqualTo(accepted);
            assertThat(accepted).isPositive();
        }
    }

    @Test
    void whereNobodyListensTheCallIsRejectedAsUnreachable() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        for (String host : new String[] {"127.0.0.1:" + port, "smdp.invalid:" + port}) {
            assertThat(order(settings(URI.create("http://" + host))))
                    .isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                        assertThat(rejected.code()).isEqualTo("unreachable");
                        assertThat(rejected.retryable()).isTrue();
                        assertThat(rejected.detail()).contains(host);
                    });
        }
    }

    @Test
    void aPeerThatAcceptsNoConnectionIsUnreachableWithinTheTimeout() throws Exception {
        // One connection fills the queue of a listener that accepts none; the next ones get no answer.
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var first = new Socket(full.getInetAddress(), full.getLocalPort());
                var second = new Socket()) {
            second.connect(full.getLocalSocketAddress(), 2_000);
            var settings = new SmdpSettings(
                    URI.create("http://127.0.0.1:" + full.getLocalPort()),
                    "smdp.example.com",
                    "2.999.10",
                    "2.5.0",
                    false,
                    false,
                    SHORT,
                    Duration.ofMinutes(1),
                    1,
                    SHORT);
            assertThat(order(settings))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo("unreachable"));
            assertThat(first.isConnected()).isTrue();
        }
    }

    @Test
    void callsBeyondTheLimitAreBusyAndTheNextOneGoesThrough() throws Exception {
        var reached = new CountDownLatch(2);
        var goOn = new CountDownLatch(1);
        try (var peer = ScriptedSmdp.start((_, socket) -> {
                    reached.countDown();
                    await(goOn);
                    ScriptedSmdp.write(socket, http(200, SUCCESS));
                });
                var smdp = new Es2Plus(with(peer.url(), false, Duration.ofMinutes(1), 2, Duration.ofMillis(50)));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Outcome<SmdpPlus.Done>> one = threads.submit(() -> smdp.releaseProfile(ICCID, CALL));
            Future<Outcome<SmdpPlus.Done>> two = threads.submit(() -> smdp.releaseProfile(ICCID, CALL));
            await(reached);
            assertThat(smdp.releaseProfile(ICCID, CALL)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo("busy");
                assertThat(rejected.retryable()).isTrue();
            });
            assertThat(peer.asked()).hasSize(2);
            goOn.countDown();
            assertThat(one.get()).isInstanceOf(Outcome.Accepted.class);
            assertThat(two.get()).isInstanceOf(Outcome.Accepted.class);
            assertThat(smdp.releaseProfile(ICCID, CALL)).isInstanceOf(Outcome.Accepted.class);
        }
    }

    @Test
    void closingEndsACallUnderWayAsUnknownAndAnInterruptAsWell() throws Exception {
        var reached = new CountDownLatch(2);
        try (var peer = ScriptedSmdp.start((_, _) -> reached.countDown());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var smdp = new Es2Plus(with(peer.url(), false, Duration.ofMinutes(1), 2, SHORT));
            Future<Outcome<SmdpPlus.Done>> closed = threads.submit(() -> smdp.releaseProfile(ICCID, CALL));
            var outcome = new AtomicReference<Outcome<SmdpPlus.Done>>();
            Thread interrupted = Thread.ofVirtual().start(() -> outcome.set(smdp.releaseProfile(ICCID, CALL)));
            await(reached);
            interrupted.interrupt();
            interrupted.join();
            assertThat(outcome.get()).isInstanceOf(Outcome.Unknown.class);
            smdp.close();
            assertThat(closed.get()).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void namesThatCouldBreakAHeaderMakeNoCall() {
        for (String name : new String[] {"", "a\r\nX-Other: 1", "ü", "x".repeat(129), "tab\there"}) {
            assertThatThrownBy(() -> new FunctionCall(name, "c")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new FunctionCall("c", name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new FunctionCall("x".repeat(128), "~ !").identifier()).hasSize(128);
    }

    @Test
    void whatIsAskedIsNotWrittenIntoLogsWithItsSecrets() {
        assertThat(new ConfirmOrder(ICCID, MATCHING_ID, true, EID, null, "4711").toString())
                .doesNotContain(MATCHING_ID)
                .doesNotContain("4711");
        assertThat(new CancelOrder(ICCID, null, MATCHING_ID, CancelOrder.FinalStatus.AVAILABLE).toString())
                .doesNotContain(MATCHING_ID);
        assertThat(new SmdpPlus.Confirmed(MATCHING_ID, "smdp.example.com", null).toString())
                .doesNotContain(MATCHING_ID);
    }

    @Test
    void numbersInTheHeaderAreReadLikeText() throws IOException {
        String data = "{\"subjectCode\":8.9,\"reasonCode\":5.1,\"message\":17}";
        try (var peer =
                ScriptedSmdp.answering(http(200, ended("{\"status\":\"Failed\",\"statusCodeData\":" + data + "}")))) {
            assertThat(order(peer)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
                assertThat(rejected.code()).isEqualTo(StatusCode.SMDS_INACCESSIBLE.code());
                assertThat(rejected.detail()).contains("17");
            });
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("waited a minute in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
