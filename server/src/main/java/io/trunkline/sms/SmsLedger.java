package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseUnavailable;
import io.trunkline.network.smsc.Receipt;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes down what happens to recipients, whatever has come together in one transaction. An SMSC is told that a receipt
 * was taken when it is committed; what cannot be written now is written when the database is back.
 */
@Component
class SmsLedger {
    private static final Logger log = LoggerFactory.getLogger(SmsLedger.class);
    /** Of one transaction. */
    private static final int BATCH = 1_000;
    /** What senders tell and is not written yet; past it they wait: no more is sent than can be written down. */
    private static final int OWN = 2_000;
    /**
     * Receipts that are not written yet; past it SMSCs are told to try again, which may be half a minute later. They
     * come no faster than texts are sent, so that this happens where they come for what another server has sent.
     */
    private static final int RECEIPTS = 10_000;

    /** While so many come together, a little more time brings many more into the same transaction. */
    private static final int MANY = 20;

    private static final Duration GATHERING = Duration.ofMillis(10);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(200);
    private static final Duration IDLE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Database database;
    private final Clock clock;
    private final BlockingQueue<SmsOutcome> waiting = new ArrayBlockingQueue<>(OWN + RECEIPTS);
    private final Semaphore own = new Semaphore(OWN);
    private final Semaphore receipts = new Semaphore(RECEIPTS);
    private volatile boolean running;
    private volatile Thread writer = Thread.ofVirtual().unstarted(() -> {});

    SmsLedger(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    void start() {
        running = true;
        writer = Thread.ofVirtual().name("sms-ledger").start(this::run);
    }

    /** Waits where too much is waiting already. */
    void add(SmsOutcome outcome) {
        try {
            own.acquire();
            waiting.add(outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before an outcome could be written down", e);
        }
    }

    /** When it completes, the receipt is committed; it fails where too much is waiting already. Never waits. */
    CompletableFuture<Boolean> receipt(Receipt receipt) {
        var kept = new CompletableFuture<Boolean>();
        if (receipts.tryAcquire()) {
            waiting.add(new SmsOutcome.Received(receipt, kept));
        } else {
            kept.completeExceptionally(new RejectedExecutionException("too much waits to be written down"));
        }
        return kept;
    }

    /** Writes what waits, and ends. */
    void stop() throws InterruptedException {
        running = false;
        writer.join(PATIENCE);
    }

    private void run() {
        var batch = new ArrayList<SmsOutcome>(BATCH);
        boolean many = false;
        try {
            while (running || !waiting.isEmpty()) {
                SmsOutcome first = waiting.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    if (many && waiting.size() < BATCH) {
                        LockSupport.parkNanos(GATHERING.toNanos());
                    }
                    batch.add(first);
                    waiting.drainTo(batch, BATCH - 1);
                    many = batch.size() >= MANY;
                    write(batch);
                    batch.forEach(outcome -> placeOf(outcome).release());
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Semaphore placeOf(SmsOutcome outcome) {
        return outcome instanceof SmsOutcome.Received ? receipts : own;
    }

    private void write(List<SmsOutcome> batch) {
        boolean told = false;
        while (true) {
            try {
                int _ = database.inOwnerTransaction(sql -> {
                    SmsLedgerStore.write(sql, batch, clock.instant());
                    return batch.size();
                });
                batch.forEach(SmsLedger::kept);
                return;
            } catch (DatabaseUnavailable e) {
                if (!running) {
                    // It is in doubt when the next server takes it; receipts come again.
                    batch.forEach(outcome -> failed(outcome, e));
                    return;
                }
                if (!told) {
                    log.warn("what happened to texts waits to be written down: {}", e.getMessage());
                    told = true;
                }
                LockSupport.parkNanos(AGAIN_AFTER.toNanos());
            } catch (RuntimeException e) {
                apart(batch, e);
                return;
            }
        }
    }

    /** One of them cannot be written: the others can. */
    private void apart(List<SmsOutcome> batch, RuntimeException cause) {
        if (batch.size() == 1) {
            log.error("an outcome of a text cannot be written down", cause);
            failed(batch.getFirst(), cause);
            return;
        }
        int half = batch.size() / 2;
        write(List.copyOf(batch.subList(0, half)));
        write(List.copyOf(batch.subList(half, batch.size())));
    }

    private static void failed(SmsOutcome outcome, RuntimeException cause) {
        if (outcome instanceof SmsOutcome.Received received) {
            received.kept().completeExceptionally(cause);
        }
    }

    private static void kept(SmsOutcome outcome) {
        if (outcome instanceof SmsOutcome.Received received) {
            received.kept().complete(Boolean.TRUE);
        }
    }
}
