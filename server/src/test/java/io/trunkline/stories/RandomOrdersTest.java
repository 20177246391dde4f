package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whatever an order says, the answer is an order or a problem that names its place: never a failure of the server. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RandomOrdersTest {
    private static final int REQUESTS = 200;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "x",
            "\u0000",
            "\uD800",
            "\uDFFF\uD800",
            "😀",
            "'; DROP TABLE orders; --",
            "${jndi:ldap://127.0.0.1/x}",
            "\r\nX-Header: 1",
            "a@b.example",
            "a@bücher.example",
            "a@" + "b".repeat(300) + ".example",
            "%00",
            "../../etc/passwd",
            "\u202E",
            "9".repeat(400),
            "{code}",
            "email",
            "api",
            "esim",
            "activate_subscription",
            "acc_01HTQ8VBN4DEJP5S8BPV4657VG",
            "otpl_A00ABCDRT1F00AVRPTAQ5XQFUT",
            "sbr_01HTQ8Z5HR26EN2HE797W5SZP9");
    private static final List<String> NAMES = List.of(
            "type",
            "account_id",
            "template_id",
            "subscriber",
            "sim_profile",
            "delivery",
            "to",
            "cc",
            "id",
            "email",
            "first_name",
            "sim_type",
            "a/b",
            "a~b",
            "",
            "\uD800",
            "__proto__",
            "requested_at",
            "locale",
            "group");

    private World world;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("random").stock(REQUESTS);
        api = world.api();
    }

    @Test
    void anythingIsAnsweredWithAnOrderOrAProblem() {
        long seed = Long.getLong("trunkline.test.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < REQUESTS; i++) {
            String body = body(random);
            Api.Answer answer = api.post("/enterprise/orders", body);
            String about = "seed " + seed + ", request " + i + ": " + body + "\n" + answer.text();
            if (answer.status() == 201) {
                assertThat(answer.json().path("status").stringValue()).as(about).isEqualTo("pending");
                continue;
            }
            assertThat(answer.status()).as(about).isEqualTo(400);
            assertThat(answer.header("Content-Type")).as(about).startsWith("application/problem+json");
            if (!answer.code().equals("malformed_json")) {
                assertThat(answer.code()).as(about).isEqualTo("invalid_request");
                assertThat(answer.json().path("errors").isEmpty()).as(about).isFalse();
                for (JsonNode error : answer.json().path("errors")) {
                    assertThat(error.path("pointer").isString()).as(about).isTrue();
                    assertThat(error.path("code").stringValue("")).as(about).isNotEmpty();
                    assertThat(error.path("detail").stringValue("")).as(about).isNotEmpty();
                }
            }
        }
    }

    private String body(Random random) {
        ObjectNode order = (ObjectNode) Api.JSON.readTree(world.sampleOrder("to@random.example", "cc@random.example"));
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            change(random, order);
        }
        String body = escaped(order);
        return switch (random.nextInt(20)) {
            case 0 -> body.substring(0, random.nextInt(body.length()));
            case 1 -> {
                var broken = new StringBuilder(body);
                broken.setCharAt(random.nextInt(body.length()), (char) random.nextInt(0x20, 0x7f));
                yield broken.toString();
            }
            default -> body;
        };
    }

    /** All characters beyond ASCII as escapes: halves of characters can be sent no other way. */
    private static String escaped(JsonNode node) {
        var text = new StringBuilder();
        node.toString().chars().forEach(c -> {
            if (c < 0x7f) {
                text.append((char) c);
            } else {
                text.append("\\u%04x".formatted(c));
            }
        });
        return text.toString();
    }

    /** Changes one place somewhere below. */
    private static void change(Random random, ObjectNode node) {
        List<String> names = List.copyOf(node.propertyNames());
        String name = names.isEmpty() || random.nextInt(6) == 0
                ? NAMES.get(random.nextInt(NAMES.size()))
                : names.get(random.nextInt(names.size()));
        JsonNode child = node.get(name);
        if (child instanceof ObjectNode object && random.nextInt(4) > 0) {
            change(random, object);
        } else if (child instanceof ArrayNode array && random.nextInt(3) > 0) {
            array.add(value(random, 2));
        } else if (random.nextInt(5) == 0) {
            node.remove(name);
        } else {
            node.set(name, value(random, 3));
        }
    }

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0, 1, 2 -> NODES.stringNode(TEXTS.get(random.nextInt(TEXTS.size())));
            case 3 -> NODES.numberNode(random.nextBoolean() ? random.nextLong() : random.nextDouble());
            case 4 -> NODES.booleanNode(random.nextBoolean());
            case 5 -> NODES.nullNode();
            case 6, 7 -> {
                ObjectNode object = NODES.objectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set(NAMES.get(random.nextInt(NAMES.size())), value(random, depth - 1));
                }
                yield object;
            }
            default -> {
                ArrayNode array = NODES.arrayNode();
                for (int i = random.nextInt(14); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                yield array;
            }
        };
    }
}
