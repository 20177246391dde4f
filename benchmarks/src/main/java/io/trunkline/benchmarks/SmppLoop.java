package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.bean.AlertNotification;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.BindParameter;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.MessageReceiverListener;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.Session;

/** The limit of texts: jsmpp in a loop, on one bind with the same window, that asks for receipts and answers them. */
final class SmppLoop implements AutoCloseable {
    private static final int BIND_MILLIS = 10_000;
    private static final int RECEIVING_QUEUE = 10_000;
    private static final byte NONE = 0;
    private static final byte[] WORDS = SmsClient.WORDS.getBytes(StandardCharsets.US_ASCII);

    private final SMPPSession session = new SMPPSession();
    private final int window;
    private final String from;
    private final AtomicLong receipts = new AtomicLong();

    SmppLoop(String host, int port, int window, String from) {
        this.window = window;
        this.from = from;
        session.setTransactionTimer(BIND_MILLIS);
        session.setQueueCapacity(RECEIVING_QUEUE);
        session.setMessageReceiverListener(new Receiver());
        try {
            String _ = session.connectAndBind(
                    host,
                    port,
                    new BindParameter(
                            BindType.BIND_TRX,
                            "bench-loop",
                            "bench",
                            "",
                            TypeOfNumber.UNKNOWN,
                            NumberingPlanIndicator.UNKNOWN,
                            null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Receiver implements MessageReceiverListener {
        @Override
        public void onAcceptDeliverSm(DeliverSm receipt) {
            receipts.incrementAndGet();
        }

        @Override
        public void onAcceptAlertNotification(AlertNotification alert) {
            throw new IllegalStateException("an alert was not asked for");
        }

        @Override
        public DataSmResult onAcceptDataSm(DataSm data, Session source) {
            throw new IllegalStateException("no data_sm was asked for");
        }
    }

    /** Sends so many; returns how many a second, from the first submission to the last receipt. */
    double run(long texts) {
        long before = receipts.get();
        long start = System.nanoTime();
        var turn = new AtomicLong();
        var running = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < window; i++) {
            var task = new FutureTask<>(() -> submit(turn, texts), true);
            running.add(task);
            Thread.ofVirtual().start(task);
        }
        running.forEach(Await::result);
        Await.until("the last receipt of the loop", () -> receipts.get() - before >= texts);
        return texts / ((System.nanoTime() - start) / 1e9);
    }

    private void submit(AtomicLong turn, long texts) {
        for (long number = turn.getAndIncrement(); number < texts; number = turn.getAndIncrement()) {
            try {
                String _ = session.submitShortMessage(
                                "",
                                TypeOfNumber.INTERNATIONAL,
                                NumberingPlanIndicator.ISDN,
                                from,
                                TypeOfNumber.INTERNATIONAL,
                                NumberingPlanIndicator.ISDN,
                                SmsClient.number(number),
                                new ESMClass(),
                                NONE,
                                NONE,
                                null,
                                "000001000000000R",
                                new RegisteredDelivery(1),
                                NONE,
                                new RawDataCoding(NONE),
                                NONE,
                                WORDS)
                        .getMessageId();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (PDUException | ResponseTimeoutException | InvalidResponseException | NegativeResponseException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        session.unbindAndClose();
    }
}
