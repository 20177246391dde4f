package io.trunkline.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * As many bytes as the file had when it was opened: what is appended later is left to the log, and what is cut off
 * meanwhile is zeros, as the log will cut it off again.
 */
final class ExactStream extends InputStream {
    private final InputStream file;
    private long left;
    private boolean ended;

    ExactStream(InputStream file, long size) {
        this.file = file;
        this.left = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int most) throws IOException {
        if (left == 0) {
            return -1;
        }
        int wanted = (int) Math.min(most, left);
        int got = ended ? -1 : file.read(bytes, from, wanted);
        if (got < 0) {
            ended = true;
            Arrays.fill(bytes, from, from + wanted, (byte) 0);
            got = wanted;
        }
        left -= got;
        return got;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
