package io.trunkline.box;

import io.trunkline.database.Connections;
import io.trunkline.keys.MasterKeys;
import io.trunkline.postgres.EmbeddedPostgres;
import io.trunkline.postgres.HotCopy;
import io.trunkline.web.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Copies a data directory into one file, whether or not Trunkline runs on it: the embedded cluster, the simulated
 * network's state, and with the master key what only it protects.
 */
final class Backup {
    /** Named as the holder of the data directory while a backup runs on one that is down. */
    static final String HOLDER = "backup";

    /** The column of tables of work that is leased. */
    private static final String LEASE = "lease";

    private static final String END = "end.json";
    private static final String CLUSTER = Extraction.PREFIX + "postgres/cluster/";

    private final BackupOptions options;
    private final DataDirectory data;
    private final String build;
    private final PrintStream out;
    private final Path keyFile;
    private final MasterKeys keys;

    private Backup(BackupOptions options, DataDirectory data, String build, PrintStream out) {
        this.options = options;
        this.data = data;
        this.build = build;
        this.out = out;
        this.keyFile = Up.masterKeyFile(data);
        if (Files.notExists(keyFile)) {
            throw new BoxException("the master key is not in " + keyFile + ": name its file by " + Up.KEY_FILE_VARIABLE
                    + ", as for ./trunkline up; also a backup without it says which it needs");
        }
        this.keys = MasterKeys.read(keyFile);
    }

    static void run(BackupOptions options, String build, PrintStream out) {
        DataDirectory data = DataDirectory.existing(options.data())
                .orElseThrow(() -> new BoxException("there is no data directory " + options.data()));
        requireEmbedded(data);
        requireRoomFor(options);
        new Backup(options, data, build, out).run();
    }

    /** What an external database needs is its operator's matter; a copy of what lies here would look like a backup. */
    private static void requireEmbedded(DataDirectory data) {
        if (Files.notExists(data.resolve("run", "embedded")) || Files.notExists(data.resolve("postgres", "cluster"))) {
            throw new BoxException("Trunkline runs with a database of your own on " + data.path()
                    + ", or has never been up: such a database is backed up by its own tools, such as pg_basebackup or"
                    + " pg_dump, together with the master key file. docs/operating.md says what they must cover");
        }
    }

    private static void requireRoomFor(BackupOptions options) {
        Path file = options.file();
        if (Files.exists(file)) {
            throw new BoxException(file + " is there already, and no backup is overwritten: choose another name");
        }
        if (!Files.isDirectory(directory(file))) {
            throw new BoxException("there is no directory " + directory(file) + " for the backup");
        }
        if (file.startsWith(options.data())) {
            throw new BoxException("a backup in " + options.data()
                    + " would be lost together with it: choose a file elsewhere, best on another disk");
        }
    }

    /** Of an absolute path. */
    private static Path directory(Path file) {
        return file.resolveSibling("");
    }

    private void run() {
        DataDirectory.Lock lock = data.tryLock(HOLDER);
        if (lock.ours().isEmpty()) {
            if (lock.holder().orElseThrow().build().equals(HOLDER)) {
                throw new BoxException("another backup of " + data.path() + " is under way, which has started"
                        + " PostgreSQL for itself: wait for its end");
            }
            copy();
            return;
        }
        try (DataDirectory.Held _ = lock.ours().orElseThrow()) {
            out.println("Trunkline is down: PostgreSQL is started for the backup alone.");
            try (EmbeddedPostgres _ = PostgresNeighbour.start(data.resolve("postgres"), 0)) {
                copy();
            }
        }
    }

