package io.trunkline.network.smsc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsmpp.DefaultPDUSender;
import org.jsmpp.SMPPConstant;
import org.jsmpp.SynchronizedPDUSender;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.util.DefaultComposer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an SMSC what became of what it has handed over, once that is known. Whoever reads from the connection does not
 * wait for it, so that responses are not behind receipts that are being committed, and as many receipts as have come
 * can be committed together; what is known together is written together.
 */
final class LaterAnswers extends SynchronizedPDUSender {
    private static final Logger log = LoggerFactory.getLogger(LaterAnswers.class);
    /** Handed over and not answered; past it the SMSC is told that it is too much. */
    private static final int MOST = 10_000;

    private static final byte[] NOTHING = {};

    private final String name;
    private final DefaultComposer composer = new DefaultComposer();
    /** What each thread has taken and is about to answer. */
    private final Map<Thread, CompletionStage<Boolean>> taken = new ConcurrentHashMap<>();

    /** Composed; no more than are unanswered. */
    private final Queue<byte[]> known = new ConcurrentLinkedQueue<>();

    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger unwritten = new AtomicInteger();

    LaterAnswers(String name) {
        super(new DefaultPDUSender(new DefaultComposer()));
        this.name = name;
    }

    /** @throws ProcessRequestException where too much is unanswered */
    void room() throws ProcessRequestException {
        if (unanswered.get() >= MOST) {
            throw new ProcessRequestException("too much at once", SMPPConstant.STAT_ESME_RTHROTTLED);
        }
    }

    /** The answer that this thread gives next, waits for it. */
    void after(CompletionStage<Boolean> kept) {
        taken.put(Thread.currentThread(), kept);
    }

    @Override
    public byte[] sendDeliverSmResp(OutputStream out, int status, int sequence, @Nullable String messageId)
            throws IOException {
        CompletionStage<Boolean> kept = taken.remove(Thread.currentThread());
        if (kept == null) {
            return super.sendDeliverSmResp(out, status, sequence, messageId);
        }
        unanswered.incrementAndGet();
        var _ = kept.whenComplete((_, failure) -> {
            if (failure != null) {
                log.warn("{}: what it handed over could not be kept: {}", name, failure.toString());
            }
            int answer = failure == null ? SMPPConstant.STAT_ESME_ROK : SMPPConstant.STAT_ESME_RX_T_APPN;
            known.add(composer.deliverSmResp(answer, sequence, null));
            if (unwritten.getAndIncrement() == 0) {
                // Whoever has kept it does not wait for this SMSC, which may read slowly.
                Thread.ofVirtual().start(() -> write(out));
            }
        });
        return NOTHING;
    }

    private void write(OutputStream out) {
        int left = unwritten.get();
        while (left > 0) {
            var together = new ByteArrayOutputStream();
            for (int i = 0; i < left; i++) {
                together.writeBytes(known.remove());
            }
            try {
                synchronized (out) {
                    together.writeTo(out);
                    out.flush();
                }
            } catch (IOException e) {
                log.debug("{}: what is kept will be handed over again: {}", name, e.getMessage());
            }
            unanswered.addAndGet(-left);
            left = unwritten.addAndGet(-left);
        }
    }
}
