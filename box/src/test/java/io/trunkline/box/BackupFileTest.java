package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.postgres.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a backup, byte by byte. */
class BackupFileTest {
    private static final int ALTERATIONS = 300;
    private static final long SEED = Long.getLong("trunkline.test.seed", System.nanoTime());

    @TempDir
    private Path directory;

    private static String facts(int format, String major) {
        return new BackupFacts(
                        format,
                        major,
                        major + ".6",
                        "test",
                        Instant.parse("2026-11-25T04:00:00Z"),
                        new LinkedHashMap<>(Map.of("k1", "0123456789abcdef")),
                        false)
                .text();
    }

    private Path write(String name, String facts, Map<String, String> files) throws IOException {
        Path file = directory.resolve(name);
        try (BackupWriter writer = BackupWriter.create(file, _ -> {})) {
            writer.text(BackupFacts.ENTRY, facts);
            writer.directory("data/postgres/cluster");
            writer.directory("data/postgres/cluster/pg_wal");
            for (Map.Entry<String, String> each : files.entrySet()) {
                writer.text(each.getKey(), each.getValue());
            }
            byte[] noise = new byte[10_000];
            new Random(SEED).nextBytes(noise);
            writer.below("data/postgres/cluster/").file("base/1/1", noise.length, new ByteArrayInputStream(noise));
            writer.complete();
        }
        return file;
    }

    private Path whole() throws IOException {
        return write(
                "whole.backup",
                facts(BackupFacts.FORMAT, EmbeddedPostgres.majorVersion()),
                Map.of("data/postgres/password", "secret"));
    }

    private static BackupReader.Contents verify(Path file) {
        return new BackupReader(file, _ -> {}).verify(_ -> {});
    }

    @Test
    void whatIsWrittenIsReadWithItsDirectories() throws IOException {
        Path file = whole();
        BackupReader.Contents contents = verify(file);
        assertThat(contents.facts().keyNames()).isEqualTo("k1 (fingerprint 0123456789abcdef)");
        Path target = Files.createDirectory(directory.resolve("target"));
        new BackupReader(file, _ -> {}).extract(contents, new Extraction(target));
        assertThat(target.resolve("postgres/password")).hasContent("secret");
        assertThat(target.resolve("postgres/cluster/pg_wal")).isEmptyDirectory();
        assertThat(target.resolve("postgres/cluster/base/1/1")).hasSize(10_000);
        assertThat(Files.getPosixFilePermissions(target.resolve("postgres/cluster")))
                .hasSize(3);
    }

    @Test
    void aByteThatIsAnotherIsRefusedWhereverItMeansAnything() throws IOException {
        Path original = whole();
        Map<String, String> sums = verify(original).sums();
        byte[] whole = Files.readAllBytes(original);
        var random = new Random(SEED);
        Path altered = directory.resolve("altered.backup");
        int refused = 0;
        for (int i = 0; i < ALTERATIONS; i++) {
            byte[] bytes = whole.clone();
            // The first ones are gzip's own header.
            int at = i < 12 ? i : random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(altered, bytes);
            try {
                // Where a block ends in the middle of a byte, the rest of that byte means nothing.
                assertThat(verify(altered).sums())
                        .as("byte %d, seed %d", at, SEED)
                        .isEqualTo(sums);
            } catch (BoxException e) {
                refused++;
            }
        }
        assertThat(refused).as("seed %d", SEED).isGreaterThan(ALTERATIONS * 9 / 10);
    }

    @Test
    void aFileThatIsCutOffOrGoesOnIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(whole());
        Path cut = directory.resolve("cut.backup");
        for (int length : List.of(0, 1, 10, whole.length / 2, whole.length - 9, whole.length - 8, whole.length - 1)) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> verify(cut))
                    .as("cut to %d of %d bytes", length, whole.length)
                    .isInstanceOf(BoxException.class)
                    .hasMessageContaining("damaged");
        }
        for (int more : List.of(1, 8, 700)) {
            Files.write(cut, Arrays.copyOf(whole, whole.length + more));
            assertThatThrownBy(() -> verify(cut))
                    .as("%d bytes more", more)
                    .isInstanceOf(BoxException.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void anotherMajorVersionAndANewerFormatAreNamed() throws IOException {
        Path older = write("older.backup", facts(BackupFacts.FORMAT, "17"), Map.of());
        assertThatThrownBy(() -> verify(older))
                .hasMessageContaining("PostgreSQL 17, this build brings " + EmbeddedPostgres.majorVersion());
        Path newer = write("newer.backup", facts(BackupFacts.FORMAT + 1, "19"), Map.of());
        assertThatThrownBy(() -> verify(newer))
                .hasMessageContaining("format 2, this build reads up to 1")
                .hasMessageContaining("or a newer one");
        Path other = Files.writeString(directory.resolve("other"), "a letter", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> verify(other)).hasMessageContaining("is no backup of Trunkline");
    }

    @Test
    void anEntryThatLeavesTheDirectoryIsRefused() throws IOException {
        String facts = facts(BackupFacts.FORMAT, EmbeddedPostgres.majorVersion());
        for (String name : List.of("data/../../x", "data/./x", "etc/passwd", "data//x")) {
            Path file = write("leaving" + name.hashCode(), facts, Map.of(name, "x"));
            assertThatThrownBy(() -> verify(file))
                    .as(name)
                    .isInstanceOf(BoxException.class)
                    .hasMessageContaining("an entry that no backup has");
        }
    }
}
