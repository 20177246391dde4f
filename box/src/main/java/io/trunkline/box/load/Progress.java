package io.trunkline.box.load;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Tells how far it is: a line for each step, and one from time to time within a long one. */
final class Progress {
    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final long start = System.nanoTime();
    private final AtomicLong told = new AtomicLong(start);

    Progress(PrintStream out) {
        this.out = out;
    }

    void step(String done) {
        say(done);
    }

    /** Tells of a part, unless something was told just now. */
    void part(String what, long done, long all) {
        long last = told.get();
        long now = System.nanoTime();
        if ((now - last > PAUSE_NANOS || done == all) && told.compareAndSet(last, now)) {
            say(String.format(Locale.ROOT, "%s: %,d of %,d", what, done, all));
        }
    }

    private synchronized void say(String text) {
        told.set(System.nanoTime());
        out.printf(Locale.ROOT, "  %6.1f s  %s%n", seconds(), text);
        out.flush();
    }

    double seconds() {
        return (System.nanoTime() - start) / NANOS_PER_SECOND;
    }
}
