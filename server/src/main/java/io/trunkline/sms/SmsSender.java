package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.network.smsc.FromSmsc;
import io.trunkline.network.smsc.InboundPart;
import io.trunkline.network.smsc.Receipt;
import io.trunkline.network.smsc.Smscs;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
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

    private final Smscs smscs;
    private final SmsLedger ledger;
    private final InboundTexts inbound;
    private final SmsMeters meters;
    private final List<SmsDispatch> dispatches;
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
    public void receipt(Receipt receipt) {
        meters.received(receipt.smsc(), "receipt");
        try {
            Boolean _ = ledger.receipt(receipt).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before a receipt was kept", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a receipt could not be kept: " + e.getMessage(), e);
        }
    }

    @Override
    public void text(InboundPart part) {
        meters.received(part.smsc(), "text");
        inbound.take(part);
    }
}
