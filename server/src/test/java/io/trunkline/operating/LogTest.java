package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.web.Correlation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is logged, in a process of its own: how a JVM logs is settled once. */
final class LogTest {
    private static final String EVIL = "harmless\r\n2026-01-01T00:00:00.000Z ERROR [-] forged : forged\u001b[31m\u0000";

    /** Logs like a request does whose values came from outside. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            var application = new SpringApplication(Child.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            application.run(arguments).close();
            MDC.put(Correlation.LOG_KEY, "a-correlation-id");
            LoggerFactory.getLogger("io.trunkline.test").warn("a value: {}", EVIL);
            LoggerFactory.getLogger("io.trunkline.test")
                    .error("it failed", new IllegalStateException(EVIL, new IOException("cause\nof it")));
        }
    }

    private static List<String> lines(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    @Test
    void people_read_one_record_a_line_that_nobody_can_forge() throws IOException, InterruptedException {
        List<String> lines = lines();

        assertThat(lines)
                .filteredOn(line -> line.contains("a value: harmless"))
                .singleElement()
                .asString()
                .matches("\\d{4}-\\d\\d-\\d\\dT.* WARN  \\[a-correlation-id] io.trunkline.test "
                        + ".*a value: harmless 2026-.*");
        assertThat(lines).as("a forged record").noneMatch(line -> line.startsWith("2026-01-01T00:00:00.000Z ERROR"));
        assertThat(lines).anyMatch(line -> line.startsWith("    ") && line.contains("IllegalStateException: harmless"));
        assertThat(lines)
                .anyMatch(line -> line.startsWith("    ") && line.contains("at io.trunkline.operating.LogTest"));
        assertThat(lines).anyMatch(line -> line.startsWith("    ") && line.contains("Caused by: java.io.IOException"));
        assertThat(String.join("", lines)).doesNotContain("\u001b[31m\u0000");
    }

    @Test
    void machines_read_json_with_the_correlation_id() throws IOException, InterruptedException {
        List<JsonNode> records = lines("--logging.structured.format.console=ecs").stream()
                .map(line -> new JsonMapper().readTree(line))
                .toList();

        assertThat(records)
                .filteredOn(record -> record.path("message").stringValue("").startsWith("a value"))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.path("message").stringValue("")).isEqualTo("a value: " + EVIL);
                    assertThat(record.path(Correlation.LOG_KEY).stringValue("")).isEqualTo("a-correlation-id");
                    assertThat(record.path("log").path("level").stringValue("")).isEqualTo("WARN");
                });
        assertThat(records)
                .filteredOn(record -> record.path("message").stringValue("").equals("it failed"))
                .singleElement()
                .satisfies(
                        record -> assertThat(record.path("error").path("type").stringValue(""))
                                .isEqualTo("java.lang.IllegalStateException"));
    }
}
