package io.trunkline.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EmbeddedPostgresTest {
    private Scratch scratch;

    @BeforeEach
    void makeDirectory() throws IOException {
        scratch = new Scratch();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        scratch.close();
    }

    @Test
    void whatIsCommittedIsOnTheDisk() throws SQLException {
        try (EmbeddedPostgres postgres = scratch.start()) {
            String url = postgres.jdbcUrl("postgres");
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit", "data_checksums")) {
                assertThat(Scratch.ask(url, "SHOW " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(Scratch.ask(url, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(Scratch.ask(url, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Scratch.ask(url, "SELECT lower('ÄÖÜ')")).isEqualTo("äöü");
        }
    }

    @Test
    void nobodyIsTrusted() throws Exception {
        try (EmbeddedPostgres postgres = scratch.start()) {
            String url = postgres.jdbcUrl("postgres");
            assertThat(Scratch.ask(url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"))
                    .isEqualTo("0");
            assertThat(Scratch.ask(url, "SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%'"))
                    .isEqualTo("1");
            assertThatThrownBy(() -> Scratch.ask(url.replace(postgres.password(), "guessed"), "SELECT 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThatThrownBy(() -> Scratch.ask(url.replaceFirst("&password=.*", ""), "SELECT 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
        }
        Path data = scratch.config().directory();
        for (String secret : List.of("password", "port", "lock")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(secret))))
                    .as(secret)
                    .isEqualTo("rw-------");
        }
        assertThat(data.resolve("initial-password")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.cluster())))
                .isEqualTo("rwx------");
    }

    @Test
    void itStopsInOrderAndComesBackOnItsPortWithItsData() throws Exception {
        EmbeddedPostgres first = scratch.start();
        Scratch.ask(first.jdbcUrl("postgres"), "CREATE TABLE kept AS SELECT 42 AS answer");
        first.close();
        assertThat(first.awaitEnd()).isZero();
        assertThat(first.isAlive()).isFalse();
        assertThat(scratch.cluster().resolve("postmaster.pid")).doesNotExist();
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(postgres.port()).isEqualTo(first.port());
            assertThat(postgres.password()).isEqualTo(first.password());
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT answer FROM kept"))
                    .isEqualTo("42");
        }
        assertThat(logged()).contains("database system was shut down at").doesNotContain("automatic recovery");
    }

    @Test
    void oneProcessCannotRunOneClusterTwice() throws Exception {
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThatThrownBy(scratch::start)
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining(
                            "is run by the process " + ProcessHandle.current().pid());
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aServerThatDiesIsStartedAgainBesideTheOldObjectWhichThenStopsNothing() throws Exception {
        EmbeddedPostgres first = scratch.start();
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
        first.awaitEnd();
        try (EmbeddedPostgres second = scratch.start()) {
            first.close();
            assertThat(second.port()).isEqualTo(first.port());
            assertThat(Scratch.ask(second.jdbcUrl("postgres"), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aClusterOfAnotherVersionIsRefusedWithTheWayOut() throws IOException {
        scratch.start().close();
        Files.writeString(scratch.cluster().resolve("PG_VERSION"), "17\n");
        assertThatThrownBy(scratch::start)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("is of PostgreSQL 17, this build brings 18")
                .hasMessageContaining("dump");
    }

    @Test
    void aDirectoryThatIsNoClusterAnyMoreIsNotOverwritten() throws IOException {
        scratch.start().close();
        Files.delete(scratch.cluster().resolve("PG_VERSION"));
        assertThatThrownBy(scratch::start)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("PG_VERSION is missing")
                .hasMessageContaining(scratch.cluster().toString());
        assertThat(scratch.cluster().resolve("base")).isNotEmptyDirectory();
    }

    @Test
    void aMissingOrEmptyPasswordIsToldAndNotReplaced() throws IOException {
        scratch.start().close();
        Path password = scratch.config().directory().resolve("password");
        Files.writeString(password, "");
        assertThatThrownBy(scratch::start).isInstanceOf(PostgresException.class).hasMessageContaining("is empty");
        Files.delete(password);
        assertThatThrownBy(scratch::start)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(password.toString());
        assertThat(password).doesNotExist();
    }

    @Test
    void anInterruptedFirstStartIsBegunAgain() throws Exception {
        Path partial = scratch.config().directory().resolve("cluster.partial");
        Files.createDirectories(partial.resolve("base/1"));
        Files.writeString(partial.resolve("PG_VERSION"), "18\n");
        Files.writeString(partial.resolveSibling("initial-password"), "left");
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT 1")).isEqualTo("1");
        }
        assertThat(partial).doesNotExist();
        assertThat(partial.resolveSibling("initial-password")).doesNotExist();
    }

    @Test
    void aRememberedPortThatIsTakenOrUnreadableIsReplacedAndAnAskedForOneIsRefused() throws Exception {
        PostgresConfig config = scratch.config();
        Path remembered = config.directory().resolve("port");
        scratch.start().close();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(remembered, Integer.toString(taken.getLocalPort()));
            try (EmbeddedPostgres postgres = scratch.start()) {
                assertThat(postgres.port()).isNotEqualTo(taken.getLocalPort());
                assertThat(Files.readString(remembered)).isEqualTo(Integer.toString(postgres.port()));
            }
            var asked = new PostgresConfig(
                    config.directory(), config.binaries(), taken.getLocalPort(), true, Map.of(), config.startTimeout());
            assertThatThrownBy(() -> EmbeddedPostgres.start(asked))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " is taken");
        }
        Files.writeString(remembered, "no port");
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(Files.readString(remembered)).isEqualTo(Integer.toString(postgres.port()));
        }
    }

    @Test
    void aServerThatCannotStartSaysWhyInItsOwnWords() throws IOException {
        PostgresConfig config = scratch.config();
        var impossible = new PostgresConfig(
                config.directory(), config.binaries(), 0, true, Map.of("shared_buffers", "1"), config.startTimeout());
        assertThatThrownBy(() -> EmbeddedPostgres.start(impossible))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("shared_buffers")
                .hasMessageContaining("exit code 1");
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(postgres.isAlive()).isTrue();
        }
    }

    @Test
    void itsLogStaysBoundedAndHoldsNoValuesOfRows() throws Exception {
        Path log = scratch.cluster().resolve("log");
        PostgresConfig config = scratch.config();
        var noisy = new PostgresConfig(
                config.directory(),
                config.binaries(),
                0,
                true,
                Map.of("log_rotation_size", "64kB"),
                config.startTimeout());
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(noisy)) {
            String url = postgres.jdbcUrl("postgres");
            Scratch.ask(url, "CREATE TABLE one (mail text UNIQUE)");
            Scratch.ask(url, "INSERT INTO one VALUES ('private@example.com')");
            assertThatThrownBy(() -> Scratch.ask(url, "INSERT INTO one SELECT mail FROM one"))
                    .isInstanceOf(SQLException.class);
            Scratch.await("the error in the log", () -> contents(log).contains("duplicate key"));
            assertThat(contents(log)).doesNotContain("private@example.com");
            long[] wasMost = {0};
            Scratch.await("more files than are kept, and then the oldest removed", () -> {
                try {
                    Scratch.ask(
                            url, "DO $$ BEGIN FOR i IN 1..300 LOOP RAISE LOG '%', repeat('x', 400); END LOOP; END $$");
                    wasMost[0] = Math.max(wasMost[0], files(log));
                    return wasMost[0] > ServerLog.FILES_KEPT && files(log) <= ServerLog.FILES_KEPT;
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void itBelongsToNoTerminal() throws Exception {
        try (EmbeddedPostgres postgres = scratch.start()) {
            String stat = Files.readString(Path.of("/proc", Long.toString(postgres.pid()), "stat"));
            // After the name: state, parent, group, session, terminal.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            assertThat(fields[2]).as("process group").isEqualTo(Long.toString(postgres.pid()));
            assertThat(fields[3]).as("session").isEqualTo(Long.toString(postgres.pid()));
            assertThat(fields[4]).as("terminal").isEqualTo("0");
        }
    }

    private String logged() {
        return contents(scratch.cluster().resolve("log"));
    }

    private static String contents(Path log) {
        try (Stream<Path> files = Files.list(log)) {
            var all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long files(Path log) {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> Pattern.matches(
                            "postgresql-.*\\.log", file.getFileName().toString()))
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
