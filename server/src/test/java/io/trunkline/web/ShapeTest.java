package io.trunkline.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How JSON comes in and goes out. */
final class ShapeTest {
    private static final Shape.Length LINE = new Shape.Length(1, 5);

    private static List<String> violations(String json, Consumer<Shape> reading) {
        var violations = new ArrayList<Violation>();
        reading.accept(new Shape(Json.read(json.getBytes(UTF_8)), "", violations));
        return violations.stream()
                .map(violation -> violation.name() + " " + violation.code())
                .toList();
    }

    @Test
    void everything_that_is_wrong_is_told_at_once_with_its_pointer() {
        assertThat(violations("""
                        {"number": 1, "long": "abcdef", "none": null, "choice": "c", "list": ["ok", 2, "too long"],
                         "object": {"inner": "", "typo": 1}, "a/b~c": 1}""", shape -> {
                    shape.text("number", true, LINE);
                    shape.text("long", true, LINE);
                    shape.text("none", true, LINE);
                    shape.text("missing", true, LINE);
                    shape.text("optional", false, LINE);
                    shape.oneOf("choice", true, "a", "b");
                    shape.texts("list", true, new Shape.Length(1, 3), LINE, _ -> Optional.empty());
                    shape.object("object", true).ifPresent(object -> {
                        object.text("inner", true, LINE);
                        object.end();
                    });
                    shape.end();
                }))
                .containsExactlyInAnyOrder(
                        "/number TYPE",
                        "/long RANGE",
                        "/none REQUIRED",
                        "/missing REQUIRED",
                        "/choice NOT_ALLOWED",
                        "/list/1 TYPE",
                        "/list/2 RANGE",
                        "/object/inner RANGE",
                        "/object/typo UNKNOWN",
                        "/a~1b~0c UNKNOWN");
    }

    @Test
    void length_is_counted_in_code_points_and_control_characters_are_refused() {
        assertThat(violations("{\"a\": \"𝄞𝄞𝄞𝄞𝄞\"}", shape -> shape.text("a", true, LINE)))
                .isEmpty();
        assertThat(violations("{\"a\": \"𝄞𝄞𝄞𝄞𝄞𝄞\"}", shape -> shape.text("a", true, LINE)))
                .containsExactly("/a RANGE");
        for (String bad : List.of("a\\nb", "a\\u0000", "\\u0085", "\\ud834", "   ")) {
            assertThat(violations("{\"a\": \"" + bad + "\"}", shape -> shape.text("a", true, LINE)))
                    .as(bad)
                    .containsExactly("/a PATTERN");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":01}",
                "[1,]",
                "// c\n{}",
                "\u0000",
                "{\"a\":\"\n\"}"
            })
    void what_is_no_single_strict_json_value_is_malformed(String json) {
        assertThatThrownBy(() -> Json.read(json.getBytes(UTF_8))).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.problem().code()).isEqualTo(ErrorCode.MALFORMED_JSON);
            assertThat(refusal.problem().detail()).doesNotContain("tools.jackson", "Exception", "[Source");
        });
    }

    @Test
    void depth_and_sizes_are_bounded() {
        assertThatThrownBy(() -> Json.read("[".repeat(100_000).getBytes(UTF_8))).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Json.read(("{\"a\":" + "9".repeat(1_000) + "}").getBytes(UTF_8)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Json.read(("{\"a\":\"" + "x".repeat(200_000) + "\"}").getBytes(UTF_8)))
                .isInstanceOf(Refusal.class);
    }

    @RepeatedTest(100)
    void random_bytes_are_refused_or_read_and_never_a_failure() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        String marks = "{}[]\":,\\truefalsn0123.eE-+ \n";
        var text = new StringBuilder("{");
        int length = random.nextInt(40);
        for (int i = 0; i < length; i++) {
            text.append(marks.charAt(random.nextInt(marks.length())));
        }
        try {
            JsonNode read = Json.read(text.toString().getBytes(UTF_8));
            assertThat(read.isObject()).as("seed " + seed).isTrue();
        } catch (Refusal refusal) {
            assertThat(refusal.problem().code()).as("seed " + seed).isEqualTo(ErrorCode.MALFORMED_JSON);
        }
    }

    @Test
    void times_have_exactly_three_fraction_digits_in_utc() {
        assertThat(Json.time(Instant.parse("2023-01-01T00:00:00Z"))).isEqualTo("2023-01-01T00:00:00.000Z");
        assertThat(Json.time(Instant.parse("2023-06-30T23:59:59.999999Z"))).isEqualTo("2023-06-30T23:59:59.999Z");
    }

    @Test
    void what_is_written_is_in_order_and_reads_back() {
        String text = Json.text(json -> json.text("b", "\"\\\n\u2028")
                .text("a", null)
                .number("n", Long.MIN_VALUE)
                .bool("t", true)
                .none("z")
                .texts("l", List.of("x"))
                .object("o", inner -> inner.text("i", "é")));
        assertThat(Json.parse(text).propertyNames()).containsExactly("b", "a", "n", "t", "z", "l", "o");
        assertThat(Json.parse(text).path("b").stringValue("")).isEqualTo("\"\\\n\u2028");
        assertThat(Json.parse(text).path("a").isNull()).isTrue();
    }

    @Test
    void a_problem_tells_one_violation_itself_and_counts_more() {
        Violation one = Violation.parameter("a", Violation.Code.UNKNOWN, "there is no a");
        assertThat(Problem.invalid(List.of(one)).detail()).isEqualTo("there is no a");
        assertThat(Problem.invalid(List.of(one, one)).detail()).startsWith("2 values");
        assertThat(Problem.unavailable("x").headers()).containsKey("Retry-After");
        assertThat(Problem.of(ErrorCode.NOT_FOUND, "x").refusal().getStackTrace())
                .isEmpty();
    }
}
