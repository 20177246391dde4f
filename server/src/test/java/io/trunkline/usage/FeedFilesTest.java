package io.trunkline.usage;

import static io.trunkline.usage.FeedWorld.HEADER;
import static io.trunkline.usage.FeedWorld.data;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.web.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is dropped into the directory is taken in, whatever it is like, and lies in the archive afterwards. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FeedFilesTest {
    private final Instant at = Instant.now().truncatedTo(ChronoUnit.HOURS);
    private Path directory;
    private RunningServer server;
    private FeedWorld feed;
    private FeedWorld.Line line;
    private Api operator;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = RunningServer.start(Map.of(
                "trunkline.usage.directory", temporary.toString(),
                "trunkline.usage.poll", "50ms",
                "trunkline.usage.quiet-time", "1h"));
        feed = new FeedWorld(server, "files");
        line = feed.line(at.minus(40, ChronoUnit.DAYS), null);
        operator = Api.ofOperator(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void drop(String name, byte[] content) throws IOException {
        Path drop = directory.resolve("drop");
        Api.await("the directory", () -> Files.isDirectory(drop));
        Files.write(drop.resolve(name), content);
        Files.createFile(drop.resolve(name + ".done"));
    }

    private void drop(String name, String content) throws IOException {
        drop(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** What lies below, by name. */
    private Optional<Path> found(String part, String name) {
        Path root = directory.resolve(part);
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> file.getFileName().toString().equals(name))
                    .findFirst();
        } catch (UncheckedIOException e) {
            // A file was moved on while it was looked at: what is waited for may be there the next time.
            if (e.getCause() instanceof NoSuchFileException) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String report(String part, String name) throws IOException {
        Api.await(
                "the report of " + name,
                () -> found(part, name + ".report.json").isPresent());
        assertThat(found(part, name)).isPresent();
        assertThat(Files.exists(directory.resolve("drop").resolve(name + ".done")))
                .isFalse();
        JsonNode report =
                Json.parse(Files.readString(found(part, name + ".report.json").orElseThrow()));
        return report.path("accepted") + " " + report.path("repeated") + " "
                + report.path("quarantined")
                        .valueStream()
                        .map(entry ->
                                entry.path("line") + ":" + entry.path("reason").stringValue())
                        .toList();
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void the_same_file_twice_is_counted_once_with_bad_lines_in_the_middle() throws IOException {
        String csv = HEADER + data("f1", line, at, 10) + "broken\n" + data("f2", line, at, 10);
        drop("first.csv", csv);
        assertThat(report("archive", "first.csv")).isEqualTo("2 0 [3:malformed]");
        drop("second.csv", csv);
        assertThat(report("archive", "second.csv")).isEqualTo("0 2 [3:malformed]");
    }

    @Test
    void files_may_be_packed_and_a_truncated_one_is_taken_as_far_as_it_goes() throws IOException {
        drop("packed.csv.gz", gzip(HEADER + data("g1", line, at, 10)));
        assertThat(report("archive", "packed.csv.gz")).isEqualTo("1 0 []");
        drop("packed.csv.zst", Zstd.compress((HEADER + data("z1", line, at, 10)).getBytes(StandardCharsets.UTF_8)));
        assertThat(report("archive", "packed.csv.zst")).isEqualTo("1 0 []");

        var many = new StringBuilder(HEADER);
        for (int i = 0; i < 20_000; i++) {
            many.append(data("t" + i, line, at.minusSeconds(i), 1 + i * 7L % 13));
        }
        byte[] whole = gzip(many.toString());
        drop("cut.csv.gz", Arrays.copyOf(whole, whole.length / 2));
        assertThat(report("archive", "cut.csv.gz")).matches("[1-9]\\d{3,} 0 \\[\\d+:malformed\\]");
        drop("whole.csv.gz", whole);
        assertThat(report("archive", "whole.csv.gz")).matches("[1-9]\\d{3,} [1-9]\\d{3,} \\[\\]");
        assertThat(operator.get("/operator/usage/audit").json().path("differences"))
                .isEmpty();
    }

    @Test
    void what_cannot_be_read_at_all_is_rejected() throws IOException {
        for (Map.Entry<String, byte[]> bad : Map.of(
                        "utf16.csv", (HEADER + data("u1", line, at, 1)).getBytes(StandardCharsets.UTF_16),
                        "headless.csv", "1,2,3\n".getBytes(StandardCharsets.UTF_8),
                        "noise.csv.gz", "no gzip".getBytes(StandardCharsets.UTF_8),
                        "picture.png", new byte[] {1, 2, 3},
                        "long.ndjson", "x".repeat(1_000_000).getBytes(StandardCharsets.UTF_8))
                .entrySet()) {
            drop(bad.getKey(), bad.getValue());
        }
        for (String name : List.of("utf16.csv", "headless.csv", "noise.csv.gz", "picture.png", "long.ndjson")) {
            assertThat(report("reject", name)).as(name).startsWith("0 0 ");
        }
    }

    @Test
    void a_file_is_left_alone_until_it_is_quiet() throws IOException {
        Path drop = directory.resolve("drop");
        Api.await("the directory", () -> Files.isDirectory(drop));
        Path fresh = Files.writeString(drop.resolve("fresh.csv"), HEADER + data("q1", line, at, 1));
        Files.writeString(drop.resolve("later.csv.part"), "");
        drop("between.csv", HEADER + data("q2", line, at, 1));
        assertThat(report("archive", "between.csv")).isEqualTo("1 0 []");
        assertThat(fresh).exists();
        assertThat(drop.resolve("later.csv.part")).exists();

        Files.setLastModifiedTime(fresh, FileTime.from(Instant.now().minusSeconds(7_200)));
        assertThat(report("archive", "fresh.csv")).isEqualTo("1 0 []");
        assertThat(operator.get("/operator/usage/sources")
                        .json()
                        .path("sources")
                        .valueStream()
                        .filter(source -> source.path("name").stringValue().equals("files"))
                        .map(source -> source.path("state").stringValue()))
                .containsExactly("current");
    }

    private String told(String field) {
        return operator.get("/operator/usage/sources")
                .json()
                .path("sources")
                .valueStream()
                .filter(source -> source.path("name").stringValue().equals("files"))
                .map(source -> source.path(field).stringValue(""))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void one_that_cannot_be_read_makes_way_for_those_behind_it() throws IOException {
        Path drop = directory.resolve("drop");
        Api.await("the directory", () -> Files.isDirectory(drop));
        // Reading fails, whoever reads: no address is mapped at 0.
        Files.createSymbolicLink(drop.resolve("broken.csv"), Path.of("/proc/self/mem"));
        Files.createFile(drop.resolve("broken.csv.done"));
        assertThat(report("reject", "broken.csv")).startsWith("0 0 ");
        Api.await("the reason", () -> told("reason").startsWith("broken.csv was rejected: "));
        drop("behind.csv", HEADER + data("behind", line, at, 1));
        assertThat(report("archive", "behind.csv")).isEqualTo("1 0 []");
        Api.await("all is well", () -> told("reason").isEmpty());
    }

    private boolean isUnderWay() {
        return feed.world
                .sql()
                .one(
                        "SELECT position ?? 'file' AS file FROM usage_sources WHERE name = 'files'",
                        row -> row.bool("file"))
                .orElse(false);
    }

    @Test
    void a_file_that_was_moved_when_the_server_ended_is_reported_on_by_the_next_one() throws IOException {
        drop("moved.csv", HEADER + data("moved", line, at, 1) + "no record\n");
        assertThat(report("archive", "moved.csv")).isEqualTo("1 0 [3:malformed]");
        Path archived = found("archive", "moved.csv").orElseThrow();
        long run = feed.world
                .sql()
                .one("SELECT run FROM usage_quarantine WHERE file = 'moved.csv'", row -> row.longInteger("run"))
                .orElseThrow();
        Api.await("the file to be done with", () -> !isUnderWay());
        // As it was before the report.
        Files.delete(found("archive", "moved.csv.report.json").orElseThrow());
        String key = String.valueOf(
                Files.readAttributes(archived, BasicFileAttributes.class).fileKey());
        feed.world
                .sql()
                .update(
                        "UPDATE usage_sources SET position = ?::jsonb WHERE name = 'files'",
                        new FeedFile.Position("moved.csv", key, run, 3, 1, 0, 1).json());
        try (var next = server.second(Map.of("trunkline.usage.directory", directory.toString()))) {
            assertThat(next.isRunning()).isTrue();
            assertThat(report("archive", "moved.csv")).isEqualTo("1 0 [3:malformed]");
        }
    }
}
