package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What is embedded is what its link answers. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransclusionTest {
    private static final String ALL = "transclude=\"subscriber;account;sim_profile;phone_numbers;services\"";

    private World world;
    private Api api;
    private Api.Answer active;
    private Api.Answer bare;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("embedding").stock(1);
        api = world.api();
        active = subscription();
        // The stock is used up: this one ends without a profile.
        bare = subscription();
    }

    private Api.Answer subscription() {
        return api.get(
                api.awaitOrder(api.post("/enterprise/orders", world.apiOrder()).link("self"))
                        .link("subscription"));
    }

    @Test
    void theFieldsAreThoseOfTheReference() {
        assertThat(active.json().propertyNames())
                .containsExactly("id", "status", "created_at", "terminated_at", "_links");
        assertThat(active.json().path("terminated_at").isNull()).isTrue();
        assertThat(active.json().path("_links").propertyNames())
                .containsExactly("self", "account", "subscriber", "sim_profile", "phone_numbers", "services");
        assertThat(bare.json().path("status").stringValue("")).isEqualTo("terminated");
        assertThat(bare.json().path("_links").propertyNames())
                .containsExactly("self", "account", "subscriber", "phone_numbers", "services");
    }

    @Test
    void everythingEmbeddedIsWhatItsLinkAnswers() {
        Api.Answer answer = api.get(active.link("self"), "Prefer", ALL);
        assertThat(answer.header("Preference-Applied"))
                .startsWith("transclude=\"")
                .contains("subscriber", "account", "sim_profile", "phone_numbers", "services");
        assertThat(answer.header("Vary")).contains("Prefer");
        JsonNode embedded = answer.json().path("_embedded");
        assertThat(embedded.propertyNames())
                .containsExactlyInAnyOrder("account", "subscriber", "sim_profile", "phone_numbers", "services");
        for (String name : embedded.propertyNames()) {
            assertThat(embedded.path(name))
                    .as(name)
                    .isEqualTo(api.get(active.link(name)).json());
        }
        assertThat(embedded.path("subscriber").path("employee_id").isNull()).isTrue();
        assertThat(embedded.path("services").path("_embedded").path("services").size())
                .isEqualTo(5);
    }

    @Test
    void aListEmbedsTheSameInEachRow() {
        JsonNode rows = api.get("/enterprise/subscriptions", "Prefer", ALL)
                .json()
                .path("_embedded")
                .path("subscriptions");
        assertThat(rows.size()).isEqualTo(2);
        for (JsonNode row : rows) {
            String self = row.path("_links").path("self").path("href").stringValue("");
            assertThat(row).isEqualTo(api.get(self, "Prefer", ALL).json());
        }
    }

    @Test
    void whatThereIsNoneOfIsNullAndListsAreEmpty() {
        JsonNode embedded = api.get(bare.link("self"), "Prefer", ALL).json().path("_embedded");
        assertThat(embedded.path("sim_profile").isNull()).isTrue();
        for (String list : List.of("phone_numbers", "services")) {
            assertThat(embedded.path(list).path("_embedded").path(list).isArray())
                    .isTrue();
            assertThat(embedded.path(list).path("_embedded").path(list).isEmpty())
                    .isTrue();
        }
    }

    @Test
    void withoutAPreferenceNothingIsEmbedded() {
        assertThat(active.json().has("_embedded")).isFalse();
        assertThat(active.header("Preference-Applied")).isEmpty();
        assertThat(active.header("Vary")).contains("Prefer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transclude=\"account\"",
                "transclude=account",
                "Transclude=\" account ; tariff;\"",
                "respond-async, transclude=\"account\"; x=y",
                "transclude=\"nothing;account\""
            })
    void orderAndSpacingAreFreeAndUnknownNamesIgnored(String preference) {
        Api.Answer answer = api.get(active.link("self"), "Prefer", preference);
        assertThat(answer.header("Preference-Applied")).isEqualTo("transclude=\"account\"");
        assertThat(answer.json().path("_embedded").propertyNames()).containsExactly("account");
    }

    @Test
    void idsAreJudgedByTheirPatternAlone() {
        String unknown = "01HTQ8ZW1JVSFRWJX51K4CTX7Y";
        for (Map.Entry<String, String> one : Map.of(
                        "accounts", "acc_",
                        "subscribers", "sbr_",
                        "order-templates", "otpl_",
                        "subscriptions", "sub_",
                        "orders", "order_")
                .entrySet()) {
            for (String id :
                    List.of(one.getValue() + unknown, one.getValue() + "A00ABCDRT1F00AVRPTAQ5XQFUT", unknown, "x")) {
                Api.Answer answer = api.get("/enterprise/" + one.getKey() + "/" + id);
                assertThat(answer.status()).as(one.getKey() + "/" + id).isEqualTo(404);
                assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
            }
        }
    }

    @Test
    void whatAnotherOrganizationHasAnswersAsWhatDoesNotExist(RunningServer server) {
        Api stranger = server.world("embedding-stranger").api();
        for (String link : List.of("self", "account", "subscriber", "sim_profile", "phone_numbers", "services")) {
            String foreign = active.link(link);
            Api.Answer theirs = stranger.get(foreign);
            Api.Answer nobodys = stranger.get(foreign.replaceAll("_[0-9A-Z]{26}", "_01HTQ8ZW1JVSFRWJX51K4CTX7Y"));
            assertThat(theirs.status()).as(link).isEqualTo(404);
            assertThat(nobodys.status()).as(link).isEqualTo(404);
            assertThat(theirs.text().replaceAll("[0-9a-f-]{36}", ""))
                    .isEqualTo(nobodys.text().replaceAll("[0-9a-f-]{36}", ""));
        }
        assertThat(stranger.get("/enterprise/subscriptions?account_id=" + world.account())
                        .json()
                        .path("_embedded")
                        .path("subscriptions")
                        .isEmpty())
                .isTrue();
    }
}
