package io.trunkline.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.security.Licence;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The operator tells what is offered, in one file. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OperatorCatalogTest {
    private static final String YAML = "application/yaml";

    private RunningServer server;
    private World world;
    private Api operator;

    @BeforeAll
    void start(RunningServer shared) {
        server = shared;
        world = server.world("operator-catalog");
        operator = Api.ofOperator(server);
    }

    /** A file with a plan of this key and a template of it. */
    private String file(String key, String price) {
        return """
                zones:
                  - {key: home, countries: [GB]}
                  - {key: eu, countries: [DE, FR]}
                  - {key: world, countries: ["*"]}
                emergency_numbers: ["112", "911", "999"]
                offerings:
                  - key: %1$s
                    type: plan
                    name: Plan %1$s
                    currency: EUR
                    valid_from: 2026-01-01T00:00:00Z
                    period: calendar_month
                    pro_rata: true
                    allowances:
                      - {key: data, types: [data], zones: [home, eu], quantity: 1000}
                    rates:
                      - {type: voice, direction: inbound, free: true}
                      - {type: data, price: %2$s, per: 1000}
                templates:
                  - key: %1$s-standard
                    organization: %3$s
                    type: activate_subscription
                    description: Template %1$s
                    accounts: all
                    offerings: [%1$s]
                    sms_sender: true
                    services: [{type: voice, enabled: true}, {type: sms, enabled: true}]
                    phone_numbers: [{country: GB, count: 1, is_primary: true}]
                """.formatted(key, price, organization());
    }

    private String organization() {
        return world.sql()
                .list("SELECT key FROM organizations WHERE id = ?", row -> row.text("key"), world.organization())
                .getFirst();
    }

    private Api.Answer apply(String yaml, String query) {
        return operator.post("/operator/catalog" + query, yaml, "Content-Type", YAML);
    }

    private static List<String> changes(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json()
                .path("changes")
                .valueStream()
                .filter(change -> !List.of("zone", "emergency_numbers")
                        .contains(change.path("kind").stringValue()))
                .map(change -> change.path("what").stringValue() + " "
                        + change.path("key").stringValue())
                .toList();
    }

    private boolean isOrderable(String description) {
        return world.api()
                .get("/enterprise/order-templates?limit=100")
                .json()
                .path("_embedded")
                .path("order-templates")
                .valueStream()
                .map(template -> template.path("description").stringValue())
                .anyMatch(description::equals);
    }

    @Test
    void a_file_is_tried_then_applied_and_applying_it_again_changes_nothing() {
        String yaml = file("first", "300");

        assertThat(changes(apply(yaml, "?dry-run=true"))).containsExactly("added first", "added first-standard");
        assertThat(isOrderable("Template first")).as("after a dry run").isFalse();
        assertThat(changes(apply(yaml, ""))).containsExactly("added first", "added first-standard");
        assertThat(isOrderable("Template first")).isTrue();
        assertThat(changes(apply(yaml, ""))).containsExactly("unchanged first", "unchanged first-standard");
    }

    @Test
    void a_version_that_has_begun_stays_and_a_later_one_can_be_added() {
        changes(apply(file("versioned", "300"), ""));

        Api.Answer refused = apply(file("versioned", "301"), "");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.violations()).containsExactly("/offerings/0/valid_from state");

        String later = """
                offerings:
                  - {key: versioned, type: plan, name: Dearer, currency: EUR, valid_from: 2126-01-01T00:00:00Z,
                     rates: [{price: 5}]}
                """;
        assertThat(changes(apply(later, ""))).containsExactly("changed versioned");
        assertThat(changes(apply(later, ""))).containsExactly("unchanged versioned");
        assertThat(world.sql()
                        .list(
                                "SELECT t.valid_from FROM tariffs t JOIN product_offerings o ON o.id = t.offering_id"
                                        + " WHERE o.key = 'versioned'",
                                row -> row.instant("valid_from")))
                .hasSize(2);
    }

    @Test
    void every_violation_is_told_at_once_with_its_place() {
        String yaml = """
                zone: []
                zones:
                  - {key: eu, countries: [Germany]}
                offerings:
                  - key: broken
                    type: plan
                    name: Broken
                    currency: euro
                    valid_from: yesterday
                    period: rolling_30_days
                    pro_rata: true
                    allowances:
                      - {key: mixed, types: [voice, data], quantity: 5, pooled: true}
                      - {key: none, types: [sms], quantity: 0}
                    rates: [{type: fax, price: -1}]
                  - {key: extra, type: add_on, name: Extra, currency: EUR, valid_from: 2026-01-01T00:00:00Z,
                     rates: [{price: 1}], allowances: [{key: a, types: [sms], quantity: 5, zones: [mars]}]}
                templates:
                  - {key: t, organization: nobody, type: activate_subscription, description: T, offerings: [extra],
                     services: [{type: voice}, {type: sms, enabled: false}],
                     phone_numbers: [{country: GB, count: 2, is_primary: true}]}
                """;
        Api.Answer answer = apply(yaml, "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations())
                .contains(
                        "/zone unknown",
                        "/zones/0/countries/0 pattern",
                        "/offerings/0/currency pattern",
                        "/offerings/0/valid_from pattern",
                        "/offerings/0/pro_rata not_allowed",
                        "/offerings/0/allowances/0/types not_allowed",
                        "/offerings/0/allowances/0/pooled not_allowed",
                        "/offerings/0/allowances/1/quantity range",
                        "/offerings/0/rates/0/type not_allowed",
                        "/offerings/0/rates/0/price range",
                        "/offerings/1/rates not_allowed",
                        "/offerings/1 not_found",
                        "/templates/0/organization not_found",
                        "/templates/0/offerings range",
                        "/templates/0/services not_allowed");
        JsonNode first = answer.json().path("errors").get(0);
        assertThat(first.path("detail").stringValue()).startsWith("line ");
    }

    @Test
    void what_is_no_yaml_is_refused_with_its_line() {
        Api.Answer answer = apply("zones:\n  - {key: home\n", "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("line 3");
    }

    @Test
    void what_is_retired_can_no_longer_be_ordered() {
        changes(apply(file("ending", "300"), ""));
        String retired =
                file("ending", "300").replace("key: ending-standard", "key: ending-standard\n    retired: true") + "";
        assertThat(changes(apply(retired, ""))).containsExactly("unchanged ending", "retired ending-standard");
        assertThat(isOrderable("Template ending")).isFalse();
        assertThat(changes(apply("offerings: [{key: ending, retired: true}]", "")))
                .containsExactly("retired ending");
        assertThat(world.api().get("/enterprise/product-offerings?limit=100").text())
                .doesNotContain("Plan ending");
    }

    @Test
    void nobody_but_the_operator_may_do_it() {
        Api all = Api.ofNoApi(server.url()).with(world.api().token());

        assertThat(all.post("/operator/catalog", "zones: []", "Content-Type", YAML)
                        .status())
                .isEqualTo(403);
        assertThat(Api.ofNoApi(server.url())
                        .anonymous("POST", "/operator/catalog")
                        .status())
                .isEqualTo(401);
        assertThat(operator.get("/enterprise/accounts").status()).isEqualTo(403);
        assertThat(Licence.ofOrganizations()).doesNotContain(Licence.OPERATOR);
    }
}
