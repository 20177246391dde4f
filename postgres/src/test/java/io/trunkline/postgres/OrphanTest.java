package io.trunkline.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an earlier start may have left behind, made by real kills. */
class OrphanTest {
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
    void aServerWhoseParentWasKilledIsRestartedWithTheSettingsOfNowOnItsPort() throws Exception {
        Scratch.Running killed = scratch.launch().ready();
        Scratch.ask(killed.url(), "CREATE TABLE kept AS SELECT 42 AS answer");
        killed.kill();
        assertThat(Scratch.isGone(killed.pid())).as("gone with its parent").isFalse();
        assertThat(Scratch.ask(killed.url(), "SELECT answer FROM kept")).isEqualTo("42");
        PostgresConfig config = scratch.config();
        var now = new PostgresConfig(
                config.directory(), config.binaries(), 0, true, Map.of("work_mem", "5MB"), config.startTimeout());
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(now)) {
            assertThat(postgres.pid()).isNotEqualTo(killed.pid());
            assertThat(postgres.port()).isEqualTo(killed.port());
            assertThat(Scratch.isGone(killed.pid())).isTrue();
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SHOW work_mem"))
                    .isEqualTo("5MB");
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT answer FROM kept"))
                    .isEqualTo("42");
        }
    }

    @Test
    void anOrphanIsStoppedWithoutANewStartButNotTheServerOfALivingProcess() throws Exception {
        Path data = scratch.config().directory();
        EmbeddedPostgres.stopLeftBehind(data);
        Scratch.Running running = scratch.launch().ready();
        assertThatThrownBy(() -> EmbeddedPostgres.stopLeftBehind(data))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(
                        "is run by the process " + running.process().pid());
        running.kill();
        EmbeddedPostgres.stopLeftBehind(data);
        assertThat(Scratch.isGone(running.pid())).isTrue();
        EmbeddedPostgres.stopLeftBehind(data);
    }

    @Test
    void anOrphanIsFoundThoughItsLockAndItsProgramsAreGone() throws Exception {
        Path programs = scratch.directory.resolve("programs");
        Scratch.Running killed = scratch.launch(
                        List.of(), Scratch.classPath(), scratch.config().directory(), programs)
                .ready();
        killed.kill();
        Files.delete(scratch.cluster().resolve("postmaster.pid"));
        Binaries.delete(programs);
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(Scratch.isGone(killed.pid())).isTrue();
            assertThat(postgres.port()).isEqualTo(killed.port());
        }
    }

    @Test
    void aServerKilledTogetherWithItsParentRecovers() throws Exception {
        Scratch.Running killed = scratch.launch().ready();
        Scratch.ask(killed.url(), "CREATE TABLE kept AS SELECT 42 AS answer");
        killed.server().destroyForcibly();
        killed.kill();
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(postgres.port()).isEqualTo(killed.port());
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT answer FROM kept"))
                    .isEqualTo("42");
        }
    }

    @Test
    void whatIsLeftOfAKilledServerEndsBeforeTheNextOneTouchesItsFiles() throws Exception {
        EmbeddedPostgres postgres = scratch.start();
        try (Connection busy = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
                Statement statement = busy.createStatement();
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            long backend;
            try (ResultSet result = statement.executeQuery("SELECT pg_backend_pid()")) {
                result.next();
                backend = result.getLong(1);
            }
            // It waits for nothing, so that it does not notice the end of its parent.
            Future<Boolean> query = thread.submit(() ->
                    statement.execute("DO $$ DECLARE n bigint := 0; BEGIN LOOP n := (n + 1) % 1000; END LOOP; END $$"));
            Scratch.await("the query to run", () -> isActive(postgres, backend));
            ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
            postgres.awaitEnd();
            assertThat(Scratch.isGone(backend)).as("gone with its parent").isFalse();
            try (EmbeddedPostgres next = scratch.start()) {
                assertThat(Scratch.isGone(backend)).isTrue();
                assertThat(Scratch.ask(next.jdbcUrl("postgres"), "SELECT 1")).isEqualTo("1");
            } finally {
                // Where the test fails, the query would hold its thread for ever.
                ProcessHandle.of(backend).ifPresent(ProcessHandle::destroyForcibly);
            }
            assertThatThrownBy(query::get).hasRootCauseInstanceOf(Exception.class);
        }
    }

    private static boolean isActive(EmbeddedPostgres postgres, long backend) {
        try {
            return Scratch.ask(
                            postgres.jdbcUrl("postgres"),
                            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = " + backend)
                    .equals("1");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLockThatNamesAZombieIsRemoved() throws Exception {
        scratch.start().close();
        // The child ends when the shell has turned into a sleep, which never asks for it.
        Process parent = scratch.asOwner(
                "sh", "-c", "sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done' & echo $!; exec sleep 600");
        long zombie;
        try (var output = parent.inputReader()) {
            zombie = Long.parseLong(output.readLine());
            Path stat = Path.of("/proc", Long.toString(zombie), "stat");
            Scratch.await("a zombie", () -> read(stat).contains(") Z "));
            writeLock(zombie);
            try (EmbeddedPostgres postgres = scratch.start()) {
                assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT 1"))
                        .isEqualTo("1");
            }
        }
        assertThat(parent.isAlive()).isTrue();
    }

    @Test
    void aLockThatNamesAStrangerIsRemovedAndTheStrangerLeftAlone() throws Exception {
        scratch.start().close();
        Process stranger = scratch.asOwner("sleep", "600");
        writeLock(stranger.pid());
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT 1")).isEqualTo("1");
            assertThat(stranger.isAlive()).isTrue();
        }
    }

    @Test
    void aLockThatNamesTheServerOfAnotherClusterIsRemovedAndThatServerLeftAlone() throws Exception {
        scratch.start().close();
        try (Scratch elsewhere = new Scratch();
                EmbeddedPostgres other = elsewhere.start()) {
            writeLock(other.pid());
            try (EmbeddedPostgres postgres = scratch.start()) {
                assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT 1"))
                        .isEqualTo("1");
                assertThat(Scratch.ask(other.jdbcUrl("postgres"), "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void aLockThatSaysNothingIsRemoved() throws Exception {
        scratch.start().close();
        for (String content : new String[] {"", "nonsense\n"}) {
            Files.writeString(scratch.cluster().resolve("postmaster.pid"), content);
            try (EmbeddedPostgres postgres = scratch.start()) {
                assertThat(Scratch.ask(postgres.jdbcUrl("postgres"), "SELECT 1"))
                        .as("after \"%s\"", content)
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void ofTwoProcessesOnOneClusterTheSecondIsRefusedWhetherTheFirstRunsOrStarts() throws Exception {
        Scratch.Started one = scratch.launch();
        Scratch.Started other = scratch.launch();
        String first = one.line();
        String second = other.line();
        boolean oneWon = first.startsWith("READY");
        assertThat(oneWon ? second : first)
                .startsWith("REFUSED")
                .contains("is run by the process "
                        + (oneWon ? one : other).process().pid())
                .contains("--data");
        assertThat(oneWon ? first : second).startsWith("READY");
        assertThat((oneWon ? other : one).process().waitFor()).isEqualTo(3);
        assertThat(scratch.launch().line()).startsWith("REFUSED");
        (oneWon ? one : other).process().outputWriter().close();
        assertThat((oneWon ? one : other).process().waitFor()).isZero();
        try (EmbeddedPostgres postgres = scratch.start()) {
            assertThat(postgres.isAlive()).isTrue();
        }
    }

    @Test
    void whatWasAcknowledgedUnderLoadSurvivesTheKillOfTheServer() throws Exception {
        Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < 2; round++) {
            try (EmbeddedPostgres postgres = scratch.start();
                    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                String url = postgres.jdbcUrl("postgres");
                Scratch.ask(url, "CREATE TABLE IF NOT EXISTS written (id bigint PRIMARY KEY, filler text)");
                int enough = acknowledged.size() + 500;
                for (int client = 0; client < 6; client++) {
                    long from = (round * 10L + client) * 1_000_000_000L;
                    clients.execute(() -> writeUntilItDies(url, from, acknowledged));
                }
                Scratch.await("commits", () -> acknowledged.size() >= enough);
                ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
            }
        }
        try (EmbeddedPostgres postgres = scratch.start();
                Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM written")) {
            Set<Long> found = ConcurrentHashMap.newKeySet();
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
            assertThat(found).containsAll(acknowledged);
        }
    }

    private static void writeUntilItDies(String url, long from, Set<Long> acknowledged) {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO written VALUES (?, repeat('x', 500))")) {
            for (long id = from; ; id++) {
                insert.setLong(1, id);
                insert.executeUpdate();
                acknowledged.add(id);
            }
        } catch (SQLException itDied) {
            assertThat(acknowledged).isNotEmpty();
        }
    }

    @Test
    void theSignalOfATerminalEndsTheParentWhichThenEndsTheServer() throws Exception {
        // Its own process group, like a job of a shell; a terminal's Ctrl-C is a SIGINT to the whole group. What a
        // script starts in the background ignores that signal, and so would all that it starts in turn.
        Scratch.Running running = scratch.launch(
                        List.of("setsid", "env", "--default-signal=INT"),
                        Scratch.classPath(),
                        scratch.config().directory(),
                        Scratch.binaries())
                .ready();
        long group = running.process().pid();
        assertThat(new ProcessBuilder("sh", "-c", "kill -INT -" + group).start().waitFor())
                .isZero();
        assertThat(running.output().readLine()).isEqualTo("ENDED ANSWERS");
        assertThat(running.process().waitFor()).isEqualTo(130);
        assertThat(Scratch.isGone(running.pid())).isTrue();
        assertThat(scratch.cluster().resolve("postmaster.pid")).doesNotExist();
    }

    private void writeLock(long pid) throws IOException {
        Path file = scratch.cluster().resolve("postmaster.pid");
        Files.writeString(
                file,
                pid + "\n" + scratch.cluster() + "\n1764000000\n5432\n\n127.0.0.1\n         0         0\nready   \n");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
