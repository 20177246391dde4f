package io.trunkline.box;

import io.trunkline.postgres.HotCopy;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes a backup: a tar, compressed by gzip, whose last entry holds the SHA-256 of all others as {@code sha256sum -c}
 * reads them. Mode 0600.
 */
final class BackupWriter implements HotCopy.Sink, AutoCloseable {
    static final String SUMS = "SHA256SUMS";
    private static final int FILE_MODE = 0100600;
    private static final int DIRECTORY_MODE = 040700;
    private static final int BUFFER = 1 << 16;

    private final FileChannel channel;
    private final FastGzip gzip;
    private final OutputStream out;
    private final TarArchiveOutputStream tar;
    private final LongConsumer progress;
    private final StringBuilder sums = new StringBuilder();
    private final byte[] buffer = new byte[BUFFER];
    private final Instant now = Instant.now();
    private long bytes;
    private int files;

    private BackupWriter(
            FileChannel channel, FastGzip gzip, OutputStream out, TarArchiveOutputStream tar, LongConsumer progress) {
        this.channel = channel;
        this.gzip = gzip;
        this.out = out;
        this.tar = tar;
        this.progress = progress;
    }

    /**
     * Makes the file.
     *
     * @param progress is told how many bytes went in, before compression
     */
    static BackupWriter create(Path file, LongConsumer progress) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var gzip = new FastGzip(Channels.newOutputStream(channel));
        var out = new BufferedOutputStream(gzip, BUFFER);
        var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        return new BackupWriter(channel, gzip, out, tar, progress);
    }

    /** The disk and the other processes of the machine are the limit, not the last per cent of size. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /** What goes below a directory of the backup. */
    HotCopy.Sink below(String prefix) {
        return new HotCopy.Sink() {
            @Override
            public void directory(String name) throws IOException {
                BackupWriter.this.directory(prefix + name);
            }

            @Override
            public void file(String name, long size, InputStream content) throws IOException {
                BackupWriter.this.file(prefix + name, size, content);
            }
        };
    }

    @Override
    public void directory(String name) throws IOException {
        put(name + "/", 0, DIRECTORY_MODE);
        tar.closeArchiveEntry();
    }

    private void put(String name, long size, int mode) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(mode);
        // Whole seconds: a part of one would take a block of its own.
        entry.setModTime(now.getEpochSecond() * 1_000);
        entry.setUserName("");
        entry.setGroupName("");
        tar.putArchiveEntry(entry);
    }

    @Override
    public void file(String name, long size, InputStream content) throws IOException {
        put(name, size, FILE_MODE);
        var digested = new DigestInputStream(content, sha256());
        for (int got = digested.read(buffer); got >= 0; got = digested.read(buffer)) {
            tar.write(buffer, 0, got);
            bytes += got;
            progress.accept(bytes);
        }
        tar.closeArchiveEntry();
        files++;
        sums.append(HexFormat.of().formatHex(digested.getMessageDigest().digest()))
                .append("  ")
                .append(name)
                .append('\n');
    }

    void text(String name, String content) throws IOException {
        byte[] all = content.getBytes(StandardCharsets.UTF_8);
        file(name, all.length, new ByteArrayInputStream(all));
    }

    /** Without it the file is no backup. It is on the disk when this returns. */
    void complete() throws IOException {
        byte[] all = sums.toString().getBytes(StandardCharsets.UTF_8);
        put(SUMS, all.length, FILE_MODE);
        tar.write(all);
        tar.closeArchiveEntry();
        tar.finish();
        // The tar's own flush does not reach it.
        out.flush();
        gzip.finish();
        channel.force(true);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    long bytes() {
        return bytes;
    }

    int files() {
        return files;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
