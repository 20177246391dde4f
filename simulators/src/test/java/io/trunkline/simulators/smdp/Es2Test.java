package io.trunkline.simulators.smdp;

import static io.trunkline.simulators.Network.EID;
import static io.trunkline.simulators.Network.OTHER_EID;
import static io.trunkline.simulators.Network.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class Es2Test {
    private static final String DONE = "Executed-Success";
    private static final String FIRST = StockRange.iccid(894_900_000_000_000_000L);
    private static final String SECOND = StockRange.iccid(894_900_000_000_000_001L);

    @TempDir
    Path directory;

    private Simulators simulators;
    private Network network;

    @BeforeEach
    void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        network = new Network(simulators);
        network.stock("std", "894900000000000000", 2);
    }

    @AfterEach
    void stop() {
        network.close();
        simulators.close();
    }

    @Test
    void anOrderGoesFromAvailableToReleasedAndCountsItsFunctions() throws IOException {
        assertThat(state(FIRST)).isEqualTo("Available");
        JsonNode ordered = network.es2("downloadOrder", "iccid", FIRST + "F", "profileType", "std");
        assertThat(status(ordered)).isEqualTo(DONE);
        assertThat(ordered.path("iccid").asString()).isEqualTo(FIRST);
        assertThat(state(FIRST)).isEqualTo("Allocated");
        JsonNode confirmed = network.es2("confirmOrder", "iccid", FIRST, "matchingId", "AB-1", "releaseFlag", "false");
        assertThat(confirmed.path("matchingId").asString()).isEqualTo("AB-1");
        assertThat(confirmed.path("smdpAddress").asString()).isEqualTo("smdp.trunkline.invalid");
        assertThat(state(FIRST)).isEqualTo("Confirmed");
        assertThat(status(network.es2("releaseProfile", "iccid", FIRST))).isEqualTo(DONE);
        assertThat(status(network.es2("releaseProfile", "iccid", FIRST))).isEqualTo("8.2.1/3.5");
        JsonNode profile = network.get("/smdp/profiles/" + FIRST);
        assertThat(profile.path("state").asString()).isEqualTo("Released");
        assertThat(profile.path("download_orders").asInt()).isEqualTo(1);
        assertThat(profile.path("confirm_orders").asInt()).isEqualTo(1);
        assertThat(profile.path("matching_id").asString()).isEqualTo("AB-1");
    }

    @Test
    void aRepeatedOrderIsInUseAndChangesNothing() throws IOException {
        network.es2("downloadOrder", "iccid", FIRST);
        assertThat(status(network.es2("downloadOrder", "iccid", FIRST))).isEqualTo("8.2.1/3.3");
        network.es2("confirmOrder", "iccid", FIRST, "matchingId", "M1", "releaseFlag", true);
        assertThat(status(network.es2("confirmOrder", "iccid", FIRST, "matchingId", "M1", "releaseFlag", true)))
                .isEqualTo("8.2.1/3.3");
        network.es2("downloadOrder", "iccid", SECOND);
        assertThat(status(network.es2("confirmOrder", "iccid", SECOND, "matchingId", "M1", "releaseFlag", true)))
                .isEqualTo("8.2.6/3.3");
        assertThat(network.get("/smdp/profiles/" + FIRST).path("confirm_orders").asInt())
                .isEqualTo(1);
    }

    @Test
    void anOrderByTypeTakesAnyProfileUntilNoneIsLeftAndACanceledOneComesBack() throws IOException {
        String one =
                network.es2("downloadOrder", "profileType", "std").path("iccid").asString();
        String two =
                network.es2("downloadOrder", "profileType", "std").path("iccid").asString();
        assertThat(one).isNotEqualTo(two);
        assertThat(status(network.es2("downloadOrder", "profileType", "std"))).isEqualTo("8.2.5/3.7");
        assertThat(status(network.es2("cancelOrder", "iccid", one, "finalProfileStatusIndicator", "Available")))
                .isEqualTo(DONE);
        assertThat(network.es2("downloadOrder", "profileType", "std")
                        .path("iccid")
                        .asString())
                .isEqualTo(one);
        assertThat(network.get("/smdp/profiles/" + one).path("download_orders").asInt())
                .isEqualTo(2);
        network.es2("cancelOrder", "iccid", two, "finalProfileStatusIndicator", "Unavailable");
        assertThat(state(two)).isEqualTo("Unavailable");
        assertThat(status(network.es2("downloadOrder", "profileType", "std"))).isEqualTo("8.2.5/3.7");
    }

    @Test
    void unknownThingsAreNamedByTheirCodes() throws IOException {
        assertThat(status(network.es2("downloadOrder", "profileType", "other"))).isEqualTo("8.2.5/3.9");
        assertThat(status(network.es2("downloadOrder", "iccid", StockRange.iccid(1))))
                .isEqualTo("8.2.1/3.9");
        network.stock("data", "894911000000000000", 1);
        assertThat(status(network.es2("downloadOrder", "iccid", FIRST, "profileType", "data")))
                .isEqualTo("8.2.5/3.8");
        assertThat(status(network.es2("confirmOrder", "iccid", FIRST, "releaseFlag", true)))
                .isEqualTo("8.2.1/3.5");
        assertThat(status(network.es2("confirmOrder", "iccid", FIRST))).isEqualTo("1.6/2.2");
        assertThat(status(network.es2("releaseProfile"))).isEqualTo("8.2.1/2.2");
        assertThat(status(network.es2("downloadOrder"))).isEqualTo("8.2.1/2.3");
        assertThat(status(network.es2("downloadOrder", "iccid", "8949000000000000003")))
                .isEqualTo("8.2.1/2.1");
        assertThat(status(network.es2("cancelOrder", "iccid", FIRST, "finalProfileStatusIndicator", "Gone")))
                .isEqualTo("1.6/2.1");
    }

    @Test
    void anEidIsCheckedAndHeldAgainstLaterCalls() throws IOException {
        assertThat(status(network.es2("downloadOrder", "iccid", FIRST, "eid", "1".repeat(32))))
                .isEqualTo("8.1.1/2.1");
        network.es2("downloadOrder", "iccid", FIRST, "eid", EID);
        assertThat(state(FIRST)).isEqualTo("Linked");
        assertThat(status(network.es2("confirmOrder", "iccid", FIRST, "eid", OTHER_EID, "releaseFlag", true)))
                .isEqualTo("8.1.1/3.10");
        JsonNode confirmed = network.es2(
                "confirmOrder", "iccid", FIRST, "smdsAddress", "smds.trunkline.invalid", "releaseFlag", true);
        assertThat(confirmed.path("eid").asString()).isEqualTo(EID);
        assertThat(status(network.es2(
                        "cancelOrder", "iccid", FIRST, "eid", OTHER_EID, "finalProfileStatusIndicator", "Available")))
                .isEqualTo("8.1.1/3.10");
        assertThat(status(network.es2(
                        "cancelOrder", "iccid", FIRST, "matchingId", "X", "finalProfileStatusIndicator", "Available")))
                .isEqualTo("8.2.6/3.10");
        network.es2("downloadOrder", "iccid", SECOND);
        assertThat(status(network.es2(
                        "confirmOrder", "iccid", SECOND, "smdsAddress", "smds.trunkline.invalid", "releaseFlag", true)))
                .isEqualTo("8.1.1/2.2");
        assertThat(status(network.es2(
                        "confirmOrder", "iccid", SECOND, "eid", EID, "smdsAddress", "a.example", "releaseFlag", true)))
                .isEqualTo("8.9/5.1");
    }

    @Test
    void whatIsDownloadedCanBeNeitherCanceledNorOrdered() throws IOException {
        HttpResponse<String> put = network.send(
                "PUT",
                "/smdp/profiles/" + FIRST,
                "{\"state\":\"Installed\",\"matching_id\":\"M\",\"eid\":\"%s\"}".formatted(EID));
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        assertThat(status(network.es2("cancelOrder", "iccid", FIRST, "finalProfileStatusIndicator", "Available")))
                .isEqualTo("8.2.1/3.3");
        assertThat(status(network.es2("downloadOrder", "iccid", FIRST))).isEqualTo("8.2.1/3.3");
        assertThat(network.get("/smdp/stock").path("states").path("Installed").asInt())
                .isEqualTo(1);
    }

    @Test
    void aCallWithoutItsHeaderFailsWithHttp200AndAnotherRequesterIsNotAllowed() throws IOException {
        HttpResponse<String> answer =
                network.es2Raw("downloadOrder", "{\"iccid\":\"" + FIRST + "\"}", Duration.ofSeconds(5));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-Admin-Protocol")).contains("gsma/rsp/v2.5.0");
        assertThat(answer.body()).contains("\"subjectCode\":\"1.1\"", "\"reasonCode\":\"2.2\"");
        network.es2("downloadOrder", "iccid", FIRST);
        String stranger = "{\"header\":{\"functionRequesterIdentifier\":\"2.999.11\",\"functionCallIdentifier\":\"1\"},"
                + "\"iccid\":\"" + FIRST + "\",\"finalProfileStatusIndicator\":\"Available\"}";
        assertThat(network.es2Raw("cancelOrder", stranger, Duration.ofSeconds(5))
                        .body())
                .contains("\"subjectCode\":\"8.2.1\"", "\"reasonCode\":\"1.2\"");
        assertThat(network.es2Raw("cancelOrder", "{", Duration.ofSeconds(5)).statusCode())
                .isEqualTo(400);
        assertThat(network.es2Raw("noOrder", "{}", Duration.ofSeconds(5)).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aRangeIsLoadedOnceAndListedInPages() throws IOException {
        network.stock("std", "894900000000000000", 100_000);
        network.stock("std", "894900000000000000", 100_000);
        network.es2("downloadOrder", "iccid", SECOND);
        assertThat(network.get("/smdp/stock").path("states").path("Available").asInt())
                .isEqualTo(99_999);
        String otherType = "{\"profile_type\":\"other\",\"first_body\":\"894900000000000500\",\"count\":1}";
        assertThat(network.send("POST", "/smdp/stock", otherType).statusCode()).isEqualTo(409);
        JsonNode page = network.get("/smdp/profiles?limit=3");
        assertThat(page.path("profiles").get(1).path("state").asString()).isEqualTo("Allocated");
        String last = page.path("profiles").get(2).path("iccid").asString();
        assertThat(page.path("next_after").asString()).isEqualTo(last);
        JsonNode next = network.get("/smdp/profiles?state=Available&limit=1&after=" + last);
        assertThat(next.path("profiles").get(0).path("iccid").asString())
                .isEqualTo(StockRange.iccid(894_900_000_000_000_003L));
        assertThat(network.get("/smdp/profiles?state=Available&limit=1&after=" + last + "F"))
                .isEqualTo(next);
        assertThat(network.get("/smdp/profiles?limit=10000").path("profiles").size())
                .isEqualTo(10_000);
        assertThat(network.get("/smdp/profiles?state=Lost&limit=0")
                        .path("errors")
                        .size())
                .isEqualTo(2);
    }

    private String state(String iccid) throws IOException {
        return network.get("/smdp/profiles/" + iccid).path("state").asString();
    }
}
