package io.trunkline.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Held by the one process that runs the cluster of a directory, and given back by the system however that process ends.
 * PostgreSQL's own lock cannot do that: it tells of a server, and a server without a parent is to be taken over.
 */
final class ClusterLock {
    private static final String NAME = "lock";
    /** Of this process. The system would give a lock back as soon as we close any channel on its file. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path file;
    private final FileChannel channel;
    private boolean released;

    private ClusterLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes it, at once or not at all.
     *
     * @param directory a real path
     * @throws PostgresException naming the process that holds it
     */
    static ClusterLock acquire(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        synchronized (HELD) {
            if (!HELD.add(file)) {
                throw refusal(directory, ProcessHandle.current().pid() + ", which is this one");
            }
            FileChannel channel = null;
            try {
                channel = FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                if (tryLock(channel) == null) {
                    throw refusal(directory, Files.readString(file).strip());
                }
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(
                        Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
                return new ClusterLock(file, channel);
            } catch (IOException | RuntimeException e) {
                HELD.remove(file);
                if (channel != null) {
                    channel.close();
                }
                throw e;
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException byAnotherNameOfTheDirectory) {
            return null;
        }
    }

    private static PostgresException refusal(Path directory, String holder) {
        return new PostgresException("the PostgreSQL of " + directory + " is run by the process " + holder
                + ": stop that first, or choose another data directory (--data)");
    }

    boolean isHeld() {
        synchronized (HELD) {
            return !released;
        }
    }

    /** Gives it back; a second time does nothing. */
    void release() throws IOException {
        synchronized (HELD) {
            if (!released) {
                released = true;
                HELD.remove(file);
                channel.close();
            }
        }
    }
}
