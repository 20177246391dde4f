package io.trunkline.network.smdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Outcome;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against the simulated SM-DP+, which has read the standard for itself. */
class Es2PlusTest {
    private static final String EID = "89049032123451234512345678901235";
    private static final String FIRST_BODY = "894900000000000000";
    private static final Iccid ICCID = Iccid.ofBody(FIRST_BODY);
    private static final FunctionCall CALL = new FunctionCall("TX-1", "correlation-1");
    private static final Outcome<SmdpPlus.Done> DONE = new Outcome.Accepted<>(new SmdpPlus.Done());

    @TempDir
    Path directory;

    private final MatchingIds matchingIds = new MatchingIds();
    private Simulators simulators;
    private Es2Plus smdp;

    @BeforeEach
    void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        smdp = new Es2Plus(settings(Duration.ofSeconds(20)));
        control(
                "POST",
                "/smdp/stock",
                "{\"profile_type\":\"std\",\"first_body\":\"" + FIRST_BODY + "\",\"count\":1000}");
    }

    @AfterEach
    void stop() {
        smdp.close();
        simulators.close();
    }

    private SmdpSettings settings(Duration timeout) {
        return new SmdpSettings(
                simulators.smdpUrl(),
                "ours.example.com",
                SmdpSettings.DEFAULT_REQUESTER,
                SmdpSettings.DEFAULT_PROTOCOL_VERSION,
                false,
                false,
                Duration.ofSeconds(2),
                timeout,
                8,
                Duration.ofSeconds(1));
    }

    private JsonNode control(String method, String path, String body) throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(simulators.controlUrl() + path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
            return new JsonMapper().readTree(answer.body());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private JsonNode profile(Iccid iccid) throws IOException {
        return control("GET", "/smdp/profiles/" + iccid, "");
    }

    private void fault(String fault) throws IOException {
        control("PUT", "/smdp/faults", "[" + fault + "]");
    }

    private Outcome<SmdpPlus.Ordered> order() {
        return smdp.downloadOrder(DownloadOrder.of(ICCID), CALL);
    }

    private static String code(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Accepted<?> _ -> "accepted";
            case Outcome.Rejected<?> rejected -> rejected.code();
            case Outcome.Unknown<?> _ -> "unknown";
        };
    }

    @Test
    void anOrderWithoutADeviceGoesFromTheStockToReleased() throws IOException {
        String matchingId = matchingIds.next();
        assertThat(order()).isEqualTo(new Outcome.Accepted<>(new SmdpPlus.Ordered(ICCID)));
        assertThat(profile(ICCID).path("state").asString()).isEqualTo("Allocated");
        assertThat(smdp.confirmOrder(ConfirmOrder.released(ICCID, matchingId), CALL))
                .isEqualTo(new Outcome.Accepted<>(new SmdpPlus.Confirmed(matchingId, "smdp.trunkline.invalid", null)));
        JsonNode profile = profile(ICCID);
        assertThat(profile.path("state").asString()).isEqualTo("Released");
        assertThat(profile.path("matching_id").asString()).isEqualTo(matchingId);
        assertThat(profile.path("download_orders").asInt()).isEqualTo(1);
        assertThat(profile.path("confirm_orders").asInt()).isEqualTo(1);
    }

    @Test
    void anOrderForADeviceIsLinkedConfirmedReleasedAndCanceled() throws IOException {
        String matchingId = matchingIds.next();
        assertThat(code(smdp.downloadOrder(new DownloadOrder(ICCID, EID, "std"), CALL)))
                .isEqualTo("accepted");
        assertThat(profile(ICCID).path("state").asString()).isEqualTo("Linked");
        var confirm = new ConfirmOrder(ICCID, matchingId, false, EID, "smds.trunkline.invalid", "4711");
        assertThat(smdp.confirmOrder(confirm, CALL))
                .isEqualTo(new Outcome.Accepted<>(new SmdpPlus.Confirmed(matchingId, "smdp.trunkline.invalid", EID)));
        assertThat(profile(ICCID).path("state").asString()).isEqualTo("Confirmed");
        assertThat(smdp.releaseProfile(ICCID, CALL)).isEqualTo(DONE);
        assertThat(profile(ICCID).path("state").asString()).isEqualTo("Released");
        assertThat(smdp.cancelOrder(
                        new CancelOrder(ICCID, null, matchingId, CancelOrder.FinalStatus.UNAVAILABLE), CALL))
                .isEqualTo(DONE);
        assertThat(profile(ICCID).path("state").asString()).isEqualTo("Unavailable");
        assertThat(smdp.cancelOrder(new CancelOrder(ICCID, null, null, CancelOrder.FinalStatus.AVAILABLE), CALL))
                .isEqualTo(DONE);
        assertThat(profile(ICCID).path("state").asString()).isEqualTo("Available");
    }

    @Test
    void everyRefusalOfTheStandardIsUnderstoodAsWhatItIs() throws IOException {
        Iccid other = Iccid.ofBody("894900000000000001");
        Iccid unknown = Iccid.ofBody("894911111111111111");
        String matchingId = matchingIds.next();
        assertThat(code(smdp.downloadOrder(new DownloadOrder(ICCID, null, "none"), CALL)))
                .isEqualTo(StatusCode.PROFILE_TYPE_UNKNOWN.code());
        assertThat(code(smdp.downloadOrder(DownloadOrder.of(unknown), CALL)))
                .isEqualTo(StatusCode.ICCID_UNKNOWN.code());
        assertThat(code(smdp.releaseProfile(ICCID, CALL))).isEqualTo(StatusCode.PROFILE_NOT_RELEASABLE.code());
        assertThat(code(smdp.downloadOrder(new DownloadOrder(ICCID, EID, null), CALL)))
                .isEqualTo("accepted");
        assertThat(code(order())).as("a repetition").isEqualTo(StatusCode.PROFILE_IN_USE.code());
        assertThat(code(smdp.confirmOrder(
                        new ConfirmOrder(ICCID, matchingId, true, EID, "smds.example.com", null), CALL)))
                .isEqualTo(StatusCode.SMDS_INACCESSIBLE.code());
        assertThat(code(smdp.confirmOrder(
                        new ConfirmOrder(ICCID, matchingId, true, "89049032123451234512345678901300", null, null),
                        CALL)))
                .as("another EID, with wrong check digits")
                .isEqualTo("8.1.1/2.1");
        assertThat(code(smdp.confirmOrder(ConfirmOrder.released(ICCID, matchingId), CALL)))
                .isEqualTo("accepted");
        assertThat(code(smdp.confirmOrder(ConfirmOrder.released(ICCID, matchingId), CALL)))
                .as("a repetition")
                .isEqualTo(StatusCode.PROFILE_IN_USE.code());
        assertThat(code(smdp.downloadOrder(DownloadOrder.of(other), CALL))).isEqualTo("accepted");
        assertThat(code(smdp.confirmOrder(ConfirmOrder.released(other, matchingId), CALL)))
                .isEqualTo(StatusCode.MATCHING_ID_IN_USE.code());
        assertThat(code(smdp.confirmOrder(
                        new ConfirmOrder(other, matchingIds.next(), true, null, "smds.trunkline.invalid", null), CALL)))
                .isEqualTo(StatusCode.EID_MISSING.code());
        assertThat(code(smdp.cancelOrder(
                        new CancelOrder(ICCID, null, matchingIds.next(), CancelOrder.FinalStatus.AVAILABLE), CALL)))
                .isEqualTo(StatusCode.MATCHING_ID_DIFFERS.code());
    }

    @ParameterizedTest
    @CsvSource({
        "refuse, 8.2.5/3.7, 0, accepted", "error_500, unknown, 0, accepted", "drop_before, unknown, 0, accepted",
        "drop_after, unknown, 1, 8.2.1/3.3", "garbage, unknown, 1, 8.2.1/3.3", "twice, accepted, 1, 8.2.1/3.3"
    })
    void afterEveryFaultTheSameCallAgainTellsWhatHappened(String fault, String first, int acted, String second)
            throws IOException {
        fault("{\"operation\":\"downloadOrder\",\"fault\":\"" + fault + "\",\"code\":\"8.2.5/3.7\"}");
        assertThat(code(order())).isEqualTo(first);
        assertThat(profile(ICCID).path("download_orders").asInt()).isEqualTo(acted);
        assertThat(code(order())).isEqualTo(second);
        assertThat(profile(ICCID).path("download_orders").asInt()).isEqualTo(1);
    }

    @Test
    void whoeverIsSilentForTooLongHasAnUnknownOutcome() throws IOException {
        try (var impatient = new Es2Plus(settings(Duration.ofMillis(300)))) {
            fault("{\"fault\":\"hang\"},{\"fault\":\"late\",\"delay_ms\":600000}");
            assertThat(code(impatient.downloadOrder(DownloadOrder.of(ICCID), CALL)))
                    .isEqualTo("unknown");
            assertThat(profile(ICCID).path("download_orders").asInt()).isZero();
            assertThat(code(impatient.downloadOrder(DownloadOrder.of(ICCID), CALL)))
                    .isEqualTo("unknown");
            assertThat(profile(ICCID).path("download_orders").asInt()).isEqualTo(1);
        }
        assertThat(code(order())).isEqualTo(StatusCode.PROFILE_IN_USE.code());
    }

    @Test
    void anAnswerThatComesTwiceIsNeverTakenForTheAnswerToTheNextCall() throws IOException {
        control("PUT", "/smdp/faults", "[{\"fault\":\"twice\",\"times\":100000}]");
        for (int i = 0; i < 300; i++) {
            Iccid iccid = Iccid.ofBody(Long.toString(894_900_000_000_000_000L + i));
            assertThat(code(smdp.downloadOrder(DownloadOrder.of(iccid), CALL)))
                    .as("DownloadOrder %d", i)
                    .isEqualTo("accepted");
            // From Allocated nothing is released: an acceptance would be the first call's second answer.
            assertThat(code(smdp.releaseProfile(iccid, CALL)))
                    .as("ReleaseProfile %d", i)
                    .isEqualTo(StatusCode.PROFILE_NOT_RELEASABLE.code());
        }
    }
}
