package io.trunkline.box;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Says how far a long copy is, every few seconds and not more. */
final class Progress implements LongConsumer {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long KILO = 1_000;

    private final PrintStream out;
    private final String what;
    private final long total;
    private long next = System.nanoTime() + EVERY_NANOS;

    /**
     * @param total about; 0 where it is not known
     */
    Progress(PrintStream out, String what, long total) {
        this.out = out;
        this.what = what;
        this.total = total;
    }

    @Override
    public void accept(long bytes) {
        if (System.nanoTime() - next > 0) {
            next = System.nanoTime() + EVERY_NANOS;
            out.println(
                    "  " + what + " " + size(bytes) + (total > 0 ? " of about " + size(Math.max(total, bytes)) : ""));
        }
    }

    static String size(long bytes) {
        if (bytes < KILO * KILO) {
            return Math.ceilDiv(bytes, KILO) + " kB";
        }
        if (bytes < KILO * KILO * KILO) {
            return Math.ceilDiv(bytes, KILO * KILO) + " MB";
        }
        return String.format(Locale.ROOT, "%.1f GB", (double) bytes / (KILO * KILO * KILO));
    }
}
