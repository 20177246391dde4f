package io.trunkline.orders;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.database.DatabaseUnavailable;
import io.trunkline.web.Correlation;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Leases due steps in batches and takes them, many orders side by side, each on a virtual thread of its own. Any number
 * of servers may do so on one database; what a server that dies leaves behind is due again when its lease ends.
 */
@Component
class OrderWorker implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(OrderWorker.class);
    /** Most rows of one lease. */
    private static final int BATCH = 32;
    /** How long a stop waits for the steps that are under way; what is left is another server's, after the lease. */
    private static final Duration DRAIN = Duration.ofSeconds(12);

    private final Database database;
    private final OrderSteps steps;
    private final OrderSettings settings;
    private final Clock clock;
    private final Semaphore slots;
    private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
    private volatile boolean running;
    private Optional<Thread> dispatcher = Optional.empty();

    OrderWorker(Database database, OrderSteps steps, OrderSettings settings, Clock clock, MeterRegistry meters) {
        this.database = database;
        this.steps = steps;
        this.settings = settings;
        this.clock = clock;
        this.slots = new Semaphore(settings.ordersInFlight());
        Gauge.builder("trunkline.orders.in.flight", slots, free -> settings.ordersInFlight() - free.availablePermits())
                .description("Orders that this server is working on")
                .register(meters);
    }

    /** There may be something due. Never waits. */
    void wake() {
        // A wake that is already waiting stands for this one, too.
        boolean _ = wakes.offer(Boolean.TRUE);
    }

    @Override
    public void start() {
        running = true;
        dispatcher = Optional.of(Thread.ofVirtual().name("order-worker").start(this::dispatch));
    }

    @Override
    public void stop() {
        running = false;
        wake();
        try {
            long end = System.nanoTime() + DRAIN.toNanos();
            if (dispatcher.isPresent()) {
                dispatcher.get().join(DRAIN);
            }
            if (slots.tryAcquire(settings.ordersInFlight(), end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                slots.release(settings.ordersInFlight());
            } else {
                log.warn("stopping with steps under way; they are taken up again when their leases end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void dispatch() {
        while (running) {
            try {
                int free = takeSlots();
                List<OrderWork.Due> leased = running ? lease(free) : List.of();
                slots.release(free - leased.size());
                leased.forEach(
                        due -> Thread.ofVirtual().name(due.order().text()).start(() -> work(due)));
                if (running && leased.size() < free) {
                    Boolean _ = wakes.poll(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** A defect of ours holds one order up, until its step's deadline; never the others. */
    private Optional<OrderWork.Due> take(OrderWork.Due due) {
        try {
            return steps.take(due);
        } catch (OrderWork.LeaseLost | DatabaseUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("{} failed at {}", due.order(), due.step(), e);
            steps.failed(due);
            return Optional.empty();
        }
    }

    private int takeSlots() throws InterruptedException {
        slots.acquire();
        int taken = 1;
        while (taken < BATCH && slots.tryAcquire()) {
            taken++;
        }
        return taken;
    }

    private List<OrderWork.Due> lease(int most) {
        try {
            return OrderWork.lease(database.owner(), clock.instant(), settings, most);
        } catch (DatabaseException e) {
            log.warn("no steps can be leased: {}", e.getMessage());
            return List.of();
        } catch (RuntimeException e) {
            log.error("leasing steps failed", e);
            return List.of();
        }
    }

    private void work(OrderWork.Due leased) {
        Optional<OrderWork.Due> due = Optional.of(leased);
        try {
            while (due.isPresent()) {
                due = take(due.get());
            }
        } catch (OrderWork.LeaseLost | DatabaseException e) {
            // Nothing was recorded, so the step is due again when the lease ends.
            log.warn("{} waits for its lease to end: {}", leased.order(), e.getMessage());
        } catch (RuntimeException e) {
            log.error("{} could not be given up", leased.order(), e);
        } finally {
            MDC.remove(Correlation.LOG_KEY);
            slots.release();
        }
    }
}
