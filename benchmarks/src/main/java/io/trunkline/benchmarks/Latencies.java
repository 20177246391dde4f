package io.trunkline.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Times of requests, in nanoseconds, all of them kept. */
final class Latencies {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int FIRST = 1 << 12;

    private long[] nanos = new long[FIRST];
    private int count;

    void add(long time) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = time;
    }

    void addAll(Latencies others) {
        for (int i = 0; i < others.count; i++) {
            add(others.nanos[i]);
        }
    }

    /** All that these have measured, once they have ended. */
    static Latencies together(List<FutureTask<Latencies>> running) {
        var all = new Latencies();
        running.forEach(task -> all.addAll(Await.result(task)));
        return all;
    }

    int count() {
        return count;
    }

    /** In milliseconds; 0 where there are none. */
    double percentile(double percent) {
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.clamp((long) Math.ceil(percent / 100 * count) - 1, 0, count - 1)] / NANOS_PER_MILLI;
    }
}
