package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Sql;
import io.trunkline.ids.TemplateId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an order may say. Every violation is named at once, with its place. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrderRequestTest {
    private static final String PATH = "/enterprise/orders";
    private static final String COPY_TEMPLATE = """
            INSERT INTO order_templates (organization_id, id, type, description, phone_numbers, services, sms_sender,
                all_accounts, created_at)
            SELECT organization_id, ?, type, 'Board', phone_numbers, services, sms_sender, false, created_at
            FROM order_templates WHERE organization_id = ? AND id = ?""";
    private static final String COPY_OFFERINGS = """
            INSERT INTO order_template_offerings (organization_id, template_id, position, offering_id)
            SELECT organization_id, ?, position, offering_id FROM order_template_offerings
            WHERE organization_id = ? AND template_id = ?""";
    private static final String ALLOW_TEMPLATE = """
            INSERT INTO order_template_accounts (organization_id, account_id, template_id, is_default)
            VALUES (?, ?, ?, false)""";

    private World world;
    private World stranger;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("requests").stock(40);
        stranger = server.world("requests-stranger").stock(2);
        api = world.api();
    }

    private ObjectNode sample() {
        return (ObjectNode) Api.JSON.readTree(world.sampleOrder("to@requests.example", "cc@requests.example"));
    }

    private static ObjectNode at(ObjectNode order, String... path) {
        ObjectNode node = order;
        for (String name : path) {
            node = (ObjectNode) node.get(name);
        }
        return node;
    }

    private Api.Answer post(JsonNode order) {
        return api.post(PATH, order.toString());
    }

    private long orders() {
        return world.sql()
                .one(
                        "SELECT count(*) AS n FROM orders WHERE organization_id = ?",
                        row -> row.longInteger("n"),
                        world.organization())
                .orElseThrow();
    }

    private void refused(JsonNode order, String... violations) {
        long before = orders();
        Api.Answer answer = post(order);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.violations()).containsExactlyInAnyOrder(violations);
        assertThat(answer.json().path("correlation_id").stringValue()).isEqualTo(answer.header("X-Correlation-ID"));
        assertThat(orders()).isEqualTo(before);
    }

    @Test
    void anEmptyObjectIsToldEverythingThatIsRequired() {
        refused(
                Api.JSON.createObjectNode(),
                "/type required",
                "/account_id required",
                "/subscriber required",
                "/sim_profile required");
    }

    @Test
    void allViolationsOfShapeAndOfRulesComeTogether() {
        ObjectNode order = sample();
        order.put("account_id", stranger.account().text());
        order.put("template_id", "otpl_lowercase");
        order.put("requested_at", "2020-01-01T00:00:00.000Z");
        at(order, "subscriber").put("email", "nobody").put("last_name", "").put("nick_name", "Ada");
        at(order, "sim_profile").put("sim_type", "plastic");
        ArrayNode to = (ArrayNode) at(order, "sim_profile", "delivery").get("to");
        to.add("a b@example.com").add(7);
        at(order, "sim_profile", "delivery").put("Cc", "x@example.com");
        refused(
                order,
                "/account_id not_found",
                "/template_id pattern",
                "/requested_at range",
                "/subscriber/email pattern",
                "/subscriber/last_name range",
                "/subscriber/nick_name unknown",
                "/sim_profile/sim_type not_allowed",
                "/sim_profile/delivery/to/1 pattern",
                "/sim_profile/delivery/to/2 type",
                "/sim_profile/delivery/Cc unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"change_plan", "Activate_Subscription", ""})
    void anOtherTypeIsToldWhichWorks(String type) {
        ObjectNode order = sample();
        order.put("type", type);
        Api.Answer answer = post(order);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly("/type not_allowed");
        assertThat(answer.json().path("errors").path(0).path("detail").stringValue())
                .contains("activate_subscription");
    }

    @Test
    void aDeliveryThatThereIsNotIsToldWhichThereAre() {
        ObjectNode order = sample();
        at(order, "sim_profile", "delivery").put("type", "post");
        Api.Answer answer = post(order);
        assertThat(answer.violations()).containsExactly("/sim_profile/delivery/type not_allowed");
        assertThat(answer.json().path("errors").path(0).path("detail").stringValue())
                .contains("email", "api", "push");
    }

    @ParameterizedTest
    @ValueSource(strings = {"requested", "reason", "eid", "Type", "sim_profiles", "account-id"})
    void anUnknownFieldIsNamed(String field) {
        ObjectNode order = sample();
        order.put(field, "x");
        refused(order, "/" + field + " unknown");
    }

    @Test
    void aTypoInTheDeliveryShipsNothing() {
        ObjectNode order = sample();
        ObjectNode delivery = at(order, "sim_profile", "delivery");
        delivery.set("t0", delivery.remove("to"));
        refused(order, "/sim_profile/delivery/to required", "/sim_profile/delivery/t0 unknown");
    }

    @Test
    void aDeliveryByTheApiHasNoAddresses() {
        ObjectNode order = sample();
        at(order, "sim_profile", "delivery").put("type", "api");
        refused(order, "/sim_profile/delivery/to unknown", "/sim_profile/delivery/cc unknown");
    }

    @Test
    void aDeliveryByTheApiIsSentWhenTheOrderCompletes() {
        Api.Answer placed = api.post(PATH, world.apiOrder());
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        assertThat(placed.json().path("template_id").stringValue())
                .isEqualTo(world.template().text());
        JsonNode delivery =
                api.awaitOrder(placed.link("self")).json().path("sim_profile").path("delivery");
        assertThat(delivery.path("type").stringValue()).isEqualTo("api");
        assertThat(delivery.path("state").stringValue()).isEqualTo("sent");
        assertThat(delivery.path("to").isEmpty()).isTrue();
        assertThat(delivery.path("cc").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 400", "1, 201", "10, 201", "11, 400"})
    void aMailHasOneToTenRecipients(int count, int status) {
        ObjectNode order = sample();
        ArrayNode to = at(order, "sim_profile", "delivery").putArray("to");
        for (int i = 0; i < count; i++) {
            to.add("to" + i + "@count.example");
        }
        Api.Answer answer = post(order);
        assertThat(answer.status()).isEqualTo(status);
        if (status == 400) {
            assertThat(answer.violations()).containsExactly("/sim_profile/delivery/to range");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 201", "10, 201", "11, 400"})
    void aMailHasUpToTenCopies(int count, int status) {
        ObjectNode order = sample();
        ArrayNode cc = at(order, "sim_profile", "delivery").putArray("cc");
        for (int i = 0; i < count; i++) {
            cc.add("cc" + i + "@count.example");
        }
        assertThat(post(order).status()).isEqualTo(status);
    }

    @Test
    void copiesMayBeAbsentAndNullIsAsGoodAsAbsent() {
        ObjectNode order = sample();
        at(order, "sim_profile", "delivery").remove("cc");
        at(order, "subscriber").putNull("employee_id").remove("group");
        Api.Answer answer = post(order);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("subscriber").path("employee_id").isNull())
                .isTrue();
        assertThat(answer.json().path("subscriber").path("group").isNull()).isTrue();
        assertThat(answer.json().path("sim_profile").path("delivery").path("cc").isArray())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x@example.com\\r\\nBcc: y@example.com",
                "Ada <ada@example.com>",
                "ada@example.com, bob@example.com",
                "ada",
                "@example.com",
                "ada@",
                "ada@exa mple.com",
                "ada@example.com\\u0000",
                "ada@-example-.com",
                "<ada@example.com>"
            })
    void whatIsNoMailAddressIsRefused(String address) {
        String body = world.sampleOrder(address, "cc@requests.example");
        Api.Answer answer = api.post(PATH, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly("/sim_profile/delivery/to/0 pattern");
    }

    @Test
    void anExistingPersonIsNamedByIdAlone() {
        JsonNode first = post(sample()).json();
        String person = first.path("subscriber").path("id").stringValue();
        ObjectNode order = sample();
        order.putObject("subscriber").put("id", person);
        Api.Answer again = post(order);
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.json().path("subscriber")).isEqualTo(first.path("subscriber"));
        assertThat(again.json().path("subscription_id")).isNotEqualTo(first.path("subscription_id"));
        at(order, "subscriber").put("first_name", "Ada");
        refused(order, "/subscriber/first_name unknown");
    }

    @Test
    void twoPeopleOfTheSameNameAreTwoPeople() {
        assertThat(post(sample()).json().path("subscriber").path("id"))
                .isNotEqualTo(post(sample()).json().path("subscriber").path("id"));
    }

    @Test
    void whatAnotherOrganizationHasIsNotFound() {
        String person = stranger.api()
                .post(PATH, stranger.apiOrder())
                .json()
                .path("subscriber")
                .path("id")
                .stringValue();
        ObjectNode order = sample();
        order.put("account_id", stranger.account().text());
        order.put("template_id", stranger.template().text());
        order.putObject("subscriber").put("id", person);
        refused(order, "/account_id not_found", "/template_id not_found", "/subscriber/id not_found");
    }

    @Test
    void whatMatchesThePatternAndIsNoIdIsNotFound() {
        ObjectNode order = sample();
        order.put("account_id", "acc_A00ABCDRT1F00AVRPTAQ5XQFUT");
        order.put("template_id", "otpl_A00ABCDRT1F00AVRPTAQ5XQFUT");
        order.putObject("subscriber").put("id", "sbr_UUUUUUUUUUUUUUUUUUUUUUUUUU");
        refused(order, "/account_id not_found", "/template_id not_found", "/subscriber/id not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "account_id, acc_01htq8vbn4dejp5s8bpv4657vg",
        "account_id, acc_01HTQ8VBN4DEJP5S8BPV4657V",
        "account_id, sub_01HTQ8VBN4DEJP5S8BPV4657VG",
        "template_id, otpl_01HTQ8VBN4DEJP5S8BPV4657VGG",
        "template_id, 01HTQ8VBN4DEJP5S8BPV4657VG"
    })
    void anIdOfAnotherShapeBreaksThePattern(String field, String id) {
        ObjectNode order = sample();
        order.put(field, id);
        refused(order, "/" + field + " pattern");
    }

    @Test
    void aClosedAccountOrdersNothing() {
        ObjectNode order = sample();
        order.put("account_id", world.closedAccount().text());
        refused(order, "/account_id state");
        order.put("template_id", stranger.template().text());
        refused(order, "/account_id state", "/template_id not_found");
    }

    @Test
    void withoutATemplateTheAccountNeedsADefaultOne() {
        ObjectNode order = sample();
        order.put("account_id", world.secondAccount().text());
        assertThat(post(order).status()).isEqualTo(201);
        order.remove("template_id");
        refused(order, "/template_id required");
    }

    @Test
    void aTemplateOfOtherAccountsIsNotFound() {
        TemplateId template = TemplateId.create(Instant.now());
        Sql sql = world.sql();
        sql.update(COPY_TEMPLATE, template, world.organization(), world.template());
        sql.update(COPY_OFFERINGS, template, world.organization(), world.template());
        sql.update(ALLOW_TEMPLATE, world.organization(), world.secondAccount(), template);
        ObjectNode order = sample();
        order.put("template_id", template.text());
        refused(order, "/template_id not_found");
        order.put("account_id", world.secondAccount().text());
        assertThat(post(order).status()).isEqualTo(201);
    }

    @Test
    void theWrongJsonTypeIsNamed() {
        ObjectNode order = sample();
        order.put("type", 1);
        order.putArray("account_id");
        order.put("subscriber", "Ada");
        at(order, "sim_profile").put("delivery", true);
        refused(order, "/type type", "/account_id type", "/subscriber type", "/sim_profile/delivery type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"order\"", "1", "null", "true"})
    void anOtherJsonThanAnObjectIsRefused(String body) {
        Api.Answer answer = api.post(PATH, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("errors").path(0).path("pointer").stringValue("none"))
                .isEmpty();
        assertThat(answer.violations()).containsExactly(" type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"type\": }",
                "{} {}",
                "{\"type\": \"a\", \"type\": \"b\"}",
                "{\"sim_profile\": {\"delivery\": {\"type\": \"api\", \"type\": \"email\"}}}",
                "{'type': 1}",
                "{\"type\": NaN}"
            })
    void whatIsNoJsonOrHasAKeyTwiceIsMalformed(String body) {
        Api.Answer answer = api.post(PATH, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("malformed_json");
        assertThat(answer.json().path("detail").stringValue()).contains("line", "column");
        assertThat(answer.text()).doesNotContain("tools.jackson", "Exception");
    }

    @Test
    void anEmptyBodyIsRefused() {
        Api.Answer answer = api.post(PATH, "");
        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    void aBodyOverTheLimitIsTooLarge() {
        ObjectNode order = sample();
        at(order, "subscriber").put("group", "x".repeat(1_000_000));
        Api.Answer answer = post(order);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("content_too_large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/xml",
                "nonsense",
                "application/json-patch+json"
            })
    void anotherMediaTypeIsNotSupported(String type) {
        Api.Answer answer = api.post(PATH, sample().toString(), "Content-Type", type);
        assertThat(answer.status()).as(answer.text()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("unsupported_media_type");
        assertThat(answer.header("Accept")).isEqualTo("application/json, application/hal+json");
    }

    @Test
    void anUnknownParameterIsRefused() {
        Api.Answer answer = api.post(PATH + "?dry-run=true", sample().toString());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsExactly("dry-run unknown");
    }

    @Test
    void aKeyThatDoesNotHoldIsNamedBesideTheRest() {
        ObjectNode order = sample();
        order.remove("type");
        Api.Answer answer = api.post(PATH, order.toString(), "Idempotency-Key", "x".repeat(256));
        assertThat(answer.violations()).containsExactlyInAnyOrder("/type required", "Idempotency-Key pattern");
        assertThat(api.post(PATH, sample().toString(), "Idempotency-Key", "x".repeat(256))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void halvesOfCharactersAreRefusedAndNotRepeated() {
        String body = sample().toString()
                .replace("\"first_name\":\"string\"", "\"first_name\":\"\\ud800\"")
                .replace("activate_subscription", "x".repeat(59) + "😀");
        Api.Answer answer = api.post(PATH, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.violations())
                .containsExactlyInAnyOrder("/subscriber/first_name pattern", "/type not_allowed");
        assertThat(api.post(PATH, "{\"\\ud800\": 1, \"\\ud800x\": 1}").status()).isEqualTo(400);
    }

    @Test
    void thousandsOfViolationsAreCountedAndTheFirstHundredShown() {
        ObjectNode order = sample();
        for (int i = 0; i < 3_000; i++) {
            order.put("unknown" + i, i);
        }
        Api.Answer answer = post(order);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("errors").size()).isEqualTo(100);
        assertThat(answer.json().path("detail").stringValue()).contains("3000");
    }

    @Test
    void namesOfAllScriptsAreKept() {
        ObjectNode order = sample();
        at(order, "subscriber").put("first_name", "Zoë 😀").put("last_name", "O'Дмитрий $1 {code}");
        at(order, "sim_profile", "delivery").putArray("to").add("scripts@requests.example");
        Api.Answer answer = post(order);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("subscriber").path("first_name").stringValue())
                .isEqualTo("Zoë 😀");
        Mailbox.Mail mail =
                new Mailbox(world.server()).await("scripts@requests.example", 1).getFirst();
        assertThat(mail.text()).contains("Hello Zoë 😀 O'Дмитрий $1 {code},");
    }

    @Test
    void theStateOfEachAnswerIsAProblemWithAPageOfItsOwn() {
        Api.Answer answer = api.post(PATH, "{}");
        Api.Answer page = api.anonymous("GET", answer.json().path("type").stringValue());
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains("invalid_request");
        assertThat(List.of(answer.json().path("status").intValue())).containsExactly(400);
    }

    /** OsmoHLR has one number for a SIM, and voice and SMS only together. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{"country": "GB", "count": 2, "is_primary": true}] | [] | too_many_numbers
            [] | [{"type": "voice", "enabled": true}, {"type": "sms", "enabled": false}] | services_inseparable""")
    void aTemplateThatTheHlrCannotHoldIsRefused(String numbers, String services, String code) {
        TemplateId template = TemplateId.create(Instant.now());
        world.sql().update(COPY_TEMPLATE, template, world.organization(), world.template());
        world.sql().update(COPY_OFFERINGS, template, world.organization(), world.template());
        world.sql().update(ALLOW_TEMPLATE, world.organization(), world.account(), template);
        world.sql().update("""
                        UPDATE order_templates SET phone_numbers = ?::jsonb, services = ?::jsonb
                        WHERE organization_id = ? AND id = ?""", numbers, services, world.organization(), template);
        ObjectNode order = sample();
        order.put("template_id", template.text());
        refused(order, "/template_id unsupported");
        assertThat(post(order).text()).contains(code);
    }
}
