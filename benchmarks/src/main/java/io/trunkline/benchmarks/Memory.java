package io.trunkline.benchmarks;

import java.util.List;
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
    private volatile double serverMb;

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
                look();
            } while (!stopping.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        double mb = Machine.pssMb(installation.processes()) - Machine.ownMb(notOurs);
        if (mb > peakMb) {
            serverMb = Machine.pssMb(List.of(installation.server()));
            peakMb = mb;
        }
    }

    double peakMb() {
        return peakMb;
    }

    /** What the server had of the most. */
    double serverMb() {
        return serverMb;
    }

    @Override
    public void close() {
        stopping.countDown();
        Await.end(thread);
    }
}
