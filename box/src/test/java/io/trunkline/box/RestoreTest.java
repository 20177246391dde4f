package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.keys.MasterKeys;
import io.trunkline.postgres.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Backups of a Trunkline that is down, and what a restore puts in place, and what it refuses. */
class RestoreTest {
    private static final BoxProcess box = BoxProcess.create();
    private static final Path whole = box.home().resolve("whole.backup");
    private static final Path bare = box.home().resolve("bare.backup");
    private static String saidOfWhole = "";
    private static String saidOfBare = "";

    private static Path data() {
        return box.data();
    }

    @BeforeAll
    static void backUp() throws IOException, SQLException {
        System.setProperty(PostgresNeighbour.PROGRAMS, BoxProcess.PROGRAMS.toString());
        DataDirectory data = DataDirectory.open(data());
        MasterKeys.readOrCreate(data.resolve("keys", "master.key"));
        data.write(data.resolve("run", "embedded"), "");
        data.write(data.demoEnv(), "TRUNKLINE_CLIENT_SECRET='s3cret'\n");
        try (EmbeddedPostgres postgres = PostgresNeighbour.start(data.resolve("postgres"), 0)) {
            ask(postgres, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
        }
        saidOfWhole = backup(whole.toString());
        saidOfBare = backup(bare.toString(), "--without-master-key");
    }

    @AfterAll
    static void remove() {
        System.clearProperty(PostgresNeighbour.PROGRAMS);
        box.close();
    }

    private static String backup(String... arguments) {
        return run("backup", data(), arguments);
    }

    private static String restore(Path to, String... arguments) {
        return run("restore", to, arguments);
    }

    private static String run(String command, Path data, String... arguments) {
        var all = new ArrayList<>(List.of("--data", data.toString()));
        all.addAll(List.of(arguments));
        BackupOptions options = BackupOptions.parse(command, all);
        var said = new ByteArrayOutputStream();
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        if (command.equals("backup")) {
            Backup.run(options, "test", out);
        } else {
            Restore.run(options, out);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static String rows(Path data) throws SQLException {
        try (EmbeddedPostgres postgres = PostgresNeighbour.start(data.resolve("postgres"), 0)) {
            return ask(postgres, "SELECT sum(n) FROM kept");
        }
    }

    private static Path target(String name) {
        return box.home().resolve(name);
    }

    @Test
    void withTheMasterKeyEverythingIsThereAndABackupOfItCanBeMade() throws Exception {
        assertThat(saidOfWhole)
                .contains("PostgreSQL is started for the backup alone", "Wrote " + whole, "It holds the master key k1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(whole)))
                .isEqualTo("rw-------");
        Path target = target("with");
        assertThat(restore(target, whole.toString())).contains("Restored " + target, "./trunkline up --data " + target);
        assertThat(rows(target)).isEqualTo("500500");
        assertThat(target.resolve("keys/master.key")).hasSameBinaryContentAs(data().resolve("keys/master.key"));
        assertThat(target.resolve("demo.env")).hasContent("TRUNKLINE_CLIENT_SECRET='s3cret'");
        assertThat(MasterKeys.read(target.resolve("keys/master.key")).fingerprints())
                .hasSize(1);
        run("backup", target, target("again.backup").toString());
    }

    @Test
    void withoutTheMasterKeyOnlyItsOwnKeyIsTaken() throws Exception {
        String name = BackupFacts.names(
                MasterKeys.read(data().resolve("keys/master.key")).fingerprints());
        assertThat(saidOfBare).contains("does not hold the master key: to restore it you need " + name);
        Path target = target("without");
        assertThatThrownBy(() -> restore(target, bare.toString()))
                .hasMessageContaining("It needs " + name)
                .hasMessageContaining("--master-key-file");
        Path another = target("another.key");
        MasterKeys.readOrCreate(another);
        assertThatThrownBy(() -> restore(target, bare.toString(), "--master-key-file", another.toString()))
                .hasMessageContaining("is not the master key of this backup: it needs " + name);
        assertThat(target).doesNotExist();
        Path own = data().resolve("keys/master.key");
        restore(target, bare.toString(), "--master-key-file", own.toString());
        assertThat(target.resolve("keys/master.key")).hasSameBinaryContentAs(own);
        assertThat(target.resolve("demo.env")).doesNotExist();
        assertThat(rows(target)).isEqualTo("500500");
    }

    @Test
    void whatIsInTheWayMakesWayOnlyWhenToldAndIsKept() throws Exception {
        Path target = Files.createDirectory(target("way"));
        Path thesis = Files.writeString(target.resolve("thesis.txt"), "x");
        assertThatThrownBy(() -> restore(target, whole.toString())).hasMessageContaining("is not empty");
        assertThatThrownBy(() -> restore(target, whole.toString(), "--replace"))
                .hasMessageContaining("is no data directory of Trunkline");
        assertThat(thesis).hasContent("x");
        Files.delete(thesis);
        DataDirectory old = DataDirectory.open(target);
        old.write(old.resolve("logs", "old.log"), "old");
        try (DataDirectory.Held _ = old.tryLock("test").ours().orElseThrow()) {
            assertThatThrownBy(() -> restore(target, whole.toString(), "--replace"))
                    .hasMessageContaining("./trunkline down --data " + target);
        }
        // What a restore that was killed has left.
        Path left = Files.createDirectories(target("way.restoring").resolve("postgres/cluster"));
        Files.writeString(left.resolve("PG_VERSION"), "18\n");
        assertThatThrownBy(() -> DataDirectory.open(target("way.restoring"))).hasMessageContaining("something else");
        assertThat(restore(target, whole.toString(), "--replace")).contains("is now " + target + ".replaced-");
        assertThat(rows(target)).isEqualTo("500500");
        assertThat(target("way.restoring")).doesNotExist();
        try (Stream<Path> files = Files.list(box.home())) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("way.replaced-")))
                    .singleElement()
                    .satisfies(kept -> assertThat(kept.resolve("logs/old.log")).hasContent("old"));
        }
    }

    @Test
    void aDamagedFileLeavesNothingInPlace() throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(target("cut.backup"), Arrays.copyOf(bytes, bytes.length - 20_000));
        Path target = target("nothing");
        assertThatThrownBy(() -> restore(target, cut.toString())).hasMessageContaining("damaged, altered or cut off");
        assertThat(target).doesNotExist();
        assertThat(target("nothing.restoring")).doesNotExist();
    }

    @Test
    void aBackupIsNotWrittenOverAnotherNorIntoWhatItSaves() {
        assertThatThrownBy(() -> backup(whole.toString())).hasMessageContaining("is there already");
        assertThatThrownBy(() -> backup(data().resolve("a.backup").toString())).hasMessageContaining("lost together");
        assertThatThrownBy(() -> backup(target("none").resolve("a.backup").toString()))
                .hasMessageContaining("there is no directory");
        assertThatThrownBy(() -> backup()).hasMessageContaining("name one FILE");
    }

    @Test
    void anotherDatabasesBackupIsItsOwnToolsMatter() {
        DataDirectory external = DataDirectory.open(target("external"));
        assertThatThrownBy(() ->
                        run("backup", external.path(), target("external.backup").toString()))
                .hasMessageContaining("a database of your own")
                .hasMessageContaining("docs/operating.md");
    }
}
