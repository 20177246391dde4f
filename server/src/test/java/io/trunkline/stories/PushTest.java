package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Activation codes that nobody has to scan: the device learns of its profile from the discovery service. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PushTest {
    private static final String EID = "89049032123451234512345678901235";
    private static final String ORDER = """
            {"type": "activate_subscription", "account_id": "%s",
             "subscriber": {"first_name": "Ada", "last_name": "Byron", "email": "ada@push.example"},
             "sim_profile": {"sim_type": "esim", "delivery": %s}}""";

    private World world;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("push").stock(4);
        api = world.api();
    }

    private Api.Answer order(String delivery) {
        return api.post("/enterprise/orders", ORDER.formatted(world.account(), delivery));
    }

    private JsonNode pushed() {
        Api.Answer placed = order("{\"type\": \"push\", \"eid\": \"" + EID + "\"}");
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode delivery = placed.json().path("sim_profile").path("delivery");
        assertThat(delivery.path("eid").stringValue()).isEqualTo(EID);
        assertThat(delivery.path("state").stringValue()).isEqualTo("pending");
        return api.awaitOrder(placed.link("self")).json();
    }

    @Test
    void itIsOrderedForTheDeviceAndSentOnceTheDiscoveryServiceKnows() {
        JsonNode order = pushed();
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        JsonNode delivery = order.path("sim_profile").path("delivery");
        assertThat(delivery.path("type").stringValue()).isEqualTo("push");
        assertThat(delivery.path("eid").stringValue()).isEqualTo(EID);
        assertThat(delivery.path("state").stringValue()).isEqualTo("sent");
        assertThat(delivery.path("to").isEmpty()).isTrue();
        JsonNode profile = Api.JSON.readTree(world.control(
                "GET",
                "/smdp/profiles/" + order.path("sim_profile").path("iccid").stringValue(),
                null));
        assertThat(profile.path("eid").stringValue("")).isEqualTo(EID);
        assertThat(profile.path("state").stringValue()).isEqualTo("Released");
        JsonNode shown = api.get(order.path("sim_profile")
                        .path("_links")
                        .path("self")
                        .path("href")
                        .stringValue())
                .json();
        assertThat(shown.path("eid").stringValue("")).isEqualTo(EID);
    }

    @Test
    void aDiscoveryServiceThatIsAwayIsTriedAgain() {
        world.faults("smdp", """
                [{"operation": "confirmOrder", "fault": "refuse", "code": "8.9/5.1", "times": 1},
                 {"operation": "confirmOrder", "fault": "refuse", "code": "8.9/4.2", "times": 1}]""");
        try {
            JsonNode order = pushed();
            assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
            assertThat(order.path("sim_profile").path("delivery").path("state").stringValue())
                    .isEqualTo("sent");
        } finally {
            world.noFaults();
        }
    }

    @Test
    void anOrderThatTheDiscoveryNeverHearsOfIsFailedAndTheProfileIsNobodysDevices() {
        world.faults("smdp", """
                [{"operation": "confirmOrder", "fault": "refuse", "code": "8.1.1/3.10", "times": 1}]""");
        try {
            JsonNode order = pushed();
            assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("canceled");
            assertThat(order.path("cancel_reason").path("detail").stringValue()).contains("8.1.1/3.10");
            assertThat(order.path("sim_profile").path("delivery").path("state").stringValue())
                    .isEqualTo("failed");
            new Ledger(world).settle();
            JsonNode profile = Api.JSON.readTree(world.control(
                    "GET",
                    "/smdp/profiles/" + order.path("sim_profile").path("iccid").stringValue(),
                    null));
            assertThat(profile.path("state").stringValue()).isEqualTo("Available");
            assertThat(profile.path("eid").isNull()).isTrue();
        } finally {
            world.noFaults();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"type\": \"push\"}; /sim_profile/delivery/eid required",
                "{\"type\": \"push\", \"eid\": null}; /sim_profile/delivery/eid required",
                "{\"type\": \"push\", \"eid\": 7}; /sim_profile/delivery/eid type",
                "{\"type\": \"push\", \"eid\": \"89049032123451234512345678901236\"};"
                        + " /sim_profile/delivery/eid pattern",
                "{\"type\": \"push\", \"eid\": \"8904903212345123451234567890123\"}; /sim_profile/delivery/eid pattern",
                "{\"type\": \"push\", \"eid\": \"89049032123451234512345678901235\", \"to\": []};"
                        + " /sim_profile/delivery/to unknown",
                "{\"type\": \"api\", \"eid\": \"89049032123451234512345678901235\"}; /sim_profile/delivery/eid unknown"
            })
    void aDeviceIsNamedByAnEidWhoseCheckDigitsHoldAndOnlyByPush(String delivery, String violation) {
        Api.Answer answer = order(delivery);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly(violation);
    }
}
