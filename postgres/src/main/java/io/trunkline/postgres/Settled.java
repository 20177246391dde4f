package io.trunkline.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a small file that PostgreSQL writes over in place: until it reads the same twice. */
final class Settled {
    private static final int TRIES = 100;

    private Settled() {}

    static byte[] read(Path file) throws IOException {
        byte[] before = Files.readAllBytes(file);
        for (int i = 0; i < TRIES; i++) {
            byte[] now = Files.readAllBytes(file);
            if (Arrays.equals(before, now)) {
                return now;
            }
            before = now;
        }
        throw new IOException(file + " changes whenever it is read");
    }
}
