package io.trunkline.box;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files of a backup on their way into a new data directory. */
final class Extraction {
    /** In the backup, of what lies in the data directory. */
    static final String PREFIX = "data/";

    private static final String CLUSTER = PREFIX + "postgres/cluster";
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");

    private final Path target;

    Extraction(Path target) {
        this.target = target;
    }

    void directory(String name) throws IOException {
        make(target.resolve(name.substring(PREFIX.length())), name.startsWith(CLUSTER));
    }

    private void make(Path directory, boolean ofCluster) throws IOException {
        if (Files.exists(directory)) {
            return;
        }
        Path parent = directory.resolveSibling("");
        if (!parent.equals(target)) {
            make(parent, ofCluster && !directory.endsWith("cluster"));
        }
        DataDirectory.createPassable(directory);
        if (ofCluster) {
            // PostgreSQL insists on it.
            Files.setPosixFilePermissions(directory, OWNERS);
        }
    }

    /** Returns how many bytes it has. */
    long file(String name, InputStream content) throws IOException {
        Path file = target.resolve(name.substring(PREFIX.length()));
        make(file.resolveSibling(""), name.startsWith(CLUSTER));
        try (FileChannel channel = FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                OutputStream out = Channels.newOutputStream(channel)) {
            long bytes = content.transferTo(out);
            channel.force(true);
            return bytes;
        }
    }
}
