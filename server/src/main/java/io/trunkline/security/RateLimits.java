package io.trunkline.security;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket per client, in this server's memory: servers share nothing, so N of them let through N times as much.
 * A bucket is one number, the time at which it will be full again; taking a token moves it on without a lock.
 */
final class RateLimits {
    /** Buckets that are kept before the full ones, which say nothing, are dropped. */
    static final int KEPT = 10_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Map<String, AtomicLong> fullAt = new ConcurrentHashMap<>();
    private final LongSupplier nanoClock;

    /** Takes a clock that never runs back, in nanoseconds. */
    RateLimits(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** What became of a request. */
    sealed interface Verdict {
        /** It may pass, and so many more at once. */
        record Passes(long remaining) implements Verdict {}

        record Waits(Duration pause) implements Verdict {}
    }

    Verdict take(String client, RateLimit limit) {
        long perRequest = NANOS_PER_SECOND / limit.requestsPerSecond();
        long whole = perRequest * limit.burst();
        long now = nanoClock.getAsLong();
        AtomicLong bucket = fullAt.get(client);
        if (bucket == null) {
            dropFull(now);
            bucket = fullAt.computeIfAbsent(client, _ -> new AtomicLong(now));
        }
        while (true) {
            long before = bucket.get();
            long after = Math.max(before - now, 0) + perRequest;
            if (after > whole) {
                return new Verdict.Waits(Duration.ofNanos(after - whole));
            }
            if (bucket.compareAndSet(before, now + after)) {
                return new Verdict.Passes((whole - after) / perRequest);
            }
        }
    }

    /** How many buckets there are. */
    int size() {
        return fullAt.size();
    }

    private void dropFull(long now) {
        if (fullAt.size() >= KEPT) {
            fullAt.values().removeIf(bucket -> bucket.get() - now <= 0);
        }
    }
}
