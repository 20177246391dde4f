package io.trunkline.box;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Where everything lies that a started Trunkline keeps.
 *
 * <pre>
 * demo.env      what a script needs to know, 0600
 * keys/         master.key
 * postgres/     the embedded cluster and PostgreSQL's programs
 * simulators/   the simulated network's state
 * logs/         server.log, simulators.log
 * run/          lock (held by the server), ready, *.pid
 * </pre>
 */
final class DataDirectory {
    static final String MARKER = "trunkline.data";
    static final String MARKER_TEXT = "A data directory of Trunkline. Copy it by ./trunkline backup.\n";
    /** The user that PostgreSQL runs as, where we are root, must pass through; nobody else may look. */
    private static final Set<PosixFilePermission> PASSABLE = PosixFilePermissions.fromString("rwx--x--x");

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int LONGEST_HOLDER = 1_024;

    private final Path path;

    private DataDirectory(Path path) {
        this.path = path;
    }

    /**
     * Opens the directory, or makes it.
     *
     * @throws BoxException when something else uses it, or it cannot be written
     */
    static DataDirectory open(Path path) {
        try {
            if (Files.exists(path)) {
                requireOurs(path);
            } else {
                makeParents(path);
                createPassable(path);
            }
            var directory = new DataDirectory(path);
            if (Files.notExists(path.resolve(MARKER))) {
                Files.writeString(path.resolve(MARKER), MARKER_TEXT);
            }
            for (String child : Set.of("run", "logs", "keys", "postgres")) {
                if (Files.notExists(path.resolve(child))) {
                    createPassable(path.resolve(child));
                }
            }
            return directory;
        } catch (AccessDeniedException e) {
            throw new BoxException(
                    "the data directory " + path + " cannot be written by " + System.getProperty("user.name") + " ("
                            + e.getMessage() + "): choose another (--data), or become its owner",
                    e);
        } catch (IOException e) {
            throw new BoxException("the data directory " + path + " cannot be used: " + e, e);
        }
    }

    /** An existing one, for looking after what an earlier start left; empty where there is none. */
    static Optional<DataDirectory> existing(Path path) {
        return Files.exists(path.resolve(MARKER)) ? Optional.of(new DataDirectory(path)) : Optional.empty();
    }

    /** Whatever the umask says. */
    static void createPassable(Path directory) throws IOException {
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, PASSABLE);
    }

    private static void makeParents(Path path) throws IOException {
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
    }

    private static void requireOurs(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new BoxException(path + " is no directory: choose another (--data)");
        }
        if (!Files.isWritable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        if (Files.notExists(path.resolve(MARKER))) {
            try (DirectoryStream<Path> content = Files.newDirectoryStream(path)) {
                for (Path entry : content) {
                    throw new BoxException("the directory " + path + " holds something else (" + entry.getFileName()
                            + "): choose an empty one for --data");
                }
            }
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String first, String... more) {
        return path.resolve(Path.of(first, more));
    }

    /**
     * The right to run on this directory; the kernel takes it back when its holder dies.
     *
     * @param holder process id and build of whoever holds it
     */
    record Lock(Optional<Held> ours, Optional<Holder> holder) {}

    /** Our own hold. */
    record Held(FileChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Another process that runs on the directory. */
    record Holder(long pid, String build) {}

    /** Takes the lock where it is free, else tells who has it. */
    Lock tryLock(String build) {
        Path file = resolve("run", "lock");
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PRIVATE_FILE);
            if (!take(channel)) {
                channel.close();
                return new Lock(Optional.empty(), Optional.of(readHolder(file)));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            (ProcessHandle.current().pid() + "\n" + build + "\n").getBytes(StandardCharsets.UTF_8)),
                    0);
            return new Lock(Optional.of(new Held(channel)), Optional.empty());
        } catch (IOException e) {
            throw new BoxException(file + " cannot be locked: " + e, e);
        }
    }

    /** Who runs on the directory, if anybody does. */
    Optional<Holder> tryHolder() {
        Path file = resolve("run", "lock");
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return take(channel) ? Optional.empty() : Optional.of(readHolder(file));
        } catch (IOException e) {
            throw new BoxException(file + " cannot be looked at: " + e, e);
        }
    }

    private static boolean take(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static Holder readHolder(Path file) throws IOException {
        String text = Files.size(file) > LONGEST_HOLDER ? "" : Files.readString(file);
        String[] lines = text.split("\n", -1);
        boolean told = lines.length >= 2 && lines[0].matches("\\d{1,18}");
        // Between taking the lock and telling there is a moment.
        return told ? new Holder(Long.parseLong(lines[0]), lines[1]) : new Holder(-1, "");
    }

    /** Writes the file whole or not at all, readable by its owner alone. */
    void write(Path file, String content) {
        try {
            Path partial = file.resolveSibling(file.getFileName() + ".partial");
            Files.deleteIfExists(partial);
            Files.createFile(partial, PRIVATE_FILE);
            Files.writeString(partial, content, StandardOpenOption.SYNC);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new BoxException(file + " cannot be written: " + e, e);
        }
    }

    void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new BoxException(file + " cannot be deleted: " + e, e);
        }
    }

    Optional<String> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new BoxException(file + " cannot be read: " + e, e);
        }
    }

    /** The process of this name that its keeper last started. */
    Path pid(String name) {
        return resolve("run", name + ".pid");
    }

    /** Written when everything is up, with the server's process id. */
    Path ready() {
        return resolve("run", "ready");
    }

    Path demoEnv() {
        return resolve("demo.env");
    }
}
