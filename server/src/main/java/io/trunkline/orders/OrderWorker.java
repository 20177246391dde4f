package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.database.DatabaseUnavailable;
import io.trunkline.web.Correlation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
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
    /** How long an order waits for a place in the lane of its next step before it is given back. */
    private static final Duration CROSSING = Duration.ofMillis(50);
    /** How long a stop waits for the steps that are under way; what is left is another server's, after the lease. */
    private static final Duration DRAIN = Duration.ofSeconds(12);

    private final Database database;
    private final OrderSteps steps;
    private final Lanes lanes;
    private final OrderSettings settings;
    private final Clock clock;
    private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
    /** Whose work is to be looked for; everybody's is, from poll to poll. */
    private final Set<Neighbour> asked = ConcurrentHashMap.newKeySet();
    /** Places for orders of batches: so many and no more, so that single ones find a place in every lane. */
    private final Semaphore batchPlaces;
    /** Where orders of batches may be waiting for such a place. */
    private final Set<Neighbour> batchesWait = ConcurrentHashMap.newKeySet();

    private volatile boolean running;
    private Optional<Thread> dispatcher = Optional.empty();

    OrderWorker(Database database, OrderSteps steps, Lanes lanes, OrderSettings settings, Clock clock) {
        this.database = database;
        this.steps = steps;
        this.lanes = lanes;
        this.settings = settings;
        this.clock = clock;
        this.batchPlaces = new Semaphore(settings.batchInFlight());
    }

    /** There may be something due for any neighbour. Never waits. */
    void wake() {
        wake(Neighbour.values());
    }

    /** There may be something due for these. Never waits. */
    void wake(Neighbour... neighbours) {
        for (Neighbour neighbour : neighbours) {
            boolean _ = asked.add(neighbour);
        }
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
            boolean drained = true;
            for (Lane lane : lanes.all()) {
                if (lane.drain(end - System.nanoTime())) {
                    lane.reopen();
                } else {
                    drained = false;
                }
            }
            if (!drained) {
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
        long everybody = System.nanoTime();
        while (running) {
            try {
                if (System.nanoTime() - everybody >= 0) {
                    asked.addAll(List.of(Neighbour.values()));
                    everybody = System.nanoTime() + settings.poll().toNanos();
                }
                for (Lane lane : lanes.all()) {
                    if (running && asked.remove(lane.neighbour()) && lease(lane)) {
                        boolean _ = asked.add(lane.neighbour());
                    }
                }
                if (running && asked.isEmpty()) {
                    Boolean _ = wakes.poll(everybody - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                log.error("leasing steps failed", e);
            }
        }
    }

    /** Begins what is due for one neighbour; whether there may be more of it right now. */
    private boolean lease(Lane lane) {
        List<Lane.Pass> passes = lane.enter(BATCH);
        if (passes.isEmpty()) {
            // Whoever leaves it next asks for it again.
            return false;
        }
        List<OrderWork.Due> leased = List.of();
        // Nobody else takes places: what there is now is the least that there is then.
        int ofBatches = batchPlaces.availablePermits();
        try {
            Instant now = clock.instant();
            Instant until = now.plus(settings.lease(lane.neighbour()));
            boolean mayCall = passes.getFirst().mayCall();
            leased = OrderWork.lease(database.owner(), lane.neighbour(), mayCall, now, until, passes.size(), ofBatches);
        } catch (DatabaseException e) {
            log.warn("no steps can be leased: {}", e.getMessage());
        } finally {
            passes.subList(leased.size(), passes.size()).forEach(Lane.Pass::close);
        }
        if (leased.stream().filter(OrderWork.Due::bulk).count() >= ofBatches) {
            boolean _ = batchesWait.add(lane.neighbour());
        }
        for (int i = 0; i < leased.size(); i++) {
            OrderWork.Due due = leased.get(i);
            Lane.Pass pass = passes.get(i);
            if (due.bulk()) {
                batchPlaces.acquireUninterruptibly();
            }
            Thread.ofVirtual().name(due.order().text()).start(() -> work(due, pass));
        }
        return leased.size() == passes.size();
    }

    /** One of a batch makes room for another of a batch. */
    private void leaveBatchPlace() {
        batchPlaces.release();
        Neighbour[] waiting = batchesWait.toArray(Neighbour[]::new);
        if (waiting.length > 0) {
            batchesWait.removeAll(List.of(waiting));
            wake(waiting);
        }
    }

    /** A defect of ours holds one order up, until its step's deadline; never the others. */
    private Optional<OrderSteps.Task> take(OrderSteps.Task task, Lane.Pass pass) {
        OrderWork.Due due = task.due();
        try {
            return steps.take(task, pass);
        } catch (OrderWork.LeaseLost | DatabaseUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("{} failed at {}", due.order(), due.what(), e);
            steps.failed(due);
            return Optional.empty();
        }
    }

    private void work(OrderWork.Due leased, Lane.Pass first) {
        Lane.Pass pass = first;
        Optional<OrderSteps.Task> task = Optional.of(new OrderSteps.Task(leased, null));
        try {
            while (task.isPresent()) {
                task = take(task.get(), pass);
                if (task.isPresent()) {
                    Optional<Lane.Pass> next = cross(task.get().due());
                    leave(pass);
                    if (next.isEmpty()) {
                        return;
                    }
                    pass = next.get();
                }
            }
            leave(pass);
        } catch (OrderWork.LeaseLost e) {
            leave(pass);
            renounce(e.due());
        } catch (DatabaseException e) {
            leave(pass);
            // Nothing was recorded, so the step is due again when the lease ends.
            log.warn("{} waits for its lease to end: {}", leased.order(), e.getMessage());
        } catch (InterruptedException e) {
            leave(pass);
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            leave(pass);
            log.error("{} could not be given up", leased.order(), e);
        } finally {
            if (leased.bulk()) {
                leaveBatchPlace();
            }
            MDC.remove(Correlation.LOG_KEY);
        }
    }

    /** Whoever has canceled the order waits for the end of the lease, in case that we are no more. We are, and done. */
    private void renounce(OrderWork.Due over) {
        log.info("{} was taken from us at {}", over.order(), over.what());
        try {
            if (OrderWork.renounce(database.owner(), over, clock.instant())) {
                wake();
            }
        } catch (DatabaseException e) {
            log.warn("{} waits for the lease of {} to end: {}", over.order(), over.what(), e.getMessage());
        }
    }

    /** Where there was no place left, there is one now. */
    private void leave(Lane.Pass pass) {
        pass.close();
        if (pass.lane().wasFull()) {
            wake(pass.lane().neighbour());
        }
    }

    /** A place in the lane of the next step; where there is none, the order waits in the table for one. */
    private Optional<Lane.Pass> cross(OrderWork.Due due) throws InterruptedException {
        Optional<Lane.Pass> pass = lanes.of(due.step().neighbour()).enter(CROSSING);
        if (pass.isEmpty()) {
            OrderWork.giveBack(database.owner(), due, clock.instant());
        }
        return pass;
    }
}
