package io.trunkline.benchmarks;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.trunkline.ids.UsageItemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A benchmark from end to end, on as little data as it takes: that it measures, not what. */
class BenchTest {
    private static final Optional<Path> LAUNCHER =
            Optional.ofNullable(System.getenv("TRUNKLINE_LAUNCHER")).map(Path::of);
    private static final Path HOME = Path.of("target", "bench-test").toAbsolutePath();
    private static final Settings SETTINGS = new Settings(
            HOME, HOME.resolve("target/bench-data"), HOME.resolve("target/bench"), 10_000, 100_000, 1, 1, 4, 1_000);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int LINES = 200;
    private static final int COMPARED_LINES = 4;
    private static final int PAGE = 100;
    private static final int MOST_FILTERS = 12;

    @BeforeAll
    static void prepare() throws IOException {
        assumeThat(LAUNCHER)
                .as("run by ./trunkline test, which has built what the launcher starts")
                .isPresent();
        Path launcher = LAUNCHER.orElseThrow().toAbsolutePath().normalize();
        FileSystemUtils.deleteRecursively(HOME);
        Files.createDirectories(HOME);
        Files.createSymbolicLink(HOME.resolve("trunkline"), launcher);
        System.setProperty(
                "trunkline.spring-data-rest",
                launcher.resolveSibling("benchmarks/spring-data-rest/target/app")
                        .toString());
        assertThat(SpringDataRest.isBuilt()).isTrue();
    }

    @AfterAll
    static void remove() throws IOException {
        FileSystemUtils.deleteRecursively(HOME);
    }

    @Test
    void aReadStandsBesideItsLimitAndTheUsualWayWhichAnswersTheSame() throws IOException {
        try (Installation installation = Installation.loaded(SETTINGS, true)) {
            List<Asks.Line> lines = Bench.lines(SETTINGS, installation, true).subList(0, LINES);
            Result read = new Comparison(SETTINGS, installation)
                    .run(
                            "read",
                            "requests/s",
                            0.5,
                            lines.stream().map(Asks::read).toList());
            assertThat(read.notes())
                    .anyMatch(note -> note.matches("1 rounds of 1 s each.* 6.0 statements each"))
                    .anyMatch(note -> note.matches("Spring Data REST on the same tables.* ratio 0\\.\\d+, .*"));
            assertThat(read.write(SETTINGS)).contains("ours", "limit", "ratio", "commit");
            JsonNode json = JSON.readTree(Files.readString(HOME.resolve("target/bench/read.json")));
            for (String figure :
                    List.of("ours", "limit", "ratio", "p50_ms", "p99_ms", "cpu_s_per_1000", "peak_rss_mb")) {
                assertThat(json.path(figure).doubleValue()).as(figure).isPositive();
            }
            compare(installation, lines.subList(0, COMPARED_LINES));
        }
    }

    /** Were they other answers, it would be easy to be faster. */
    private static void compare(Installation installation, List<Asks.Line> lines) throws IOException {
        int compared = 0;
        try (SpringDataRest usual = SpringDataRest.start(installation, SETTINGS);
                var ours = new JdkClient.Connection(installation.url());
                var theirs = new JdkClient.Connection(usual.url())) {
            var tokens = new Tokens(installation.url(), installation.clients());
            var random = new Random(1);
            for (Asks.Line line : lines) {
                Ask read = Asks.read(line);
                JsonNode whole = get(ours, tokens, read).path("_embedded");
                JsonNode other = get(theirs, tokens, SpringDataRest.same(read));
                assertThat(other.path("subscriber").path("email"))
                        .isEqualTo(whole.path("subscriber").path("email"));
                assertThat(other.path("account").path("name"))
                        .isEqualTo(whole.path("account").path("name"));
                assertThat(other.path("simProfiles").path(0).path("iccid"))
                        .isEqualTo(whole.path("sim_profile").path("iccid"));
                assertThat(other.path("phoneNumbers").size()).isPositive();
                assertThat(other.path("services").size()).isPositive();
                for (Map.Entry<String, Ask> filter : Asks.filters(line, random).entrySet()) {
                    JsonNode page = get(ours, tokens, filter.getValue());
                    Set<UUID> own = ids(page.path("_embedded").path("items"));
                    // A page of a filter that matches little may end early.
                    if (own.size() == PAGE || !page.path("_links").has("next")) {
                        JsonNode same = get(theirs, tokens, SpringDataRest.same(filter.getValue()));
                        assertThat(usualIds(same.path("_embedded").path("usageItems")))
                                .as(filter.toString())
                                .isEqualTo(own);
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(COMPARED_LINES * MOST_FILTERS);
    }

    private static JsonNode get(JdkClient.Connection connection, Tokens tokens, Ask ask) throws IOException {
        return JSON.readTree(connection.get(tokens.calls(List.of(ask)).getFirst()));
    }

    private static Set<UUID> ids(JsonNode items) {
        return items.valueStream()
                .map(item -> UsageItemId.parse(item.path("id").stringValue()).orElseThrow())
                .map(UsageItemId::value)
                .collect(toSet());
    }

    private static Set<UUID> usualIds(JsonNode items) {
        return items.valueStream()
                .map(item -> item.path("_links").path("self").path("href").stringValue())
                .map(link -> UUID.fromString(link.substring(link.lastIndexOf('/') + 1)))
                .collect(toSet());
    }
}
