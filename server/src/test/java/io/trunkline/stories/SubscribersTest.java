package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.SubscriberId;
import io.trunkline.security.Audit;
import io.trunkline.subscribers.PersonKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubscribersTest {
    private static final String PATCH = "application/merge-patch+json";
    private World world;
    private Population population;
    private Api api;
    private String path;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("people");
        population = new Population(world, 7);
        api = world.api();
    }

    @BeforeEach
    void person() {
        path = "/enterprise/subscribers/" + population.person();
    }

    private Api.Answer patch(String body, String... headers) {
        var all = new java.util.ArrayList<>(List.of("Content-Type", PATCH));
        all.addAll(List.of(headers));
        return api.call("PATCH", path, body, all.toArray(String[]::new));
    }

    @Test
    void aMergePatchChangesWhatItNamesAndLeavesTheRest() {
        JsonNode before = api.get(path).json();
        Api.Answer answer = patch("{\"last_name\": \"Byron\", \"email\": \"ada@example.com\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("last_name").stringValue()).isEqualTo("Byron");
        assertThat(answer.json().path("first_name")).isEqualTo(before.path("first_name"));
        assertThat(answer.json().path("group")).isEqualTo(before.path("group"));
        Api.Answer read = api.get(path);
        assertThat(read.json()).isEqualTo(answer.json());
        assertThat(read.header("ETag")).isEqualTo(answer.header("ETag")).startsWith("\"");
        assertThat(Lists.ids(Lists.all(api, "/enterprise/subscribers?email=ADA@example.com")))
                .contains(read.json().path("id").stringValue());
    }

    @Test
    void plainJsonIsTakenAsAPatchToo() {
        assertThat(api.call("PATCH", path, "{\"group\": \"Sales\"}")
                        .json()
                        .path("group")
                        .stringValue())
                .isEqualTo("Sales");
    }

    @Test
    void nullTakesAwayWhatMayBeAbsentAndNothingElse() {
        patch("{\"employee_id\": \"E1\", \"group\": \"Sales\"}");
        Api.Answer answer = patch("{\"employee_id\": null, \"group\": null}");
        assertThat(answer.json().path("employee_id").isNull()).isTrue();
        assertThat(answer.json().path("group").isNull()).isTrue();
        assertThat(patch("{\"first_name\": null, \"last_name\": null, \"email\": null, \"id\": null}")
                        .violations())
                .containsExactlyInAnyOrder(
                        "/first_name required", "/last_name required", "/email required", "/id required");
    }

    @Test
    void theLanguageOfMailsIsShownAndChangedLikeTheRest() {
        assertThat(patch("{\"locale\": \"pt-BR\"}").json().path("locale").stringValue())
                .isEqualTo("pt-BR");
        assertThat(patch("{\"group\": \"Sales\"}").json().path("locale").stringValue())
                .isEqualTo("pt-BR");
        assertThat(patch("{\"locale\": \"german\"}").violations()).containsExactly("/locale pattern");
        assertThat(patch("{\"locale\": null}").json().path("locale").isNull()).isTrue();
        assertThat(api.get(path).json().path("locale").isNull()).isTrue();
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceAndNothingIsChanged() {
        String before = api.get(path).text();
        Api.Answer answer =
                patch("{\"first_name\": \"\", \"last_name\": 7, \"email\": \"nobody\", \"frist_name\": \"A\","
                        + " \"id\": \"sbr_00000000000000000000000000\", \"group\": \"Sales\", \"a/b~c\": 1}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations())
                .containsExactlyInAnyOrder(
                        "/first_name range",
                        "/last_name type",
                        "/email pattern",
                        "/id not_allowed",
                        "/frist_name unknown",
                        "/a~1b~0c unknown");
        assertThat(api.get(path).text()).isEqualTo(before);
        assertThat(patch("[]").violations()).containsExactly(" type");
        assertThat(patch("{\"group\": \"a\", \"group\": \"b\"}").code()).isEqualTo("malformed_json");
    }

    @Test
    void aChangeOfWhatSomebodyElseChangedMeanwhileIsRefused() {
        String read = api.get(path).header("ETag");
        String halRead = api.get(path, "Accept", "application/hal+json").header("ETag");
        assertThat(patch("{\"group\": \"A\"}", "If-Match", "\"other\", " + halRead)
                        .status())
                .isEqualTo(200);
        Api.Answer late = patch("{\"group\": \"B\"}", "If-Match", read);
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.code()).isEqualTo("precondition_failed");
        String now = api.get(path).header("ETag");
        assertThat(patch("{\"group\": \"B\"}", "If-Match", "W/" + now).status())
                .as("weak tags never match")
                .isEqualTo(412);
        assertThat(patch("{\"group\": \"B\"}", "If-None-Match", "*").status()).isEqualTo(412);
        assertThat(patch("{\"group\": \"B\"}", "If-Match", "nonsense").violations())
                .containsExactly("If-Match pattern");
        assertThat(api.get(path).json().path("group").stringValue()).isEqualTo("A");
        assertThat(patch("{\"group\": \"B\"}", "If-Match", "*").status()).isEqualTo(200);
    }

    @Test
    void anotherMediaTypeIsRefusedNamingThoseThatWillDo() {
        Api.Answer answer = api.call("PATCH", path, "[]", "Content-Type", "application/json-patch+json");
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.header("Accept-Patch")).contains(PATCH, "application/json");
        assertThat(api.call("OPTIONS", path, null).header("Accept-Patch")).contains(PATCH);
    }

    @Test
    void nobodyElsesPersonCanBeChanged() {
        Api stranger = world.server().world("people-strangers").api();
        Api.Answer answer = stranger.call("PATCH", path, "{\"group\": \"X\"}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(stranger.call("PATCH", "/enterprise/subscribers/nobody", "{}")
                        .json()
                        .path("detail"))
                .isEqualTo(answer.json().path("detail"));
    }

    /** An audit entry's sealed values; never compared as a whole. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Kept(UUID id, String after, byte[] personal) {}

    @Test
    void aChangeIsAuditedWithItsValuesSealedUnderThePersonsKeyAndRaisesAnEvent() {
        patch("{\"last_name\": \"Secretname\", \"group\": null}");
        patch("{\"last_name\": \"Secretname\"}");
        Sql sql = world.server().bean(Database.class).owner();
        SubscriberId person =
                SubscriberId.parse(path.substring(path.lastIndexOf('/') + 1)).orElseThrow();
        List<Kept> kept = sql.list(
                "SELECT id, after, personal FROM audit_entries WHERE organization_id = ? AND person_id = ?",
                row -> new Kept(row.uuid("id"), row.text("after"), row.bytes("personal")),
                world.organization(),
                person);
        assertThat(kept).as("a change that changes nothing is none").hasSize(1);
        Kept entry = kept.getFirst();
        assertThat(entry.after()).contains("last_name").doesNotContain("Secretname");
        assertThat(new String(entry.personal(), StandardCharsets.ISO_8859_1)).doesNotContain("Secretname");
        byte[] opened = world.server()
                .bean(PersonKeys.class)
                .open(
                        sql,
                        world.organization(),
                        person,
                        entry.personal(),
                        Audit.Personal.context("subscriber/" + person))
                .orElseThrow();
        JsonNode values = Api.JSON.readTree(opened);
        assertThat(values.path("after").path("last_name").stringValue()).isEqualTo("Secretname");
        assertThat(values.path("before").path("last_name").stringValue()).isNotEqualTo("Secretname");
        assertThat(sql.list(
                        "SELECT data FROM events WHERE organization_id = ? AND type = ? AND subject = ?",
                        row -> row.text("data"),
                        world.organization(),
                        "subscriber.changed",
                        "subscriber/" + person))
                .singleElement()
                .asString()
                .contains("last_name")
                .doesNotContain("Secretname");
    }
}
