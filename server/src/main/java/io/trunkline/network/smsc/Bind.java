package io.trunkline.network.smsc;

import io.trunkline.network.Outcome;
import io.trunkline.network.OwnAuthorities;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.AlertNotification;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.BindParameter;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.MessageReceiverListener;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.Session;
import org.jsmpp.session.connection.Connection;
import org.jsmpp.session.connection.socket.SocketConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One bind that is kept up: made again after each loss, later and later while that fails. */
final class Bind {
    private static final Logger log = LoggerFactory.getLogger(Bind.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration UNBIND_PATIENCE = Duration.ofSeconds(1);
    /** Threads that read what comes; none of them waits for anything. */
    private static final int RECEIVING = 4;

    private static final int RECEIVING_QUEUE = 10_000;

    private final SmscSettings smsc;
    private final BindType type;
    private final String name;
    private final FromSmsc listener;
    private final Runnable changed;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Optional<Live> live = Optional.empty();
    private boolean told;

    /** A session that is bound, and what it may still be given. */
    private record Live(SMPPSession session, Semaphore window, Pace pace) {}

    /** @param changed called when the bind has come up */
    Bind(SmscSettings smsc, BindType type, int number, FromSmsc listener, Runnable changed) {
        this.smsc = smsc;
        this.type = type;
        this.name = "smsc-" + smsc.name() + "-" + type.name().toLowerCase(Locale.ROOT) + "-" + number;
        this.listener = listener;
        this.changed = changed;
    }

    void start() {
        Thread _ = Thread.ofVirtual().name(name).start(this::keepUp);
    }

    boolean transmits() {
        return !type.equals(BindType.BIND_RX);
    }

    boolean isUp() {
        return live.isPresent();
    }

    /** How many submissions could begin at once. */
    int free() {
        return live.map(bound -> bound.window().availablePermits()).orElse(0);
    }

    private void keepUp() {
        Duration backoff = FIRST_BACKOFF;
        try {
            while (stopped.getCount() > 0) {
                if (bindUntilLost()) {
                    backoff = FIRST_BACKOFF;
                }
                long millis = backoff.toMillis();
                // Not all at once: the SMSC has just come back.
                long jittered = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
                if (stopped.await(jittered, TimeUnit.MILLISECONDS)) {
                    return;
                }
                Duration doubled = backoff.multipliedBy(2);
                backoff = doubled.compareTo(smsc.longestBackoff()) > 0 ? smsc.longestBackoff() : doubled;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it was up. */
    private boolean bindUntilLost() throws InterruptedException {
        var lost = new CountDownLatch(1);
        var answers = new LaterAnswers(name);
        var session = new BoundSession(this::connect, answers);
        session.setEnquireLinkTimer((int) smsc.enquireLink().toMillis());
        session.setTransactionTimer(smsc.responseTimeout().toMillis());
        session.setPduProcessorDegree(RECEIVING);
        session.setQueueCapacity(RECEIVING_QUEUE);
        session.setMessageReceiverListener(new Listener(answers));
        session.addSessionStateListener((state, _, _) -> {
            if (!state.isBound() && !state.isNotClosed()) {
                lost.countDown();
            }
        });
        try {
            String _ = session.connectAndBind(
                    smsc.host(),
                    smsc.port(),
                    new BindParameter(
                            type,
                            smsc.systemId(),
                            smsc.password(),
                            smsc.systemType(),
                            TypeOfNumber.UNKNOWN,
                            NumberingPlanIndicator.UNKNOWN,
                            null),
                    smsc.responseTimeout().toMillis());
        } catch (IOException | RuntimeException e) {
            if (!told) {
                log.warn("{} cannot be bound to {}:{}: {}", name, smsc.host(), smsc.port(), e.getMessage());
                told = true;
            }
            session.close();
            return false;
        }
        log.info("{} is bound to {}:{}", name, smsc.host(), smsc.port());
        told = false;
        // In the order in which they come: else one could wait for its place until it gives up.
        var window = new Semaphore(smsc.window(), true);
        live = Optional.of(new Live(session, window, new Pace(smsc.perSecond(), System.nanoTime())));
        changed.run();
        lost.await();
        live = Optional.empty();
        if (stopped.getCount() > 0) {
            log.warn("{} was lost", name);
        }
        return true;
    }

    private Connection connect(String host, int port) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), (int)
                    smsc.connectTimeout().toMillis());
            socket.setTcpNoDelay(true);
            return new SocketConnection(smsc.tls() ? secured(socket, host, port) : socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private Socket secured(Socket socket, String host, int port) throws IOException {
        SSLContext context = smsc.trusted().isEmpty()
                ? defaultContext()
                : OwnAuthorities.trusting("the SMSC", Path.of(smsc.trusted()));
        var secured = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.setSoTimeout((int) smsc.responseTimeout().toMillis());
        secured.startHandshake();
        return secured;
    }

    private static SSLContext defaultContext() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has a default TLS context", e);
        }
    }

    /** Waits for its turn and a place in the window, then for the answer. */
    Outcome<String> submit(ShortMessage message) {
        Optional<Live> bound = live;
        if (bound.isEmpty()) {
            return unreachable();
        }
        Live current = bound.get();
        await(current.pace().take(System.nanoTime()));
        try {
            if (!current.window().tryAcquire(smsc.responseTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                return new Outcome.Rejected<>("busy", "the window stayed full", true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Rejected<>("busy", "interrupted before it was sent", true);
        }
        try {
            Outcome<String> outcome = Submission.send(current.session(), smsc, message);
            if (outcome instanceof Outcome.Rejected<String>(String code, String _, boolean _)
                    && code.equals(Smsc.TOO_MUCH)) {
                current.pace().slower(System.nanoTime());
            } else {
                current.pace().accepted();
            }
            return outcome;
        } finally {
            current.window().release();
        }
    }

    private static void await(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static Outcome<String> unreachable() {
        return new Outcome.Rejected<>(Smsc.UNREACHABLE, "the bind is down", true);
    }

    /** Says good-bye (SMPP 3.4, 4.2) and does not come back. */
    void stop() {
        stopped.countDown();
        live.ifPresent(bound -> {
            // Whoever closes without an answer is gone, too.
            bound.session().setTransactionTimer(UNBIND_PATIENCE.toMillis());
            bound.session().unbindAndClose();
        });
    }

    private final class Listener implements MessageReceiverListener {
        private final LaterAnswers answers;

        Listener(LaterAnswers answers) {
            this.answers = answers;
        }

        @Override
        public void onAcceptDeliverSm(DeliverSm pdu) throws ProcessRequestException {
            answers.room();
            try {
                if (pdu.isSmscDeliveryReceipt()) {
                    Optional<Receipt> receipt = Receipts.read(smsc, pdu);
                    if (receipt.isEmpty()) {
                        log.debug("{}: a receipt of no end", name);
                    }
                    receipt.ifPresent(read -> answers.after(listener.receipt(read)));
                } else {
                    answers.after(listener.text(Deliveries.read(smsc.name(), pdu)));
                }
            } catch (RuntimeException e) {
                log.warn("{}: what it handed over could not be kept: {}", name, e.toString());
                throw new ProcessRequestException("try again", SMPPConstant.STAT_ESME_RX_T_APPN);
            }
        }

        @Override
        public void onAcceptAlertNotification(AlertNotification alert) {
            log.debug("{}: an alert", name);
        }

        @Override
        public DataSmResult onAcceptDataSm(DataSm pdu, Session source) throws ProcessRequestException {
            throw new ProcessRequestException("no data_sm here", SMPPConstant.STAT_ESME_RINVCMDID);
        }
    }
}
