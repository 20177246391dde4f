package io.trunkline.box;

import io.trunkline.keys.MasterKeys;
import io.trunkline.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes a data directory of a backup. All of it is checked first; then it is written beside where it belongs,
 * PostgreSQL is started on it once, and only what has come so far gets the directory's name. What is left of a
 * restore that was broken off is no data directory, and is removed by the next one.
 */
final class Restore {
    private static final String HOLDER = "restore";
    private static final String LOCK = "restore.lock";
    /** PostgreSQL's programs, and what it writes when it starts. */
    private static final long ALSO_NEEDED_BYTES = 200_000_000;

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

    private final BackupOptions options;
    private final PrintStream out;
    private final Path target;
    private final Path staging;

    private Restore(BackupOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.target = options.data();
        this.staging = target.resolveSibling(target.getFileName() + ".restoring");
    }

    static void run(BackupOptions options, PrintStream out) {
        try {
            new Restore(options, out).run();
        } catch (AccessDeniedException e) {
            throw new BoxException(System.getProperty("user.name") + " has no right to " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BoxException("nothing was restored to " + options.data() + ": " + e, e);
        }
    }

    private void run() throws IOException {
        if (!Files.isReadable(options.file())) {
            throw new BoxException("the backup " + options.file() + " cannot be read");
        }
        requireTarget();
        out.println("Checking " + options.file() + ".");
        BackupReader.Contents contents =
                new BackupReader(options.file(), new Progress(out, "checked", 0)).verify(this::requireKeys);
        requireSpace(contents.bytes());
        Files.createDirectories(target.getParent());
        if (Files.notExists(staging)) {
            DataDirectory.createPassable(staging);
        }
        try (FileChannel channel =
                        FileChannel.open(staging.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new BoxException("another restore to " + target + " is under way");
            }
            out.println("It is whole, of " + contents.facts().begun() + ". Restoring " + Progress.size(contents.bytes())
                    + ".");
            fillOrClear(contents);
            putInPlace();
        }
        out.println("Restored " + target + " from " + options.file() + ", and PostgreSQL has started on it once.");
        out.println("Start it by: ./trunkline up --data " + target);
    }

    /** An empty directory, or none; another one only where it is to make way and nothing runs on it. */
    private void requireTarget() throws IOException {
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw new BoxException(target + " is no directory: choose another (--data)");
        }
        if (target.getParent() == null || isMounted()) {
            throw new BoxException(target + " is a file system of its own, and a directory is put in place whole:"
                    + " choose one below it (--data)");
        }
        if (isEmpty(target)) {
            return;
        }
        if (!options.replace()) {
            throw new BoxException(target + " is not empty: choose another directory (--data), or let what is there"
                    + " make way by --replace; it is kept beside it under another name");
        }
        Optional<DataDirectory> there = DataDirectory.existing(target);
        if (there.isEmpty()) {
            throw new BoxException(target + " is no data directory of Trunkline, and is not replaced");
        }
        there.get().tryHolder().ifPresent(holder -> {
            throw new BoxException(
                    "the process " + holder.pid() + " runs on " + target + ": first ./trunkline down --data " + target);
        });
    }

    private boolean isMounted() throws IOException {
        return Files.exists(target)
                && !Files.getAttribute(target, "unix:dev").equals(Files.getAttribute(target.getParent(), "unix:dev"));
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return true;
        }
        try (DirectoryStream<Path> content = Files.newDirectoryStream(directory)) {
            return !content.iterator().hasNext();
        }
    }

    /** The keys of the file that is named must be those of the backup; one that holds none needs one. */
    private void requireKeys(BackupFacts facts) {
        if (options.masterKeyFile().isEmpty()) {
            if (facts.holdsMasterKey()) {
                return;
            }
            throw new BoxException(options.file() + " does not hold the master key. It needs " + facts.keyNames()
                    + ": name its file by --master-key-file FILE");
        }
        Map<String, String> there =
                MasterKeys.read(options.masterKeyFile().get()).fingerprints();
        var missing = new LinkedHashMap<>(facts.keys());
        missing.entrySet().removeIf(key -> key.getValue().equals(there.get(key.getKey())));
        if (!missing.isEmpty()) {
            throw new BoxException(options.masterKeyFile().get() + " is not the master key of this backup: it needs "
                    + BackupFacts.names(missing) + ", the file holds " + BackupFacts.names(there));
        }
    }

    private void requireSpace(long bytes) throws IOException {
        Path existing = target;
        while (Files.notExists(existing)) {
            existing = existing.resolveSibling("");
        }
        long free = Files.getFileStore(existing).getUsableSpace();
        long needed = bytes + ALSO_NEEDED_BYTES;
        if (free < needed) {
            throw new BoxException("the restored directory takes " + Progress.size(needed) + ", and " + existing
                    + " has only " + Progress.size(free) + " left");
        }
    }

    private void fillOrClear(BackupReader.Contents contents) throws IOException {
        try {
            EmbeddedPostgres.stopLeftBehind(staging.resolve("postgres"));
            clear(staging, LOCK);
            fill(contents);
        } catch (IOException | RuntimeException e) {
            clear(staging, "");
            Files.deleteIfExists(staging);
            throw e;
        }
    }

    private void fill(BackupReader.Contents contents) throws IOException {
        for (String child : List.of("run", "logs", "keys", "postgres")) {
            DataDirectory.createPassable(staging.resolve(child));
        }
        new BackupReader(options.file(), new Progress(out, "restored", contents.bytes()))
                .extract(contents, new Extraction(staging));
        if (options.masterKeyFile().isPresent()) {
            Path key = staging.resolve("keys").resolve("master.key");
            Files.deleteIfExists(key);
            try (FileChannel channel = FileChannel.open(
                    key,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(ByteBuffer.wrap(
                        Files.readAllBytes(options.masterKeyFile().get())));
                channel.force(true);
            }
        }
        Files.writeString(staging.resolve("run").resolve("embedded"), "");
        // Replays the log of the time of the backup; what cannot start must not get in place.
        PostgresNeighbour.start(staging.resolve("postgres"), 0).close();
    }

    private void putInPlace() throws IOException {
        if (!isEmpty(target)) {
            makeWay();
        }
        Files.writeString(
                staging.resolve(DataDirectory.MARKER),
                DataDirectory.MARKER_TEXT,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.delete(staging.resolve(LOCK));
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    /** It keeps everything; also what a server that was killed has left running there is ended. */
    private void makeWay() throws IOException {
        DataDirectory old = DataDirectory.existing(target).orElseThrow();
        DataDirectory.Lock lock = old.tryLock(HOLDER);
        try (DataDirectory.Held _ =
                lock.ours().orElseThrow(() -> new BoxException("a server has just been started on " + target))) {
            SimulatorsNeighbour.stop(old.resolve("simulators"));
            EmbeddedPostgres.stopLeftBehind(old.resolve("postgres"));
            Path kept = target.resolveSibling(target.getFileName() + ".replaced-"
                    + ZonedDateTime.now(ZoneOffset.UTC).format(STAMP));
            Files.move(target, kept, StandardCopyOption.ATOMIC_MOVE);
            out.println("What was in " + target + " is now " + kept + ".");
        }
    }

    private static void clear(Path directory, String kept) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(directory) && !file.equals(directory.resolve(kept))) {
                    Files.delete(file);
                }
            }
        }
    }
}
