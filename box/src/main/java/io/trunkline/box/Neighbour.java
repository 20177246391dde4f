package io.trunkline.box;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that the server needs, started by it and started again whenever it ends by itself. Meanwhile requests that
 * need it are answered 503 and orders wait.
 */
abstract class Neighbour implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Neighbour.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /** Who has run so long did not fail to start. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final DataDirectory data;
    private final CountDownLatch stopping = new CountDownLatch(1);

    Neighbour(String name, DataDirectory data) {
        this.name = name;
        this.data = data;
    }

    /** Starts it, or takes over what runs already; returns its process id when it can be used. */
    abstract long launch();

    /** Returns when the process has ended. */
    abstract void awaitEnd() throws InterruptedException;

    /** Ends the process. */
    abstract void end();

    DataDirectory data() {
        return data;
    }

    final void start() {
        data.write(data.pid(name), launch() + "\n");
        Thread.ofVirtual().name("keeper-of-" + name).start(this::keep);
    }

    private void keep() {
        long pause = FIRST_PAUSE_MILLIS;
        try {
            while (isWanted()) {
                long since = System.nanoTime();
                awaitEnd();
                if (!isWanted()) {
                    return;
                }
                data.delete(data.pid(name));
                log.warn("{} has ended by itself and is started again", name);
                pause = System.nanoTime() - since > STABLE_NANOS ? FIRST_PAUSE_MILLIS : pause;
                pause = relaunch(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long relaunch(long firstPause) throws InterruptedException {
        long pause = firstPause;
        while (!stopping.await(pause, TimeUnit.MILLISECONDS)) {
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            try {
                data.write(data.pid(name), launch() + "\n");
                return pause;
            } catch (RuntimeException e) {
                log.error("{} cannot be started again, the next try is in {} ms: {}", name, pause, e.getMessage());
            }
        }
        return pause;
    }

    private boolean isWanted() {
        return stopping.getCount() > 0;
    }

    @Override
    public final void close() {
        stopping.countDown();
        end();
        data.delete(data.pid(name));
    }
}
