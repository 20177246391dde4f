package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Products are added, removed and replaced, services switched on and off, on a line that goes on. */
@Tag("database")
@Tag("neighbours")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProductChangeTest {
    private static final String MANY_FAULTS = """
            "add": ["prodoff_x", 7], "remove": ["prod_01HZS5KETGM8XXF53WZJWDDV4C", "prod"], "reason": "other",
            "services": [{"type": "fax", "enabled": true}, {"type": "data"}, {"type": "data", "enabled": "no", "on": 1},
                         3]""";

    private RunningServer server;
    private World world;
    private Api api;
    private Crashes crashes;
    private String addOn;
    private String otherPlan;
    private String foreignPlan;
    private String notOffered;

    @BeforeAll
    void start() {
        server = RunningServer.start(Changing.SETTINGS);
        world = server.world("products").stock(40);
        api = world.api();
        crashes = new Crashes(world);
        addOn = offering("add_on", null, true);
        otherPlan = offering("plan", world.profileType(), true);
        foreignPlan = offering("plan", "of-another-type", true);
        notOffered = offering("add_on", null, false);
    }

    private String offering(String type, @Nullable String profileType, boolean offered) {
        return world.offering(type, "Offering of a test", profileType, offered).text();
    }

    @AfterEach
    void behave() {
        world.noFaults();
        crashes.stop();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Changing line() {
        return Changing.line(world, api);
    }

    private List<JsonNode> products(Changing line, String status) {
        return api.get("/enterprise/products?subscription_id=" + line.id() + "&status=" + status)
                .json()
                .path("_embedded")
                .path("products")
                .valueStream()
                .toList();
    }

    private static String offeringOf(JsonNode product) {
        return product.path("_embedded").path("product-offering").path("id").stringValue();
    }

    private String plan(Changing line) {
        return products(line, "active").stream()
                .filter(product -> product.path("_embedded")
                        .path("product-offering")
                        .path("type")
                        .stringValue()
                        .equals("plan"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .stringValue();
    }

    private Map<String, Boolean> services(Changing line) {
        return api.get(line.path("/services"))
                .json()
                .path("_embedded")
                .path("services")
                .valueStream()
                .collect(Collectors.toMap(
                        service -> service.path("type").stringValue(),
                        service -> service.path("enabled").booleanValue()));
    }

    @Test
    void anAddOnComesAndGoesAndTheNetworkIsNotAsked() {
        Changing line = line();
        world.faults("hlr", """
                [{"operation": "*", "fault": "refuse", "code": "no_such_line", "times": 1}]""");
        JsonNode order = line.completed(line.order("change_products", "\"add\": [\"" + addOn + "\"]"));
        assertThat(Api.milestones(order)).containsExactly("accepted", "products_changed", "completed");
        assertThat(order.path("changes").path("add").path(0).stringValue()).isEqualTo(addOn);
        List<JsonNode> active = products(line, "active");
        assertThat(active).hasSize(2);
        JsonNode added = active.stream()
                .filter(product -> offeringOf(product).equals(addOn))
                .findFirst()
                .orElseThrow();
        line.completed(line.order(
                "change_products", "\"remove\": [\"" + added.path("id").stringValue() + "\"]"));
        assertThat(products(line, "active")).hasSize(1);
        JsonNode ended = products(line, "terminated").getFirst();
        assertThat(ended.path("id")).isEqualTo(added.path("id"));
        assertThat(ended.path("terminates_at").isNull()).isFalse();
        assertThat(world.control("GET", "/hlr/faults", null)).contains("no_such_line");
    }

    @Test
    void aPlanReplacesThePlan() {
        Changing line = line();
        String old = plan(line);
        JsonNode order = line.completed(line.order("change_products", "\"add\": [\"" + otherPlan + "\"]"));
        assertThat(order.path("changes").path("remove").path(0).stringValue()).isEqualTo(old);
        assertThat(products(line, "active"))
                .singleElement()
                .satisfies(product -> assertThat(offeringOf(product)).isEqualTo(otherPlan));
        assertThat(products(line, "terminated"))
                .singleElement()
                .satisfies(
                        product -> assertThat(product.path("id").stringValue()).isEqualTo(old));
        Api.Answer again = line.order("change_products", "\"add\": [\"" + otherPlan + "\"]");
        assertThat(again.violations()).containsExactly("/add/0 state");
    }

    @Test
    void everythingThatCannotBeIsToldAtOnceWithItsPlace() {
        Changing line = line();
        String plan = plan(line);
        assertThat(line.order("change_products", "").violations()).containsExactly("/add required");
        assertThat(line.order("change_products", "\"remove\": [\"" + plan + "\"]")
                        .violations())
                .containsExactly("/remove/0 state");
        assertThat(line.order("change_products", MANY_FAULTS).violations())
                .containsExactlyInAnyOrder(
                        "/add/0 pattern",
                        "/add/1 type",
                        "/remove/0 not_found",
                        "/remove/1 pattern",
                        "/services/0/type not_allowed",
                        "/services/1/enabled required",
                        "/services/2/enabled type",
                        "/services/2/on unknown",
                        "/services/2/type repeated",
                        "/services/3 type",
                        "/reason unknown");
        assertThat(line.order(
                                "change_products",
                                "\"add\": [\"%s\", \"%s\", \"%s\", \"%s\"], \"remove\": [\"%s\", \"%s\"]"
                                        .formatted(addOn, notOffered, foreignPlan, addOn, plan, plan))
                        .violations())
                .containsExactlyInAnyOrder(
                        "/add/1 not_found", "/add/2 mismatch", "/add/3 repeated", "/remove/1 repeated");
        assertThat(products(line, "active")).hasSize(1);
    }

    @Test
    void servicesOfAnActiveLineAreSetAtTheHlrWhereTheyChange() {
        Changing line = line();
        JsonNode order = line.completed(line.order("change_products", """
                "services": [{"type": "data", "enabled": false}, {"type": "voice_recording", "enabled": true}]"""));
        assertThat(Api.milestones(order)).containsExactly("accepted", "services_set", "products_changed", "completed");
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + " true false");
        assertThat(services(line))
                .containsEntry("data", false)
                .containsEntry("voice", true)
                .containsEntry("voice_recording", true);
        JsonNode same = line.completed(line.order("change_products", """
                "services": [{"type": "data", "enabled": false}]"""));
        assertThat(Api.milestones(same)).containsExactly("accepted", "products_changed", "completed");
    }

    @Test
    void whatTheHlrCannotKeepApartIsRefused() {
        Changing line = line();
        Api.Answer answer = line.order("change_products", """
                "services": [{"type": "voice", "enabled": false}]""");
        assertThat(answer.violations()).containsExactly("/services unsupported");
        assertThat(answer.text()).contains("services_inseparable");
        line.completed(line.order("change_products", """
                "services": [{"type": "voice", "enabled": false}, {"type": "sms", "enabled": false}]"""));
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + " false true");
    }

    @Test
    void aSuspendedLineStaysOffAndComesBackWithItsNewServices() {
        Changing line = line();
        line.completed(line.order("suspend_subscription", ""));
        JsonNode order = line.completed(line.order("change_products", """
                "services": [{"type": "data", "enabled": false}]"""));
        assertThat(Api.milestones(order)).doesNotContain("services_set");
        assertThat(line.status()).isEqualTo("suspended");
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + " false false");
        line.completed(line.order("resume_subscription", ""));
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + " true false");
        line.completed(line.order("terminate_subscription", ""));
        Api.Answer late = line.order("change_products", "\"add\": [\"" + addOn + "\"]");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().path("code").stringValue()).isEqualTo("subscription_state_conflict");
    }

    @ParameterizedTest
    @CsvSource({"set_services, 1", "set_services, 3", "change_products, 1", "change_products, 3"})
    void aStepThatIsCutOffAfterItsEffectIsTakenAgainAndDoesNothingTwice(String step, int times) {
        Changing line = line();
        crashes.at(step, times, 1.0);
        JsonNode order = line.completed(line.order("change_products", """
                "add": ["%s"], "services": [{"type": "data", "enabled": false}]""".formatted(addOn)));
        assertThat(crashes.count()).isGreaterThanOrEqualTo(times);
        assertThat(Api.milestones(order)).doesNotHaveDuplicates();
        assertThat(products(line, "active")).hasSize(2);
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + " true false");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void anOrderThatIsCanceledLeavesTheLineAsItWas(int crashed) {
        Changing line = line();
        world.faults("hlr", """
                [{"operation": "ps-enabled", "fault": "drop_after", "times": 100}]""");
        crashes.at("undo_set_services", crashed, 1.0);
        Api.Answer placed = line.order("change_products", """
                "add": ["%s"], "services": [{"type": "data", "enabled": false}]""".formatted(addOn));
        Api.await("the HLR to have heard of it", () -> line.hlr(line.iccid()).endsWith(" true false"));
        assertThat(api.call("DELETE", placed.link("cancel"), null).status()).isEqualTo(200);
        world.noFaults();
        new Ledger(world).settle();
        assertThat(line.hlr(line.iccid())).isEqualTo(line.number() + " true true");
        assertThat(services(line)).containsEntry("data", true);
        assertThat(products(line, "active")).hasSize(1);
    }
}
