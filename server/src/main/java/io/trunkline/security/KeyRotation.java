package io.trunkline.security;

import io.trunkline.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Looks every hour whether the signing keys are due to be replaced or retired. */
@Component
class KeyRotation implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(KeyRotation.class);
    private static final Duration LOOK = Duration.ofHours(1);

    private final SigningKeys keys;
    private final Duration life;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> thread = Optional.empty();

    KeyRotation(SigningKeys keys, @Value("${trunkline.security.signing-key-life:90d}") Duration life) {
        this.keys = keys;
        this.life = life;
    }

    @Override
    public void start() {
        thread = Optional.of(Thread.ofVirtual().name("key-rotation").start(this::run));
    }

    private void run() {
        try {
            do {
                tend();
            } while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tend() {
        try {
            keys.tend(life);
        } catch (DatabaseException e) {
            log.warn("the signing keys cannot be tended now: {}", e.getMessage());
        }
    }

    @Override
    public void stop() {
        stopped.countDown();
    }

    @Override
    public boolean isRunning() {
        return thread.isPresent() && stopped.getCount() > 0;
    }
}
