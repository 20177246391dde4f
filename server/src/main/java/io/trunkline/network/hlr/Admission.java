package io.trunkline.network.hlr;

import io.trunkline.network.Outcome;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** So many calls at a time, and a short wait for the others. */
final class Admission {
    private final int most;
    private final Duration maxWait;
    private final Semaphore free;

    Admission(int most, Duration maxWait) {
        this.most = most;
        this.maxWait = maxWait;
        this.free = new Semaphore(most);
    }

    <T> Outcome<T> admit(Supplier<Outcome<T>> call) {
        try {
            if (!free.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
                return HlrCode.BUSY.rejected("all " + most + ", none ended within " + maxWait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HlrCode.INTERRUPTED.rejected("");
        }
        try {
            return call.get();
        } finally {
            free.release();
        }
    }
}
