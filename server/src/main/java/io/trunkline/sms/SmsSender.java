package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.network.smsc.FromSmsc;
import io.trunkline.network.smsc.InboundPart;
import io.trunkline.network.smsc.Receipt;
import io.trunkline.network.smsc.Smscs;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends what is due, and takes what SMSCs hand over. Any number of servers may do so on one database: what one that
 * dies leaves behind is due again when its lease ends.
 */
@Component
class SmsSender implements SmartLifecycle, FromSmsc {
    private static final Logger log = LoggerFactory.getLogger(SmsSender.class);
    /** How long a stop waits for submissions that are under way. */
    private static final Duration DRAIN = Duration.ofSeconds(12);

    /** Texts that are taken in at the same time, each in a transaction of its own. */
    private static final int AT_ONCE = 4;
    /** Texts that wait for that; past it SMSCs are told to try again. */
    private static final int QUEUE = 1_000;

    private final Smscs smscs;
    private final SmsLedger ledger;
    private final InboundTexts inbound;
    private final SmsMeters meters;
    private final List<SmsDispatch> dispatches;
    private final ExecutorService receiving = new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofVirtual().name("sms-received-", 0).factory());
    private volatile boolean running;

    SmsSender(
            Smscs smscs,
            Database database,
            SmsWords words,
            SmsLedger ledger,
            InboundTexts inbound,
            SmsSettings settings,
            SmsMeters meters,
            Clock clock) {
        this.smscs = smscs;
        this.ledger = ledger;
        this.inbound = inbound;
        this.meters = meters;
        this.dispatches = smscs.all().stream()
                .map(smsc -> new SmsDispatch(smsc, database, words, ledger, settings, meters, clock))
                .toList();
    }

    /** There may be something due. Never waits. */
    void wake() {
        dispatches.forEach(SmsDispatch::wake);
    }

    @Override
    public void start() {
        running = true;
        ledger.start();
        smscs.start(this, this::wake);
        dispatches.forEach(SmsDispatch::start);
    }

    @Override
    public void stop() {
        running = false;
        try {
            dispatches.forEach(SmsDispatch::halt);
            for (SmsDispatch dispatch : dispatches) {
                if (!dispatch.drained(DRAIN)) {
                    log.warn("stopping with submissions under way; they are taken up again when their leases end");
                }
            }
            smscs.stop();
            receiving.shutdown();
            if (!receiving.awaitTermination(DRAIN.toSeconds(), TimeUnit.SECONDS)) {
                log.warn("stopping with texts that are being taken in; SMSCs hand them over again");
            }
            ledger.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public CompletionStage<Boolean> receipt(Receipt receipt) {
        meters.received(receipt.smsc(), "receipt");
        return ledger.receipt(receipt);
    }

    @Override
    public CompletionStage<Boolean> text(InboundPart part) {
        meters.received(part.smsc(), "text");
        return CompletableFuture.supplyAsync(
                () -> {
                    inbound.take(part);
                    return true;
                },
                receiving);
    }
}
