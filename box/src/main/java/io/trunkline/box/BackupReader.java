package io.trunkline.box;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads a backup, and believes nothing of it before all of it has been checked. */
final class BackupReader {
    /** What may be in it; the rest of the names is below, without ways out. */
    private static final Pattern NAMES = Pattern.compile("(backup\\.json|end\\.json|SHA256SUMS|data/[A-Za-z0-9._/-]+)");

    private static final Pattern SUM = Pattern.compile("([0-9a-f]{64})  (\\S+)");
    /** As our own writer writes it: no name, no time, an unknown system. */
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int GZIP_TRAILER_BYTES = 8;
    private static final int BUFFER = 1 << 16;
    private static final int LARGEST_TEXT = 64 << 20;

    private final Path file;
    private final LongConsumer progress;

    /**
     * @param progress is told how many bytes came out, uncompressed
     */
    BackupReader(Path file, LongConsumer progress) {
        this.file = file;
        this.progress = progress;
    }

    /**
     * What a whole backup holds.
     *
     * @param sums by name
     */
    record Contents(BackupFacts facts, Map<String, String> sums, long bytes) {}

    /** Where what is read goes. */
    private interface Target {
        void directory(String name) throws IOException;

        /** To its end. */
        void file(String name, InputStream content) throws IOException;
    }

    /**
     * Reads all of it and compares it with its checksums.
     *
     * @param first is told what comes first, and may refuse it before all is read
     * @throws BoxException when it is no backup, of another version, cut off or altered
     */
    Contents verify(Consumer<BackupFacts> first) {
        var check = new Check(first);
        try {
            requireHeader();
            long crc = read(check);
            requireTrailer(crc, check.bytes);
            return check.contents();
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private BoxException damaged(String why, Exception cause) {
        return new BoxException(
                file + " is damaged, altered or cut off (" + why + "): nothing is restored from it", cause);
    }

    private void requireHeader() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] header = in.readNBytes(GZIP_HEADER.length);
            if (!Arrays.equals(header, GZIP_HEADER)) {
                throw new BoxException(file + " is no backup of Trunkline, or it is damaged");
            }
        }
    }

    /** Of gzip: without this something could follow what is compressed. */
    private void requireTrailer(long crc, long bytes) throws IOException {
        try (var end = new RandomAccessFile(file.toFile(), "r")) {
            byte[] trailer = new byte[GZIP_TRAILER_BYTES];
            end.seek(end.length() - GZIP_TRAILER_BYTES);
            end.readFully(trailer);
            if (ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN).getInt() != (int) crc) {
                throw new IOException("something follows its end, after " + bytes + " bytes");
            }
        }
    }

    /** Returns the checksum of all that was compressed. */
    private long read(Target target) throws IOException {
        var crc = new CRC32();
        try (InputStream in = Files.newInputStream(file);
                var plain =
                        new CheckedInputStream(new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER), crc);
                var tar = new TarArchiveInputStream(plain, StandardCharsets.UTF_8.name())) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = name(entry);
                if (entry.isDirectory()) {
                    target.directory(name);
                } else {
                    target.file(name, tar);
                }
            }
            // What fills the last block up.
            plain.transferTo(OutputStream.nullOutputStream());
            return crc.getValue();
        }
    }

    private static String name(TarArchiveEntry entry) throws IOException {
        String name = entry.getName().replaceFirst("/$", "");
        boolean leaves = Arrays.stream(name.split("/", -1))
                .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        if (!NAMES.matcher(name).matches() || leaves || !(entry.isFile() || entry.isDirectory())) {
            throw new IOException("an entry that no backup has: " + name);
        }
        return name;
    }

    /** Compares all with the sums at the end. */
    private final class Check implements Target {
        private final Consumer<BackupFacts> first;
        private final Map<String, String> found = new HashMap<>();
        private final byte[] buffer = new byte[BUFFER];
        private Optional<BackupFacts> facts = Optional.empty();
        private Optional<Map<String, String>> sumsTold = Optional.empty();
        private long bytes;

        Check(Consumer<BackupFacts> first) {
            this.first = first;
        }

        @Override
        public void directory(String name) throws IOException {
            requireOrder(name);
        }

        @Override
        public void file(String name, InputStream content) throws IOException {
            requireOrder(name);
            var digested = new DigestInputStream(content, BackupWriter.sha256());
            if (name.equals(BackupWriter.SUMS)) {
                sumsTold = Optional.of(parse(text(digested)));
                return;
            }
            if (name.equals(BackupFacts.ENTRY)) {
                String text = text(digested);
                BackupFacts told = BackupFacts.parse(text, file);
                first.accept(told);
                facts = Optional.of(told);
                bytes += text.length();
            }
            for (int got = digested.read(buffer); got >= 0; got = digested.read(buffer)) {
                bytes += got;
                progress.accept(bytes);
            }
            String sum = HexFormat.of().formatHex(digested.getMessageDigest().digest());
            if (found.put(name, sum) != null) {
                throw new IOException(name + " is there twice");
            }
        }

        private void requireOrder(String name) throws IOException {
            if (facts.isEmpty() != name.equals(BackupFacts.ENTRY)) {
                throw new IOException("it does not begin with " + BackupFacts.ENTRY);
            }
            if (sumsTold.isPresent()) {
                throw new IOException(name + " comes after the checksums");
            }
        }

        private static String text(InputStream content) throws IOException {
            return new String(content.readNBytes(LARGEST_TEXT), StandardCharsets.UTF_8);
        }

        private static Map<String, String> parse(String text) throws IOException {
            var sums = new HashMap<String, String>();
            for (String line : text.lines().toList()) {
                var matcher = SUM.matcher(line);
                if (!matcher.matches()) {
                    throw new IOException("its checksums cannot be read");
                }
                sums.put(matcher.group(2), matcher.group(1));
            }
            return sums;
        }

        Contents contents() throws IOException {
            Map<String, String> sums = sumsTold.orElseThrow(() -> new IOException("its checksums are missing"));
            if (!sums.equals(found)) {
                String others = found.entrySet().stream()
                        .filter(sum -> !sum.getValue().equals(sums.get(sum.getKey())))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .limit(3)
                        .collect(Collectors.joining(", "));
                throw new IOException("checksums differ: " + (others.isEmpty() ? "files are missing" : others));
            }
            return new Contents(facts.orElseThrow(() -> new IOException("it is empty")), sums, bytes);
        }
    }

    /**
     * Writes what was verified below a directory, each file on the disk when this returns.
     *
     * @throws BoxException when the file has changed since
     */
    void extract(Contents contents, Extraction target) throws IOException {
        var total = new long[1];
        read(new Target() {
            @Override
            public void directory(String name) throws IOException {
                target.directory(name);
            }

            @Override
            public void file(String name, InputStream content) throws IOException {
                if (!name.startsWith(Extraction.PREFIX)) {
                    return;
                }
                var digested = new DigestInputStream(content, BackupWriter.sha256());
                total[0] += target.file(name, digested);
                progress.accept(total[0]);
                String sum =
                        HexFormat.of().formatHex(digested.getMessageDigest().digest());
                if (!sum.equals(contents.sums().get(name))) {
                    throw damaged(name + " has changed since it was checked", new IOException(name));
                }
            }
        });
    }
}
