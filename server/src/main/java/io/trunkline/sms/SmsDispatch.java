package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.ids.SmsId;
import io.trunkline.network.Outcome;
import io.trunkline.network.smsc.Segments;
import io.trunkline.network.smsc.ShortMessage;
import io.trunkline.network.smsc.Smsc;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one SMSC busy: leases recipients in batches and submits, each on a virtual thread of its own. */
final class SmsDispatch {
    private static final Logger log = LoggerFactory.getLogger(SmsDispatch.class);
    /** Most rows of one lease. */
    private static final int BATCH = 500;

    private final Smsc smsc;
    private final Database database;
    private final SmsWords words;
    private final SmsLedger ledger;
    private final SmsSettings settings;
    private final SmsMeters meters;
    private final Clock clock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
    private volatile boolean running;
    private Optional<Thread> dispatcher = Optional.empty();

    SmsDispatch(
            Smsc smsc,
            Database database,
            SmsWords words,
            SmsLedger ledger,
            SmsSettings settings,
            SmsMeters meters,
            Clock clock) {
        this.smsc = smsc;
        this.database = database;
        this.words = words;
        this.ledger = ledger;
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
    }

    void start() {
        running = true;
        dispatcher =
                Optional.of(Thread.ofVirtual().name("sms-to-" + smsc.name()).start(this::dispatch));
    }

    void wake() {
        // A wake that is already waiting stands for this one, too.
        boolean _ = wakes.offer(Boolean.TRUE);
    }

    /** Takes nothing more. */
    void halt() {
        running = false;
        wake();
    }

