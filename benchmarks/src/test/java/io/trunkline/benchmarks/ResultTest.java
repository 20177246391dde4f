package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a benchmark leaves for people and for programs. */
final class ResultTest {
    @TempDir
    Path home;

    private Result result(boolean holds) {
        return new Result(
                "read", "requests/s", 1234.56789, 2000, 0.617, 0.5, holds, 1.5, 9.25, 0.4, 512.25, List.of("a note"));
    }

    @Test
    void theFileHasTheFieldsOfEveryBenchmarkAndNoOther() throws IOException {
        Settings settings = Settings.parse(home, List.of());
        result(true).write(settings);
        JsonNode json = new JsonMapper().readTree(Files.readString(home.resolve("target/bench/read.json")));
        assertThat(json.propertyNames())
                .containsExactly(
                        "bench",
                        "unit",
                        "ours",
                        "limit",
                        "ratio",
                        "goal",
                        "holds",
                        "p50_ms",
                        "p99_ms",
                        "cpu_s_per_1000",
                        "peak_rss_mb",
                        "hardware",
                        "commit");
        assertThat(json.path("ours").doubleValue()).isEqualTo(1234.568);
        assertThat(json.path("holds").booleanValue()).isTrue();
        assertThat(json.path("commit").stringValue()).isEqualTo("unknown");
    }

    @Test
    void theTableTellsWhetherTheGoalHolds() {
        Settings settings = Settings.parse(home, List.of());
        assertThat(result(true).write(settings)).contains("1,235", "0.617  holds the goal of 0.500", "  a note");
        assertThat(result(false).write(settings)).contains("MISSES the goal of 0.500");
    }
}
