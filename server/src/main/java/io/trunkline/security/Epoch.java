package io.trunkline.security;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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
    private final ReentrantLock reading = new ReentrantLock();
    private volatile long readAtNanos = System.nanoTime() - TRUSTED.toNanos() - 1;
    private volatile long triedAtNanos = readAtNanos;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> poller = Optional.empty();

    Epoch(Database database, SigningKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /**
     * The number that what is verified now is verified under; empty while it is not known well enough.
     *
     * <p>Reads it itself where the poller has not for too long, unless somebody else is just trying to.
     */
    Optional<Long> current() {
        if (!isFresh() && reading.tryLock()) {
            try {
                poll();
            } finally {
                reading.unlock();
            }
        }
        return isFresh() ? Optional.of(epoch.get()) : Optional.empty();
    }

    /** Reads what has changed until now, once for all who ask at the same time. */
    void lookAgain() {
        long asked = System.nanoTime();
        try {
            if (reading.tryLock(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    if (triedAtNanos - asked < 0) {
                        poll();
                    }
                } finally {
                    reading.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether what may end a token has been read lately. */
    boolean isFresh() {
        return System.nanoTime() - readAtNanos < TRUSTED.toNanos();
    }

    /** Reads the number, and the keys where it has grown. */
    void poll() {
        reading.lock();
        try {
            long asked = System.nanoTime();
            triedAtNanos = asked;
            long now =
                    database.owner().one(READ, row -> row.longInteger("epoch")).orElse(0L);
            if (epoch.get() != now) {
                // First the keys: while they cannot be read, nothing is verified under the new number.
                keys.reload();
                epoch.set(now);
            }
            readAtNanos = asked;
        } catch (DatabaseException e) {
            log.debug("the security epoch cannot be read: {}", e.getMessage());
        } finally {
            reading.unlock();
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

    /** Before the web server starts and after it has stopped. */
    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public boolean isRunning() {
        return poller.isPresent() && stopped.getCount() > 0;
    }
}
