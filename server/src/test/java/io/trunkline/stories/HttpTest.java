package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.security.Licence;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** How HTTP is spoken: the same way by every operation. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpTest {
    private static final String QR_CODE = "/qr-code";
    /** Of another type than JSON, which is the file's. */
    private static final String DOWNLOAD = "/download";

    private World world;
    private Api api;
    private Operations operations;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("http").stock(3);
        api = world.api();
        new Population(world, 11).grow(12);
        Api.Answer placed = api.post("/enterprise/orders", world.sampleOrder("a@http.example", "b@http.example"));
        api.awaitOrder(placed.link("self"));
        Changing.newSimFor(world, api, placed.json().path("subscription_id").stringValue());
        operations = new Operations(api)
                .with(
                        "/enterprise/subscriptions",
                        placed.json().path("subscription_id").stringValue());
    }

    private void eachRead(Consumer<Operations.Operation> check) {
        assertThat(operations.reads()).hasSizeGreaterThan(10);
        operations.reads().forEach(check);
    }

    @Test
    void theRootLinksToWhatTheLicencesAllowAndToNothingElse() {
        JsonNode links = api.get("/enterprise").json().path("_links");
        assertThat(links.propertyNames())
                .contains(
                        "self",
                        "accounts",
                        "order-templates",
                        "orders",
                        "product-offerings",
                        "products",
                        "subscribers",
                        "subscriptions");
        links.forEach(link ->
                assertThat(api.get(link.path("href").stringValue()).status()).isEqualTo(200));
        Api limited = world.api(EnumSet.of(Licence.ORDER_TEMPLATES));
        assertThat(limited.get("/enterprise").json().path("_links").propertyNames())
                .containsExactly("self", "order-templates", "product-offerings");
        assertThat(api.anonymous("GET", "/enterprise").status()).isEqualTo(401);
    }

    @Test
    void headAnswersWhatGetAnswersWithoutTheBody() {
        eachRead(operation -> {
            String path = operations.sample(operation);
            Api.Answer get = api.get(path);
            Api.Answer head = api.call("HEAD", path, null);
            assertThat(get.status()).as("%s %s", operation, get.text()).isEqualTo(200);
            assertThat(head.status()).as(operation.toString()).isEqualTo(200);
            assertThat(head.response().body()).as(operation.toString()).isEmpty();
            for (String header : List.of("Content-Type", "ETag", "Content-Length", "Vary", "Cache-Control")) {
                assertThat(head.header(header)).as("%s %s", operation, header).isEqualTo(get.header(header));
            }
            assertThat(get.header("Content-Length"))
                    .isEqualTo(Integer.toString(get.response().body().length));
        });
        assertThat(api.call("HEAD", "/enterprise/accounts/nobody", null).status())
                .isEqualTo(404);
    }

    @Test
    void optionsTellsTheMethodsToEveryTokenAndOtherMethodsAreRefusedWithThem() {
        Api without = world.api(Set.of());
        for (Operations.Operation operation : operations.all()) {
            String path = operations.sample(operation);
            Api.Answer options = without.call("OPTIONS", path, null);
            assertThat(options.status()).as(operation.toString()).isEqualTo(200);
            assertThat(options.header("Allow")).as(operation.toString()).contains(operation.method(), "OPTIONS");
            String other = options.header("Allow").contains("DELETE") ? "PUT" : "DELETE";
            Api.Answer refused = api.call(other, path, null);
            assertThat(refused.status()).as(operation.toString()).isEqualTo(405);
            assertThat(refused.code()).isEqualTo("method_not_allowed");
            assertThat(refused.header("Allow").split(",\\s*", -1))
                    .containsExactlyInAnyOrder(options.header("Allow").split(",\\s*", -1));
            assertThat(api.call("FROBNICATE", path, null).status()).isEqualTo(405);
        }
        assertThat(api.anonymous("OPTIONS", "/enterprise/accounts").status()).isEqualTo(401);
        assertThat(api.call("OPTIONS", "/enterprise/nothing", null).status()).isEqualTo(404);
    }

    @Test
    void aParameterThatNobodyKnowsIsRefusedByItsName() {
        for (Operations.Operation operation : operations.all()) {
            String path = operations.sample(operation) + "?limitt=1&a%20b=2";
            Api.Answer answer = operation.reads()
                    ? api.get(path)
                    : api.call(operation.method(), path, "{}", "Content-Type", "application/json");
            assertThat(answer.status()).as(operation.toString()).isEqualTo(400);
            assertThat(answer.violations()).as(operation.toString()).contains("limitt unknown", "a b unknown");
        }
    }

    @Test
    void representationsAreNegotiated() {
        eachRead(operation -> {
            String path = operations.sample(operation);
            Api.Answer none = api.get(path, "Accept", "text/csv");
            assertThat(none.status()).as(operation.toString()).isEqualTo(406);
            assertThat(none.code()).isEqualTo("not_acceptable");
            assertThat(api.get(path, "Accept", "nonsense").violations()).containsExactly("Accept pattern");
            if (!path.endsWith(QR_CODE) && !path.endsWith(DOWNLOAD)) {
                Api.Answer plain = api.get(path, "Accept", "text/html, */*;q=0.1");
                Api.Answer hal = api.get(path, "Accept", "application/hal+json, application/json;q=0.9");
                assertThat(plain.header("Content-Type")).startsWith("application/json");
                assertThat(hal.header("Content-Type")).startsWith("application/hal+json");
                assertThat(hal.text()).isEqualTo(plain.text());
                assertThat(hal.header("Vary")).contains("Accept", "Prefer");
                assertThat(hal.json().path("_links").path("self").path("href").stringValue())
                        .as(operation.toString())
                        .endsWith(path);
            }
        });
    }

    @Test
    void whatTheCallerKnowsIsNotSentAgain() {
        eachRead(operation -> {
            String path = operations.sample(operation);
            if (!operation.ofOne() || path.endsWith(QR_CODE)) {
                return;
            }
            String tag = api.get(path).header("ETag");
            for (String known : List.of(tag, "W/" + tag, "\"a,b\", W/\"c\" ,  " + tag, "*")) {
                Api.Answer answer = api.get(path, "If-None-Match", known);
                assertThat(answer.status()).as("%s %s", operation, known).isEqualTo(304);
                assertThat(answer.response().body()).isEmpty();
                assertThat(answer.header("ETag")).isEqualTo(tag);
                assertThat(answer.header("Vary")).isEqualTo("Accept, Prefer");
            }
            for (String other : List.of("\"other\"", tag.substring(1), "")) {
                assertThat(api.get(path, "If-None-Match", other).status())
                        .as(other)
                        .isEqualTo(200);
            }
            assertThat(api.get(path, "If-Match", tag).status()).isEqualTo(200);
            assertThat(api.get(path, "If-Match", "\"other\"").code()).isEqualTo("precondition_failed");
        });
    }

    @Test
    void whatIsTooLargeOrOfAnotherTypeIsRefused() {
        Api.Answer tooLarge = api.post("/enterprise/orders", " ".repeat(1_000_001));
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.code()).isEqualTo("content_too_large");
        Api.Answer form = api.post("/enterprise/orders", "a=b", "Content-Type", "application/x-www-form-urlencoded");
        assertThat(form.status()).isEqualTo(415);
        assertThat(form.header("Accept")).contains("application/json");
        for (String fields : List.of("\nX-Long: " + "x".repeat(17_000), "\nX-Many: 1".repeat(120))) {
            RawHttp.Answer headers = new RawHttp(world.server().url()).send("GET /enterprise HTTP/1.1" + fields, "");
            assertThat(headers.status()).isEqualTo(431);
            assertThat(headers.json().path("code").stringValue()).isEqualTo("headers_too_large");
        }
        assertThat(api.call("TRACE", "/enterprise/accounts", null).status()).isEqualTo(405);
    }

    @Test
    void whatNeedsALicenceThatIsMissingIsLeftOutAndNotNamed() {
        String path = "/enterprise/subscriptions?limit=3";
        String all = "transclude=\"services; subscriber,account ;sim_profile;unknown;phone_numbers\"";
        Api.Answer full = api.get(path, "Prefer", all);
        assertThat(Lists.rows(full).getFirst().path("_embedded").propertyNames())
                .containsExactlyInAnyOrder("account", "subscriber", "sim_profile", "phone_numbers", "services");
        assertThat(full.header("Preference-Applied"))
                .isEqualTo("transclude=\"account;subscriber;sim_profile;phone_numbers;services\"");
        Api.Answer less =
                world.api(EnumSet.of(Licence.SUBSCRIPTIONS, Licence.ACCOUNTS)).get(path, "Prefer", all);
        assertThat(Lists.rows(less).getFirst().path("_embedded").propertyNames())
                .containsExactlyInAnyOrder("account", "sim_profile", "phone_numbers", "services");
        assertThat(less.header("Preference-Applied"))
                .isEqualTo("transclude=\"account;sim_profile;phone_numbers;services\"");
        Api.Answer only = world.api(EnumSet.of(Licence.SUBSCRIPTIONS)).get(path, "Prefer", "transclude=subscriber");
        assertThat(Lists.rows(only).getFirst().has("_embedded")).isFalse();
        assertThat(only.header("Preference-Applied")).isEmpty();
        assertThat(Lists.rows(api.get(path)).getFirst().has("_embedded")).isFalse();
    }

    @Test
    void aClientThatAsksTooOftenWaitsAndNobodyElseDoes() {
        String limited = world.clientId() + "-limited";
        world.server().clients().createClient(world.organization(), limited, "limited", Set.of(Licence.ACCOUNTS));
        String secret = world.server().clients().newSecret(world.organization(), limited);
        Api hasty = new Api(world.server().url(), limited, secret);
        Api.Answer first = hasty.get("/enterprise/accounts");
        assertThat(first.header("RateLimit-Policy")).isEqualTo("\"client\";q=2000;w=2");
        assertThat(first.header("RateLimit")).matches("\"client\";r=\\d+;t=1");

        world.server().clients().setLimit(world.organization(), limited, 1, 5);
        hasty.await(
                "/enterprise/accounts",
                answer -> answer.header("RateLimit-Policy").equals("\"client\";q=5;w=5"));
        hasty.await("/enterprise/accounts", answer -> answer.status() == 429);
        Api.Answer refused = hasty.get("/enterprise/accounts");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("too_many_requests");
        assertThat(refused.header("RateLimit")).isEqualTo("\"client\";r=0;t=1");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 2);
        assertThat(api.get("/enterprise/accounts").status()).isEqualTo(200);
        hasty.await("/enterprise/accounts", answer -> answer.status() == 200);
    }
}
