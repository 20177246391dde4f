package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OfferingId;
import io.trunkline.network.Outcome;
import io.trunkline.network.hlr.CtrlHlr;
import io.trunkline.network.hlr.Line;
import io.trunkline.network.hlr.OsmoHlr;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The life of a line from its order to its end, told by the API's answers alone; after each step Debian's osmo-hlr is
 * asked what the network has of it. Skipped where that is not installed.
 */
@Tag("database")
@Tag("neighbours")
class LifeStoryTest {
    private static final String ORDERS = "/enterprise/orders";
    private static final String TO = "anna@life.example";

    @TempDir
    static Path directory;

    private record Network(World world, Api api, CtrlHlr hlr) {
        /** What the network has of a number. */
        Optional<Line> line(String msisdn) {
            if (hlr.find(new Msisdn(msisdn), "life") instanceof Outcome.Accepted<Optional<Line>>(Optional<Line> line)) {
                return line;
            }
            throw new AssertionError("the HLR does not answer");
        }

        Line expected(String msisdn) {
            return line(msisdn).orElseThrow(() -> new AssertionError("the HLR does not know " + msisdn));
        }

        JsonNode order(String type, JsonNode subscription, String more) {
            String account = last(subscription, "account");
            String id = subscription.path("id").stringValue();
            String body = """
                    {"type": "%s", "account_id": "%s", "subscription_id": "%s"%s}""";
            Api.Answer placed = api.post(ORDERS, body.formatted(type, account, id, more));
            assertThat(placed.status()).as(placed.text()).isEqualTo(201);
            JsonNode order = api.awaitOrder(placed.link("self")).json();
            assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
            return order;
        }

        JsonNode profile(JsonNode subscription, String state) {
            return api.await(
                            link(subscription, "sim_profile"),
                            answer ->
                                    answer.json().path("state").stringValue("").equals(state))
                    .json();
        }

        void device(String iccid, String action) {
            world.control("POST", "/devices/" + iccid + "/" + action, "");
        }
    }

    private static String link(JsonNode resource, String relation) {
        return resource.path("_links").path(relation).path("href").stringValue("");
    }

    private static String last(JsonNode resource, String relation) {
        String link = link(resource, relation);
        return link.substring(link.lastIndexOf('/') + 1);
    }

    @Test
    void aLineIsOrderedUsedChangedAndEnded() throws Exception {
        assumeTrue(OsmoHlr.isInstalled(), "install it to run this test: apt-get install osmo-hlr");
        try (OsmoHlr osmo = OsmoHlr.start(directory);
                var hlr = new CtrlHlr(osmo.settings());
                RunningServer server = RunningServer.start(Map.of(
                        "trunkline.hlr.host", osmo.settings().host(),
                        "trunkline.hlr.port", Integer.toString(osmo.settings().port())))) {
            World world = server.world("life").stock(1, 3);
            Changing.devicesReportTo(server, world);
            live(new Network(world, world.api(), hlr), new Mailbox(server));
        }
    }

    private static void live(Network network, Mailbox mailbox) {
        JsonNode subscription = activated(network, mailbox);
        String number = subscription
                .path("_embedded")
                .path("phone_numbers")
                .path("_embedded")
                .path("phone_numbers")
                .path(0)
                .path("msisdn")
                .asString();
        assertThat(network.expected(number).services().voice()).isTrue();
        assertThat(network.expected(number).services().data()).isTrue();

        suspendedAndResumed(network, subscription, number);
        anAddOnIsAdded(network, subscription);
        thePhoneIsLost(network, subscription, number);
        aNewDevice(network, subscription, number);
        ended(network, subscription, number);
    }

    /** Ordered by mail; the code of the mail is what the phone installs. */
    private static JsonNode activated(Network network, Mailbox mailbox) {
        Api.Answer placed = network.api().post(ORDERS, network.world().sampleOrder(TO, "cc-" + TO));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        JsonNode order = network.api().awaitOrder(placed.link("self")).json();
        assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        List<Mailbox.Mail> mails = mailbox.await(TO, 1);
        String iccid = order.path("sim_profile").path("iccid").stringValue();
        assertThat(QrReader.png(mails.getFirst().attachment().content())).startsWith("LPA:1$");
        JsonNode subscription = network.api()
                .get(link(order, "subscription"), "Prefer", "transclude=phone_numbers")
                .json();
        assertThat(subscription.path("status").stringValue()).isEqualTo("active");
        network.device(iccid, "download");
        network.device(iccid, "install");
        network.profile(subscription, "installed");
        return subscription;
    }

