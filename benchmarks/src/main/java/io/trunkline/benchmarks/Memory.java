package io.trunkline.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the memory of the server and PostgreSQL from time to time, and keeps the most it has seen. */
final class Memory implements AutoCloseable {
    private static final long EVERY_MILLIS = 500;

    private final Installation installation;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile double peakMb;

    Memory(Installation installation) {
        this.installation = installation;
        this.thread = Thread.ofPlatform().daemon().name("memory").start(this::watch);
    }

    private void watch() {
        try {
            do {
                peakMb = Math.max(peakMb, Machine.pssMb(installation.processes()));
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
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
