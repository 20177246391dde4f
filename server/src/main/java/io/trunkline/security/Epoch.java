package io.trunkline.security;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Notices within two seconds that a client, an organization or a key has changed, by a number that grows with each such
 * change. While it cannot be read, what was verified before is trusted for eight seconds at most: so a change takes
 * effect on every server within ten.
 */
@Component
class Epoch implements SmartLifecycle {
    static final Duration POLL = Duration.ofSeconds(2);
    static final Duration TRUSTED = Duration.ofSeconds(8);

    private static final Logger log = LoggerFactory.getLogger(Epoch.class);
    private static final String READ = "SELECT epoch FROM security_epoch";

    private final Database database;
    private final SigningKeys keys;
    private final AtomicLong epoch = new AtomicLong(-1);
    private volatile long readAtNanos = System.nanoTime() - TRUSTED.toNanos() - 1;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> poller = Optional.empty();

    Epoch(Database database, SigningKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /**
     * The number that what is verified now is verified under; empty while it is not known well enough.
     *
     * <p>Reads it itself where the poller has not for too long.
     */
    Optional<Long> current() {
        if (isFresh()) {
            return Optional.of(epoch.get());
        }
        return poll() ? Optional.of(epoch.get()) : Optional.empty();
    }

    private boolean isFresh() {
        return System.nanoTime() - readAtNanos < TRUSTED.toNanos();
    }

    /** Reads the number; false where that is not possible. */
    boolean poll() {
        try {
            long asked = System.nanoTime();
            long now =
                    database.owner().one(READ, row -> row.longInteger("epoch")).orElse(0L);
            if (epoch.getAndSet(now) != now) {
                keys.reload();
            }
            readAtNanos = asked;
            return true;
        } catch (DatabaseException e) {
            log.debug("the security epoch cannot be read: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void start() {
        poll();
        poller = Optional.of(Thread.ofVirtual().name("security-epoch").start(this::run));
    }

    private void run() {
        try {
            while (!stopped.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        stopped.countDown();
    }

    @Override
    public boolean isRunning() {
        return poller.isPresent() && stopped.getCount() > 0;
    }
}
