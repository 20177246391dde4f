package io.trunkline.simulators.mail;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.FaultKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.Session;

/** What goes wrong with one command of an SMTP session; nothing where there is no fault. */
final class MailFault {
    private static final String DEFAULT_REFUSAL = "550 5.7.1";
    private static final byte[] GARBAGE = "\u0001\u0002}{ this is no reply\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Session session;
    private final Optional<Fault> fault;

    MailFault(Session session, Optional<Fault> fault) {
        this.session = session;
        this.fault = fault;
    }

    boolean actsTwice() {
        return fault.isPresent() && fault.get().fault() == FaultKind.TWICE;
    }

    /** Before acting: throws where the command is not to be carried out. */
    void before() throws RejectException, IOException {
        if (fault.isEmpty()) {
            return;
        }
        switch (fault.get().fault()) {
            case REFUSE -> throw refusal(fault.get());
            // RFC 5321 4.2.3: local error in processing.
            case ERROR_500 -> throw new RejectException(451, "4.3.0 the mail server failed");
            case DROP_BEFORE -> throw dropped();
            case HANG -> {
                waitForClient(fault.get().hang());
                throw dropped();
            }
            case DROP_AFTER, LATE, TWICE, GARBAGE -> {
                // They act first.
            }
        }
    }

    /** After acting, before the reply. */
    void after(String reply) throws RejectException, IOException {
        if (fault.isEmpty()) {
            return;
        }
        switch (fault.get().fault()) {
            case DROP_AFTER -> throw dropped();
            case LATE -> pause(fault.get().delay());
            case TWICE -> session.sendResponse(reply);
            case GARBAGE -> {
                session.getSocket().getOutputStream().write(GARBAGE);
                throw dropped();
            }
            case REFUSE, ERROR_500, DROP_BEFORE, HANG -> {
                // They have ended the command before.
            }
        }
    }

    private static RejectException refusal(Fault fault) {
        String code = fault.codeOr(DEFAULT_REFUSAL);
        return new RejectException(
                Integer.parseInt(code.substring(0, 3)), (code.substring(3).strip() + " refused on request").strip());
    }

    /** Closes the socket at once: the library would still write its 421. */
    private RejectException dropped() throws IOException {
        session.closeSocket();
        return new DropConnectionException(421, "closing");
    }

    private void waitForClient(Duration longest) throws IOException {
        Socket socket = session.getSocket();
        long until = System.nanoTime() + longest.toNanos();
        InputStream in = socket.getInputStream();
        for (long left = longest.toMillis();
                left > 0;
                left = Duration.ofNanos(until - System.nanoTime()).toMillis()) {
            socket.setSoTimeout((int) left);
            try {
                // Commands sent ahead are swallowed: the connection is closed without an answer anyway.
                if (in.read() < 0) {
                    return;
                }
            } catch (SocketTimeoutException over) {
                return;
            }
        }
    }

    private static void pause(Duration delay) {
        long until = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
