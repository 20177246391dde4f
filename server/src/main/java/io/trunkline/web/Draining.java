package io.trunkline.web;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets whoever spreads requests over servers see that this one is about to stop: {@code /readyz} says so, while
 * everything is still answered for a while. Then new connections are refused and what is under way is finished.
 */
final class Draining implements SmartLifecycle {
    private final Duration delay;
    private final CountDownLatch cutShort = new CountDownLatch(1);
    private volatile boolean running;

    Draining(Duration delay) {
        this.delay = delay;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        try {
            // Nothing counts it down: an interruption alone ends the wait early.
            boolean _ = cutShort.await(delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stopped before the web server is. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }
}