    /** Whether everything that was taken has come to an outcome in time. */
    boolean drained(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        if (dispatcher.isPresent()) {
            dispatcher.get().join(patience);
        }
        while (inFlight.get() > 0 && System.nanoTime() < end) {
            Boolean _ = wakes.poll(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
        }
        return inFlight.get() == 0;
    }

    private void dispatch() {
        try {
            while (running) {
                int most = Math.min(BATCH, smsc.capacity() - inFlight.get());
                // Not one by one: a lease costs the same for many.
                boolean worth = most > 0 && (most >= smsc.capacity() / 2 || inFlight.get() == 0);
                List<SmsWork.Leased> leased = worth ? lease(most) : List.of();
                send(leased);
                if (leased.isEmpty() && running) {
                    Boolean _ = wakes.poll(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<SmsWork.Leased> lease(int most) {
        try {
            Instant now = clock.instant();
            return SmsWork.lease(
                    database.owner(), smsc.name(), now, now.plus(settings.lease()), most, settings.policy());
        } catch (DatabaseException e) {
            log.warn("no texts can be leased: {}", e.getMessage());
            return List.of();
        } catch (RuntimeException e) {
            log.error("leasing texts failed", e);
            return List.of();
        }
    }

    private void send(List<SmsWork.Leased> leased) {
        if (leased.isEmpty()) {
            return;
        }
        Instant until = clock.instant().plus(settings.lease());
        Map<SmsId, SmsWords.Words> texts;
        try {
            texts = words.of(leased);
        } catch (DatabaseException e) {
            log.warn("texts wait for their lease to end: {}", e.getMessage());
            leased.forEach(one -> again(one, one.inDoubt(), 0));
            return;
        }
        for (SmsWork.Leased one : leased) {
            inFlight.incrementAndGet();
            Thread.ofVirtual().start(() -> take(one, texts.get(one.sms()), until));
        }
    }

    private void take(SmsWork.Leased one, SmsWords.@Nullable Words text, Instant until) {
        try {
            Optional<Segments> segments = text == null ? Optional.empty() : text.segments();
            if (one.inDoubt()) {
                meters.inDoubt(smsc.name(), settings.policy());
            }
            if (one.inDoubt() && settings.policy() == SmsSettings.Policy.AT_MOST_ONCE) {
                end(one, Recipient.State.UNKNOWN, "outcome_unknown", "it may have been sent, and is not sent twice");
            } else if (!one.expiresAt().isAfter(clock.instant())) {
                end(one, Recipient.State.EXPIRED, "validity_over", "it could not be sent in time");
            } else if (one.refusal().isPresent()) {
                words.forget(one.sms());
                ledger.add(new SmsOutcome.Ended(
                        one, Recipient.State.REJECTED, one.refusal().get().failure()));
            } else if (text == null || segments.isEmpty()) {
                ledger.add(new SmsOutcome.Ended(one, Recipient.State.REJECTED, SmsRefusal.TEXT_ERASED.failure()));
            } else {
                submit(one, text.from().digits(), segments.get(), until);
            }
        } catch (RuntimeException e) {
            // Nothing was written down, so it is due again when the lease ends.
            log.error("{}/{} failed", one.sms(), one.position(), e);
        } finally {
            inFlight.decrementAndGet();
            wake();
        }
    }

    private void submit(SmsWork.Leased one, String from, Segments segments, Instant until) {
        for (int part = 1; part <= one.parts(); part++) {
            if (one.isSent(part)) {
                continue;
            }
            Instant now = clock.instant();
            if (!now.isBefore(until.minus(settings.lease().dividedBy(2)))) {
                // Half of the lease is left for the answer: whoever takes it next must not do so before.
                again(one, one.inDoubt(), one.attempt());
                return;
            }
            Outcome<String> outcome = smsc.submit(new ShortMessage(
                    from,
                    one.msisdn().digits(),
                    segments.encoding(),
                    one.parts() == segments.count() ? segments.parts().get(part - 1) : segments.whole(),
                    reference(one),
                    one.parts(),
                    part,
                    Duration.between(now, one.expiresAt())));
            if (!goesOn(one, part, outcome)) {
                return;
            }
        }
    }

    /** The same at each attempt, so that a segment that is sent again completes the others. */
    private static int reference(SmsWork.Leased one) {
        return Math.floorMod(31 * one.sms().value().hashCode() + one.position(), 256);
    }

    private boolean goesOn(SmsWork.Leased one, int part, Outcome<String> outcome) {
        return switch (outcome) {
            case Outcome.Accepted<String>(String id) -> {
                meters.submitted(smsc.name(), "accepted");
                ledger.add(new SmsOutcome.PartSent(SmsOutcome.placeOf(one), part, smsc.name(), id));
                yield true;
            }
            case Outcome.Rejected<String>(String code, String detail, boolean retryable) -> {
                meters.submitted(smsc.name(), retryable ? "for_now" : "rejected");
                if (retryable) {
                    // Down, or too fast: no attempt of the message's own.
                    boolean own = !code.equals(Smsc.UNREACHABLE) && !code.equals(Smsc.TOO_MUCH);
                    again(one, one.inDoubt(), own ? one.attempt() : 0);
                } else {
                    end(one, Recipient.State.REJECTED, code, detail);
                }
                yield false;
            }
            case Outcome.Unknown<String>(String reason) -> {
                meters.submitted(smsc.name(), "unknown");
                log.warn("{}/{} may have been sent: {}", one.sms(), one.position(), reason);
                if (settings.policy() == SmsSettings.Policy.AT_MOST_ONCE) {
                    meters.inDoubt(smsc.name(), settings.policy());
                    end(one, Recipient.State.UNKNOWN, "outcome_unknown", "it may have been sent: " + reason);
                } else {
                    again(one, true, one.attempt());
                }
                yield false;
            }
        };
    }

    private void end(SmsWork.Leased one, Recipient.State state, String code, String detail) {
        ledger.add(new SmsOutcome.Ended(one, state, new Recipient.Failure(code, detail)));
    }

    /** @param attempt those that were the message's own; the first retry follows the first one */
    private void again(SmsWork.Leased one, boolean inDoubt, int attempt) {
        Duration wait = settings.firstRetry().multipliedBy(1L << Math.clamp(attempt - 1L, 0, 20));
        Duration most = settings.longestRetry();
        ledger.add(new SmsOutcome.Again(
                one, inDoubt, attempt, clock.instant().plus(wait.compareTo(most) > 0 ? most : wait)));
    }
}
