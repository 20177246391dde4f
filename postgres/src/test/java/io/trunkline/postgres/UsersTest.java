package io.trunkline.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Root drops its rights for PostgreSQL, and an ordinary user starts it as itself. Both are proved only by root. */
class UsersTest {
    private Scratch scratch;

    /** Before anything is made that would have to be removed. */
    @BeforeAll
    static void onlyAsRoot() {
        assumeTrue(Account.isRoot(), "only root can become another user");
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        scratch = new Scratch();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        scratch.close();
    }

    @Test
    void rootNeverRunsTheServerAndCannotBeRegainedByIt() throws Exception {
        try (EmbeddedPostgres postgres = scratch.start()) {
            Path proc = Path.of("/proc", Long.toString(postgres.pid()));
            List<String> status = Files.readAllLines(proc.resolve("status"));
            int owner = Scratch.uid(scratch.cluster());
            assertThat(owner).isPositive();
            assertThat(Scratch.uid(proc)).isEqualTo(owner);
            assertThat(status)
                    .contains("Uid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(owner))
                    .contains("NoNewPrivs:\t1")
                    .contains("CapPrm:\t0000000000000000")
                    .contains("CapEff:\t0000000000000000");
            assertThat(status.stream().filter(line -> line.startsWith("Groups:")))
                    .singleElement()
                    .asString()
                    .isEqualToIgnoringWhitespace("Groups:");
            assertThat(Files.readSymbolicLink(proc.resolve("ns/user")))
                    .as("the user namespace, which is the host's")
                    .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
            assertThat(Scratch.uid(Path.of(postgres.isAlive() ? "/proc/self" : "/")))
                    .isZero();
        }
        try (Stream<Path> files = Files.walk(scratch.cluster())) {
            assertThat(files.filter(file -> isRoots(file))).isEmpty();
        }
    }

    private static boolean isRoots(Path file) {
        try {
            return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDirectoryThatShutsTheUserOutIsNamedWithTheRemedy() throws IOException {
        Path shut = Files.createDirectory(scratch.directory.resolve("shut"));
        Scratch.permit(shut, "rwx------");
        PostgresConfig config = PostgresConfig.durable(shut.resolve("below/data"), Scratch.binaries());
        assertThatThrownBy(() -> EmbeddedPostgres.start(config))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("cannot enter " + shut + ": ")
                .hasMessageContaining("--data")
                .hasMessageContaining("chmod o+x");
        PostgresConfig programs = PostgresConfig.durable(scratch.directory.resolve("data"), shut.resolve("programs"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(programs))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("cannot enter " + shut + ": ")
                .hasMessageContaining("unpacked elsewhere");

        Path byLink = Files.createSymbolicLink(scratch.directory.resolve("link"), shut);
        assertThatThrownBy(() ->
                        EmbeddedPostgres.start(PostgresConfig.durable(byLink.resolve("data"), Scratch.binaries())))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("cannot enter " + shut + ": ");
    }

    @Test
    void directoriesMadeByRootCanBeEnteredWhateverItsMaskIs() throws Exception {
        List<String> masked = List.of("sh", "-c", "umask 077; exec \"$@\"", "sh");
        Path data = scratch.directory.resolve("new/data");
        Scratch.Started started =
                scratch.launch(masked, Scratch.classPath(), data, scratch.directory.resolve("other/programs"));
        try {
            assertThat(Scratch.ask(started.ready().url(), "SELECT 1")).isEqualTo("1");
        } finally {
            started.process().outputWriter().close();
            assertThat(started.process().waitFor()).isZero();
        }
    }

    @Test
    void anOrdinaryUserRunsItAsItselfAndRootLaterRunsItAsThatUser() throws Exception {
        int uid = Integer.parseInt(said("id", "-u", Scratch.STRANGER));
        int gid = Integer.parseInt(said("id", "-g", Scratch.STRANGER));
        Path home = Files.createDirectory(scratch.directory.resolve("home"));
        Files.setAttribute(home, "unix:uid", uid);
        Files.setAttribute(home, "unix:gid", gid);
        Path data = home.resolve("data");
        String classPath = scratch.copiedClassPath();
        List<String> asUser = Scratch.as(uid, gid);
        Scratch.Running running = scratch.launch(asUser, classPath, data, home.resolve("programs"))
                .ready();
        try {
            assertThat(Scratch.uid(Path.of("/proc", Long.toString(running.pid()))))
                    .isEqualTo(uid);
            assertThat(Scratch.ask(running.url(), "SHOW fsync")).isEqualTo("on");
            running.kill();
            // An orphan of its own is taken over by the user …
            running = scratch.launch(asUser, classPath, data, home.resolve("programs"))
                    .ready();
            assertThat(Scratch.ask(running.url(), "SELECT 1")).isEqualTo("1");
            running.process().outputWriter().close();
            assertThat(running.process().waitFor()).isZero();
            // … and the cluster stays the user's when root starts it.
            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(PostgresConfig.durable(data, Scratch.binaries()))) {
                assertThat(Scratch.uid(Path.of("/proc", Long.toString(postgres.pid()))))
                        .isEqualTo(uid);
            }
            Scratch.Running again = scratch.launch(asUser, classPath, data, home.resolve("programs"))
                    .ready();
            again.process().outputWriter().close();
            assertThat(again.process().waitFor()).isZero();
        } finally {
            Postmaster.clear(Cluster.in(data));
        }
    }

    @Test
    void anOrdinaryUserIsToldWhoseDirectoryItIs() throws Exception {
        int uid = Integer.parseInt(said("id", "-u", Scratch.STRANGER));
        int gid = Integer.parseInt(said("id", "-g", Scratch.STRANGER));
        scratch.start().close();
        String classPath = scratch.copiedClassPath();
        Path data = scratch.config().directory();
        assertThat(scratch.launch(Scratch.as(uid, gid), classPath, data, Scratch.binaries())
                        .line())
                .startsWith("REFUSED")
                .contains("the user \"" + Scratch.STRANGER + "\" has no right to " + data)
                .contains("belongs to \"root\"");
        assertThat(scratch.launch(Scratch.as(uid, gid), classPath, scratch.directory.resolve("new"), Scratch.binaries())
                        .line())
                .startsWith("REFUSED")
                .contains("has no right to " + scratch.directory);
    }

    private static String said(String... command) throws IOException {
        return new String(
                        new ProcessBuilder(command).start().getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip();
    }
}