    private void copy() {
        Path file = options.file();
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        // Also when we are told to end.
        partial.toFile().deleteOnExit();
        try (HotCopy copy = HotCopy.begin(data.resolve("postgres"))) {
            long bytes = copy.bytes() + sizeOf(data.resolve("simulators"));
            requireSpace(directory(file), bytes);
            out.println("Backing up " + data.path() + ": about " + Progress.size(bytes) + ", PostgreSQL "
                    + copy.version() + (options.masterKey() ? "" : ", without the master key") + ".");
            try (BackupWriter writer = BackupWriter.create(partial, new Progress(out, "read", bytes))) {
                Instant until = write(copy, writer);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
                sync(directory(file));
                report(writer, until);
            }
        } catch (FileAlreadyExistsException e) {
            throw new BoxException(
                    partial + " is there: another backup writes it, or one was killed; then remove it", e);
        } catch (AccessDeniedException e) {
            throw new BoxException(
                    System.getProperty("user.name") + " has no right to " + e.getMessage()
                            + ": back up as the user that Trunkline runs as",
                    e);
        } catch (IOException e) {
            throw new BoxException("the backup " + file + " cannot be written, there is none now: " + e, e);
        }
    }

    /** As much as it has uncompressed: then it fits for certain. */
    private static void requireSpace(Path directory, long bytes) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < bytes) {
            throw new BoxException("the backup may take " + Progress.size(bytes) + ", and " + directory + " has only "
                    + Progress.size(free) + " left: choose a file on another disk");
        }
    }

    private static long sizeOf(Path directory) throws IOException {
        var total = new long[1];
        SimulatorsState.walk(directory, (_, file) -> total[0] += Files.size(file));
        return total[0];
    }

    /** Returns the moment of which it is. */
    private Instant write(HotCopy copy, BackupWriter writer) throws IOException {
        var facts = new BackupFacts(
                BackupFacts.FORMAT,
                EmbeddedPostgres.majorVersion(),
                copy.version(),
                build,
                Instant.now(),
                keys.fingerprints(),
                options.masterKey());
        writer.text(BackupFacts.ENTRY, facts.text());
        add(writer, "postgres/password", data.resolve("postgres", "password"));
        add(writer, "run/ports", data.resolve("run", "ports"));
        if (options.masterKey()) {
            add(writer, "keys/master.key", keyFile);
            // Secrets of clients, which without the key stand nowhere else.
            add(writer, "demo.env", data.demoEnv());
        }
        copy.files(writer.below(CLUSTER));
        boolean held = copySimulators(copy, writer);
        Instant until = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        held &= copy.finish(writer.below(CLUSTER));
        if (!held && Files.exists(data.resolve("simulators"))) {
            out.println("  Work in the database went on so long that it could not be held: the simulated network's"
                    + " state is of some moments earlier than the database's");
        }
        boolean same = held;
        writer.text(
                END,
                Json.text(json -> json.time("holds_all_until", until).bool("simulators_of_the_same_moment", same))
                        + "\n");
        writer.complete();
        return until;
    }

    private void add(BackupWriter writer, String name, Path file) throws IOException {
        Optional<String> content = data.read(file);
        if (content.isPresent()) {
            writer.text(Extraction.PREFIX + name, content.get());
        }
    }

    /**
     * Within a moment in which no work is leased and none is done with. Work is leased before a neighbour is called for
     * it: to whoever starts on the two copies it is as if all had been killed in this moment, and for that all steps
     * are made.
     */
    private boolean copySimulators(HotCopy copy, BackupWriter writer) throws IOException {
        if (Files.notExists(data.resolve("simulators"))) {
            return false;
        }
        boolean held = copy.holdWrites(Connections.SCHEMA, LEASE);
        SimulatorsState.walk(data.resolve("simulators"), (name, file) -> {
            byte[] content = Files.readAllBytes(file);
            writer.file(Extraction.PREFIX + "simulators/" + name, content.length, new ByteArrayInputStream(content));
        });
        return held;
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void report(BackupWriter writer, Instant until) throws IOException {
        out.println("Wrote " + options.file() + ": " + Progress.size(Files.size(options.file())) + ", "
                + writer.files() + " files of " + Progress.size(writer.bytes())
                + ". It holds everything that was acknowledged until " + until + ".");
        String names = BackupFacts.names(keys.fingerprints());
        out.println(
                options.masterKey()
                        ? "It holds the master key " + names + ": whoever reads it reads every secret. Keep it so."
                        : "It does not hold the master key: to restore it you need " + names
                                + ". Keep that apart from it.");
    }
}
