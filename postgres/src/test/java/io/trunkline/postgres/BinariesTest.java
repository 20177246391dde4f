package io.trunkline.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BinariesTest {
    private Scratch scratch;
    private Path programs;

    @BeforeEach
    void makeDirectory() throws IOException {
        scratch = new Scratch();
        programs = scratch.directory.resolve("programs");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        scratch.close();
    }

    private Path unpack() {
        return Binaries.unpack(Account.choose(scratch.cluster()), programs);
    }

    private static FileTime unpackedAt(Path target) throws IOException {
        return Files.getLastModifiedTime(target.resolve("contents"));
    }

    @Test
    void twoProcessesUnpackThemOnceAndBothStart() throws IOException {
        Path one = scratch.directory.resolve("data");
        Path other = scratch.directory.resolve("other");
        Scratch.Started first = scratch.launch(List.of(), Scratch.classPath(), one, programs);
        Scratch.Started second = scratch.launch(List.of(), Scratch.classPath(), other, programs);
        try {
            assertThat(first.ready().port()).isNotEqualTo(second.ready().port());
            try (Stream<Path> made = Files.list(programs)) {
                assertThat(made.map(path -> path.getFileName().toString()).filter(name -> !name.equals("unpack.lock")))
                        .singleElement()
                        .asString()
                        .startsWith("postgresql-18.");
            }
        } finally {
            second.process().destroyForcibly();
            Scratch.await("its end", () -> !second.process().isAlive());
            Postmaster.clear(Cluster.in(other));
        }
    }

    @Test
    void whatIsCompleteStaysAndWhatWasLeftHalfUnpackedOrLostAFileIsUnpackedAgain() throws IOException {
        Path target = unpack();
        FileTime first = unpackedAt(target);
        assertThat(unpackedAt(unpack())).isEqualTo(first);

        Files.delete(target.resolve("lib/postgresql/plpgsql.so"));
        Files.createDirectories(target.resolveSibling(target.getFileName() + ".partial/bin"));
        assertThat(unpack().resolve("lib/postgresql/plpgsql.so")).exists();
        assertThat(target.resolveSibling(target.getFileName() + ".partial")).doesNotExist();

        Files.writeString(target.resolve("bin/postgres"), "");
        assertThat(unpack().resolve("bin/postgres")).isNotEmptyFile();

        Files.delete(target.resolve("contents"));
        assertThat(unpack().resolve("contents")).exists();
    }

    @Test
    void aFullDiskIsToldAndMadeGoodLater() throws Exception {
        // A limit on the size of files stands for it: 1 MB, where postgres has more.
        List<String> limited = List.of("sh", "-c", "ulimit -f 2048; exec \"$@\"", "sh");
        Path data = scratch.directory.resolve("data");
        Scratch.Started started = scratch.launch(limited, Scratch.classPath(), data, programs);
        assertThat(started.line())
                .startsWith("REFUSED PostgreSQL's programs cannot be unpacked to " + programs)
                .contains("about 60 MB are needed")
                .contains("File too large");
        assertThat(started.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(unpack().resolve("bin/postgres")).isExecutable();
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        Files.writeString(programs, "in the way");
        assertThatThrownBy(this::unpack)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(programs.toString());
    }
}
