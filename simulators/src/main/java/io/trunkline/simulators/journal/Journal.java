package io.trunkline.simulators.journal;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * An append-only file of lines, each with its checksum: {@code <8 hex digits of CRC-32> <text>}.
 *
 * <p>An append is one write, handed to the kernel before {@link #append} returns: it outlives a kill of the process. A
 * line that was torn by one is dropped at the next start; it was never acknowledged. A bad line before the last is no
 * torn write but damage, and is refused.
 */
public final class Journal implements AutoCloseable {
    /** A journal with fewer lines than this is not worth compacting. */
    public static final int COMPACT_FROM_LINES = 1_000;

    private static final int CHECKSUM_DIGITS = 8;

    private final Path file;
    private FileOutputStream out;
    private long bytes;
    private long lines;

    private Journal(Path file, FileOutputStream out, long bytes, long lines) {
        this.file = file;
        this.out = out;
        this.bytes = bytes;
        this.lines = lines;
    }

    /**
     * Opens or creates the file and replays it.
     *
     * @throws IOException where it cannot be read, or where a line before the last is damaged
     */
    public static Journal open(Path file, Consumer<String> replay) throws IOException {
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        int start = 0;
        long lines = 0;
        for (int end = lineEnd(bytes, start); end >= 0; end = lineEnd(bytes, start)) {
            String text = checked(bytes, start, end);
            if (text.isEmpty()) {
                if (lineEnd(bytes, end + 1) >= 0) {
                    throw new IOException(file + " is damaged at byte " + start
                            + ": expected a line with its checksum; remove the file to start without its state");
                }
                break;
            }
            replay.accept(text);
            lines++;
            start = end + 1;
        }
        if (start < bytes.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(start);
            }
        }
        return new Journal(file, new FileOutputStream(file.toFile(), true), start, lines);
    }

    /** Appends all texts with one write. They hold no line break and are not empty. */
    public synchronized void append(List<String> texts) {
        byte[] encoded = encode(texts);
        try {
            out.write(encoded);
        } catch (IOException failed) {
            forgetPartOfLine(failed);
            throw new UncheckedIOException(file + " could not be appended to", failed);
        }
        bytes += encoded.length;
        lines += texts.size();
    }

    /** A full disk takes the first half of a line: without this the next line would be damaged by it. */
    private void forgetPartOfLine(IOException failed) {
        try {
            out.getChannel().truncate(bytes);
        } catch (IOException again) {
            failed.addSuppressed(again);
        }
    }

    public synchronized long lines() {
        return lines;
    }

    /** Replaces the content by the texts, atomically. */
    public synchronized void compact(List<String> texts) throws IOException {
        byte[] encoded = encode(texts);
        AtomicFile.write(file, encoded);
        out.close();
        out = new FileOutputStream(file.toFile(), true);
        bytes = encoded.length;
        lines = texts.size();
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }

    private static int lineEnd(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static String checked(byte[] bytes, int start, int end) {
        int text = start + CHECKSUM_DIGITS + 1;
        if (text >= end) {
            return "";
        }
        String expected = new String(bytes, start, CHECKSUM_DIGITS, StandardCharsets.US_ASCII);
        return expected.equals(checksum(bytes, text, end - text))
                ? new String(bytes, text, end - text, StandardCharsets.UTF_8)
                : "";
    }

    private static byte[] encode(List<String> texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(256 * texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            all.writeBytes(checksum(bytes, 0, bytes.length).getBytes(StandardCharsets.US_ASCII));
            all.write(' ');
            all.writeBytes(bytes);
            all.write('\n');
        }
        return all.toByteArray();
    }

    private static String checksum(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, length);
        String hex = Long.toHexString(crc.getValue());
        return "0".repeat(CHECKSUM_DIGITS - hex.length()) + hex;
    }
}
