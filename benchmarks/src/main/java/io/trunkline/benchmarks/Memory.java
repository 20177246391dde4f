package io.trunkline.benchmarks;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the memory of the server and PostgreSQL from time to time, and keeps the most it has seen. Of PostgreSQL's
 * processes that work for a benchmark only what they share with the others counts.
 */
final class Memory implements AutoCloseable {
    private static final long EVERY_MILLIS = 500;

    private final Installation installation;
    private final Set<Long> notOurs;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile double peakMb;

    Memory(Installation installation) {
        this(installation, Set.of());
    }

    /** Takes PostgreSQL's processes that the product does not use; more may be added meanwhile. */
    Memory(Installation installation, Set<Long> notOurs) {
        this.installation = installation;
        this.notOurs = notOurs;
        this.thread = Thread.ofPlatform().daemon().name("memory").start(this::watch);
    }

    private void watch() {
        try {
            do {
                peakMb = Math.max(peakMb, Machine.pssMb(installation.processes()) - Machine.ownMb(notOurs));
            } while (!stopping.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    double peakMb() {
        return peakMb;
    }

    @Override
    public void close() {
        stopping.countDown();
        Await.end(thread);
    }
}
