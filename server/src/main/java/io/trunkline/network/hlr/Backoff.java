package io.trunkline.network.hlr;

import java.time.Duration;

/** Pauses between attempts to reach a peer that was not there: doubled from one to the next, until it is. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);

    private final Duration longest;
    private Duration next = FIRST;
    private long until;
    private boolean pausing;

    Backoff(Duration longest) {
        this.longest = longest;
    }

    /** Whether it is too early for another attempt. */
    synchronized boolean isPausing() {
        pausing = pausing && System.nanoTime() - until < 0;
        return pausing;
    }

    synchronized void failed() {
        Duration pause = next.compareTo(longest) < 0 ? next : longest;
        until = System.nanoTime() + pause.toNanos();
        pausing = true;
        next = pause.multipliedBy(2);
    }

    synchronized void succeeded() {
        pausing = false;
        next = FIRST;
    }
}
