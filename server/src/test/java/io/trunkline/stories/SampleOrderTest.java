package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.network.smdp.ActivationCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The main job: the reference's own sample order becomes an emailed, active eSIM. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleOrderTest {
    /** The goal is 2 s on an idle machine; beyond this something waits that should not. */
    private static final Duration GENEROUS = Duration.ofSeconds(10);

    private static final String STUCK = """
            [{"operation": "downloadOrder", "fault": "error_500", "times": 100000}]""";

    private World world;
    private Api api;
    private Mailbox mailbox;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("sample").stock(20);
        api = world.api();
        mailbox = new Mailbox(server);
    }

    @AfterEach
    void behave() {
        world.noFaults();
    }

    @Test
    void theSampleOrderIsAcceptedPendingWithSubscriptionAndSubscriber() {
        Api.Answer placed = place("accepted@sample.example", "X-Correlation-ID", "sample 1");

        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        assertThat(placed.header("Location")).isEqualTo(placed.link("self")).startsWith("http://");
        assertThat(placed.header("X-Correlation-ID")).isEqualTo("sample 1");
        assertThat(placed.header("Content-Type")).isEqualTo("application/json");
        JsonNode order = placed.json();
        assertThat(order.propertyNames())
                .containsExactly(
                        "id",
                        "status",
                        "type",
                        "account_id",
                        "subscription_id",
                        "template_id",
                        "sim_profile",
                        "phone_numbers",
                        "subscriber",
                        "reason",
                        "changes",
                        "cancel_reason",
                        "requested_at",
                        "milestones",
                        "created_at",
                        "updated_at",
                        "_links");
        assertThat(order.path("status").stringValue()).isEqualTo("pending");
        assertThat(order.path("subscription_id").stringValue()).matches("sub_[0-9A-Z]{26}");
        assertThat(order.path("subscriber").path("id").stringValue()).matches("sbr_[0-9A-Z]{26}");
        assertThat(order.path("sim_profile").path("iccid").isNull()).isTrue();
        assertThat(order.path("sim_profile").path("delivery").path("state").stringValue())
                .isEqualTo("pending");
        assertThat(order.path("phone_numbers").isArray()).isTrue();
        assertThat(order.path("phone_numbers").isEmpty()).isTrue();
        assertThat(order.path("reason").isNull()).isTrue();
        assertThat(order.path("cancel_reason").isNull()).isTrue();
        assertThat(order.path("created_at").stringValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(order.path("sim_profile").path("_links").isEmpty()).isTrue();
        api.awaitOrder(placed.link("self"));
    }

    @Test
    void itCompletesAndTheMailToBothAddressesHoldsTheQrCode() {
        Instant sent = Instant.now();
        Api.Answer placed = api.post(
                "/enterprise/orders",
                world.sampleOrder("to@sample.example", "cc@sample.example"),
                "X-Correlation-ID",
                "sample 2");
        Api.Answer completed = api.awaitOrder(placed.link("self"));
        Duration took = Duration.between(sent, Instant.now());

        assertThat(completed.json().path("status").stringValue())
                .as(completed.text())
                .isEqualTo("completed");
        assertThat(took).isLessThan(GENEROUS);
        List<Mailbox.Mail> to = mailbox.await("to@sample.example", 1);
        List<Mailbox.Mail> cc = mailbox.await("cc@sample.example", 1);
        assertThat(to).hasSize(1);
        assertThat(cc).hasSize(1);
        Mailbox.Mail mail = to.getFirst();
        assertThat(mail.header("Message-ID")).isEqualTo(cc.getFirst().header("Message-ID"));
        assertThat(mail.header("X-Correlation-ID")).isEqualTo("sample 2");
        assertThat(mail.header("X-Trunkline-Repeated")).isEmpty();
        assertThat(mail.header("To")).isEqualTo("to@sample.example");
        assertThat(mail.header("Cc")).isEqualTo("cc@sample.example");
        assertThat(mail.attachment().type()).startsWith("image/png");
        String decoded = QrReader.png(mail.attachment().content());
        assertThat(decoded).matches("LPA:1\\$[a-z.]+\\$[0-9A-Z]{20}");
        ActivationCode code = ActivationCode.parse(decoded).orElseThrow();
        assertThat(mail.text()).contains(code.text(), code.smdpAddress(), code.matchingId());
        assertThat(mail.text())
                .contains("+"
                        + completed
                                .json()
                                .path("phone_numbers")
                                .path(0)
                                .path("msisdn")
                                .stringValue());
        JsonNode shown =
                api.get(qrCode(completed), "Accept", "application/json").json();
        assertThat(shown.path("activation_code").stringValue()).isEqualTo(code.text());
        Api.Answer delivered = api.await(
                placed.link("self"),
                answer -> answer.json()
                        .path("sim_profile")
                        .path("delivery")
                        .path("state")
                        .stringValue("")
                        .equals("sent"));
        assertThat(Api.milestones(delivered.json()))
                .containsExactly(
                        "accepted",
                        "reserved",
                        "profile_ordered",
                        "line_provisioned",
                        "profile_released",
                        "completed",
                        "delivered");
        List<String> times = delivered
                .json()
                .path("milestones")
                .valueStream()
                .map(milestone -> milestone.path("at").stringValue(""))
                .toList();
        assertThat(times).isSorted();
        assertThat(delivered.json().path("updated_at").stringValue()).isEqualTo(times.getLast());
        assertThat(delivered.json().path("created_at").stringValue()).isEqualTo(times.getFirst());
    }

    @Test
    void whatIsAnsweredAtOnceIsWhatIsAnsweredLater() {
        world.faults("smdp", STUCK);
        Api.Answer placed = place("same@sample.example");
        JsonNode later = api.get(placed.link("self")).json();
        for (String field : List.of(
                "id",
                "type",
                "account_id",
                "subscription_id",
                "template_id",
                "subscriber",
                "created_at",
                "reason",
                "_links")) {
            assertThat(later.path(field)).as(field).isEqualTo(placed.json().path(field));
        }
        assertThat(later.path("sim_profile").path("delivery"))
                .isEqualTo(placed.json().path("sim_profile").path("delivery"));
    }

    @Test
    void profileAndNumberAreShownAsSoonAsTheyAreReservedAndLinksFollowTheState() {
        world.faults("smdp", STUCK);
        Api.Answer placed = place("pending@sample.example");
        Api.Answer reserved = api.await(
                placed.link("self"),
                answer -> !answer.json().path("sim_profile").path("iccid").isNull());

        JsonNode profile = reserved.json().path("sim_profile");
        assertThat(reserved.json().path("status").stringValue()).isEqualTo("pending");
        assertThat(profile.path("iccid").stringValue()).matches("89\\d{17}");
        assertThat(reserved.json().path("phone_numbers").size()).isEqualTo(1);
        assertThat(profile.path("_links").propertyNames()).containsExactly("self");
        Api.Answer subscription = api.get(reserved.link("subscription"));
        assertThat(subscription.json().path("status").stringValue()).isEqualTo("pending");
        Api.Answer simProfile = api.get(subscription.link("sim_profile"));
        assertThat(simProfile.json().path("state").stringValue()).isEqualTo("reserved");
        assertThat(simProfile.link("qr_code")).isEmpty();
        Api.Answer early = api.get(subscription.link("sim_profile") + "/qr-code");
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.code()).isEqualTo("not_released");

        world.noFaults();
        assertThat(api.awaitOrder(placed.link("self")).json().path("status").stringValue())
                .isEqualTo("completed");
    }

    @Test
    void everyLinkOfACompletedOrderResolves() {
        Api.Answer order = api.awaitOrder(place("links@sample.example").link("self"));
        var open = new ArrayDeque<String>(List.of(order.link("self")));
        Set<String> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            String link = open.remove();
            Api.Answer answer =
                    api.get(link, "Prefer", "transclude=\"subscriber;account;sim_profile;phone_numbers;services\"");
            assertThat(answer.status()).as(link).isEqualTo(200);
            if (answer.header("Content-Type").contains("json")) {
                for (String next : links(answer.json())) {
                    if (seen.add(next)) {
                        open.add(next);
                    }
                }
            }
        }
        assertThat(seen)
                .map(link -> link.replaceAll("_[0-9A-Z]{26}", "_").replaceAll("^http://[^/]*", ""))
                .contains(
                        "/enterprise/orders/order_",
                        "/enterprise/accounts/acc_",
                        "/enterprise/subscribers/sbr_",
                        "/enterprise/subscriptions/sub_",
                        "/enterprise/subscriptions/sub_/sim-profile",
                        "/enterprise/subscriptions/sub_/sim-profile/qr-code",
                        "/enterprise/subscriptions/sub_/phone-numbers",
                        "/enterprise/subscriptions/sub_/services");
    }

    @Test
    void aPendingSubscriptionAnswersByIdAndIsInNoListUnlessAskedFor() {
        world.faults("smdp", STUCK);
        Api.Answer placed = place("listed@sample.example");
        String id = placed.json().path("subscription_id").stringValue();

        assertThat(api.get(placed.link("subscription")).status()).isEqualTo(200);
        assertThat(subscriptions("")).doesNotContain(id);
        assertThat(subscriptions("&status=active")).doesNotContain(id);
        assertThat(subscriptions("&status=pending")).contains(id);
        world.noFaults();
        api.awaitOrder(placed.link("self"));
        assertThat(subscriptions("")).contains(id);
        assertThat(subscriptions("&status=pending")).doesNotContain(id);
    }

    private List<String> subscriptions(String filter) {
        return api.get("/enterprise/subscriptions?limit=100" + filter)
                .json()
                .path("_embedded")
                .path("subscriptions")
                .valueStream()
                .map(one -> one.path("id").stringValue(""))
                .toList();
    }

    private Api.Answer place(String to, String... headers) {
        return api.post("/enterprise/orders", world.sampleOrder(to, "cc-" + to), headers);
    }

    private static String qrCode(Api.Answer order) {
        return order.json()
                .path("sim_profile")
                .path("_links")
                .path("qr_code")
                .path("href")
                .stringValue("");
    }

    private static List<String> links(JsonNode node) {
        var found = new ArrayList<String>();
        if (node.isObject() && node.has("href")) {
            found.add(node.path("href").stringValue());
        }
        node.forEach(child -> found.addAll(links(child)));
        return found;
    }
}
