package io.trunkline.usage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Lines of bytes. One that is too long takes no more memory than any other. */
final class LineSource implements AutoCloseable {
    /** Without its end. */
    static final int LONGEST = 64 * 1024;

    private static final int KEPT_OF_TOO_LONG = 1024;
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private long lines;

    LineSource(InputStream in) {
        this.in = in;
    }

    /**
     * One line.
     *
     * @param number from 1
     * @param bytes without the end of the line; of one that is too long its beginning
     * @param ended whether there was an end, or only nothing more
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Line(long number, byte[] bytes, boolean tooLong, boolean ended) {
        boolean isBlank() {
            return bytes.length == 0 && !tooLong;
        }
    }

    /** Empty at the end. */
    Optional<Line> next() throws IOException {
        Optional<Line> whole = buffered();
        if (whole.isPresent()) {
            return whole;
        }
        var line = new ByteArrayOutputStream(BUFFER >> 7);
        boolean tooLong = false;
        boolean any = false;
        while (true) {
            if (at == end) {
                end = in.read(buffer, 0, buffer.length);
                at = 0;
                if (end <= 0) {
                    end = 0;
                    return any ? Optional.of(line(line.toByteArray(), tooLong, false)) : Optional.empty();
                }
            }
            any = true;
            int newline = at;
            while (newline < end && buffer[newline] != '\n') {
                newline++;
            }
            if (!tooLong) {
                line.write(buffer, at, newline - at);
                // One byte more may be the end's carriage return.
                tooLong = line.size() > LONGEST + 1;
            }
            boolean ended = newline < end;
            at = ended ? newline + 1 : newline;
            if (ended) {
                return Optional.of(line(line.toByteArray(), tooLong, true));
            }
        }
    }

    /** One that lies in the buffer with its end, as most do. */
    private Optional<Line> buffered() {
        for (int newline = at; newline < end; newline++) {
            if (buffer[newline] == '\n') {
                byte[] bytes = Arrays.copyOfRange(buffer, at, newline);
                at = newline + 1;
                return Optional.of(line(bytes, false, true));
            }
        }
        return Optional.empty();
    }

    private Line line(byte[] bytes, boolean tooLong, boolean ended) {
        lines++;
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' && !tooLong ? bytes.length - 1 : bytes.length;
        boolean isTooLong = tooLong || length > LONGEST;
        int kept = isTooLong ? KEPT_OF_TOO_LONG : length;
        return new Line(lines, kept == bytes.length ? bytes : Arrays.copyOf(bytes, kept), isTooLong, ended);
    }

    /** How many have been read. */
    long lines() {
        return lines;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
