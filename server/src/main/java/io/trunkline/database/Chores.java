package io.trunkline.database;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Does chores when they are due: each by one of the servers that share the database, one after another. */
final class Chores implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Chores.class);
    /** The row is the lease: who moves it on does the work, the others find it no longer due. */
    private static final String TAKE = """
            INSERT INTO chores (name, due_at) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE chores.due_at <= ?
            RETURNING name""";

    private final Database database;
    private final List<Chore> chores;
    private final Duration poll;
    private final Clock clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> thread = Optional.empty();

    Chores(Database database, List<Chore> chores, Duration poll, Clock clock) {
        this.database = database;
        this.chores = List.copyOf(chores);
        this.poll = poll;
        this.clock = clock;
    }

    @Override
    public void start() {
        thread = Optional.of(Thread.ofVirtual().name("chores").start(this::run));
    }

    private void run() {
        try {
            do {
                chores.forEach(this::doIfDue);
            } while (!stopped.await(poll.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void doIfDue(Chore chore) {
        try {
            Instant now = clock.instant();
            if (stopped.getCount() > 0
                    && database.owner()
                            .one(TAKE, row -> row.text("name"), chore.name(), now.plus(chore.every()), now)
                            .isPresent()) {
                chore.work().run();
            }
        } catch (DatabaseUnavailable e) {
            log.debug("the chore {} waits: {}", chore.name(), e.getMessage());
        } catch (RuntimeException e) {
            log.error("the chore {} failed; it is due again in {}", chore.name(), chore.every(), e);
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