    private static void suspendedAndResumed(Network network, JsonNode subscription, String number) {
        network.order("suspend_subscription", subscription, ", \"reason\": \"temporary_leave\"");
        assertThat(status(network, subscription)).isEqualTo("suspended");
        assertThat(network.expected(number).services().voice()).isFalse();
        assertThat(network.expected(number).services().data()).isFalse();
        network.order("resume_subscription", subscription, "");
        assertThat(status(network, subscription)).isEqualTo("active");
        assertThat(network.expected(number).services().voice()).isTrue();
        assertThat(network.expected(number).services().data()).isTrue();
    }

    private static void anAddOnIsAdded(Network network, JsonNode subscription) {
        OfferingId addOn = network.world().addOn("5GB Data");
        network.order("change_products", subscription, ", \"add\": [\"%s\"]".formatted(addOn));
        assertThat(products(network, subscription, "active")).containsExactlyInAnyOrder("10GB Plan", "5GB Data");
    }

    /** Whoever has the phone cannot use the line from the first moment on. */
    private static void thePhoneIsLost(Network network, JsonNode subscription, String number) {
        Line lost = network.expected(number);
        JsonNode order = network.order("change_sim_profile", subscription, """
                , "reason": "lost_or_stolen", "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}""");
        String iccid = order.path("sim_profile").path("iccid").stringValue();
        Api.await(
                "the lost SIM to be cut",
                () -> network.line(number)
                        .filter(line -> line.imsi().equals(lost.imsi()))
                        .isEmpty());
        assertThat(network.profile(subscription, "released").path("iccid").stringValue())
                .isEqualTo(iccid);
        network.device(iccid, "download");
        network.device(iccid, "install");
        network.profile(subscription, "installed");
        Api.await(
                "the number to be with the new SIM", () -> network.line(number).isPresent());
        assertThat(network.expected(number).imsi()).isNotEqualTo(lost.imsi());
        assertThat(network.expected(number).services().voice()).isTrue();
    }

    /** The old phone works until the new one has its profile. */
    private static void aNewDevice(Network network, JsonNode subscription, String number) {
        Line old = network.expected(number);
        JsonNode order = network.order("change_sim_profile", subscription, """
                , "reason": "device_change", "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}""");
        String iccid = order.path("sim_profile").path("iccid").stringValue();
        JsonNode released = network.profile(subscription, "released");
        assertThat(released.path("iccid").stringValue()).isEqualTo(iccid);
        assertThat(link(released, "previous")).isNotEmpty();
        assertThat(network.expected(number).imsi()).isEqualTo(old.imsi());
        network.device(iccid, "download");
        network.device(iccid, "install");
        Api.await(
                "the number to move",
                () -> network.line(number)
                        .filter(line -> !line.imsi().equals(old.imsi()))
                        .isPresent());
        network.api()
                .await(
                        link(subscription, "sim_profile"),
                        answer -> answer.link("previous").isEmpty());
        assertThat(network.expected(number).services().voice()).isTrue();
    }

    private static void ended(Network network, JsonNode subscription, String number) {
        network.order("terminate_subscription", subscription, ", \"reason\": \"left_organization\"");
        Api.Answer ended = network.api().get(link(subscription, "self"));
        assertThat(ended.json().path("status").stringValue()).isEqualTo("terminated");
        assertThat(Instant.parse(ended.json().path("terminated_at").stringValue()))
                .isBeforeOrEqualTo(Instant.now());
        assertThat(products(network, subscription, "active")).isEmpty();
        assertThat(products(network, subscription, "terminated")).contains("10GB Plan", "5GB Data");
        assertThat(network.line(number)).isEmpty();
        Api.Answer second = network.api().post(ORDERS, """
                        {"type": "resume_subscription", "account_id": "%s", "subscription_id": "%s"}""".formatted(
                        last(subscription, "account"), subscription.path("id").stringValue()));
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("subscription_state_conflict");
        assertThat(second.text()).contains("terminated");
        assertThat(network.world()
                        .sql()
                        .list("SELECT state FROM number_stock WHERE msisdn = ?", row -> row.text("state"), number))
                .containsExactly("quarantined");
    }

    private static String status(Network network, JsonNode subscription) {
        return network.api()
                .get(link(subscription, "self"))
                .json()
                .path("status")
                .stringValue("");
    }

    private static List<String> products(Network network, JsonNode subscription, String status) {
        return network.api()
                .get("/enterprise/products?subscription_id="
                        + subscription.path("id").stringValue() + "&status=" + status)
                .json()
                .path("_embedded")
                .path("products")
                .valueStream()
                .map(product -> product.path("_embedded")
                        .path("product-offering")
                        .path("name")
                        .stringValue(""))
                .toList();
    }
}
