package io.trunkline.simulators.mail;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/** SMTP: every sender and recipient is welcome, unless a fault says otherwise. */
final class MailListener implements AutoCloseable {
    /** Of a session. */
    static final List<String> OPERATIONS = List.of("connect", "mail", "rcpt", "data");

    /** Sessions at once; further ones are told to come back (421). */
    private static final int MOST_SESSIONS = 1_000;

    private static final int MOST_RECIPIENTS = 1_000;
    private static final int LARGEST_MAIL = 25 << 20;
    private static final int IDLE_MILLIS = 120_000;

    private final Mailbox mailbox;
    private final Faults faults;
    private final MailReports reports;
    private final SMTPServer server;

    MailListener(Mailbox mailbox, Faults faults, MailReports reports, ServerSocket socket) {
        this.mailbox = mailbox;
        this.faults = faults;
        this.reports = reports;
        this.server = SMTPServer.port(socket.getLocalPort())
                .serverSocketFactory(() -> new BoundSocket(socket))
                .bindAddress(socket.getInetAddress())
                .hostName("mail.trunkline.invalid")
                .softwareName("Trunkline simulated mail server")
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .maxConnections(MOST_SESSIONS)
                .maxRecipients(MOST_RECIPIENTS)
                .maxMessageSize(LARGEST_MAIL)
                .connectionTimeoutMs(IDLE_MILLIS)
                .insertReceivedHeaders(false)
                .enableTLS(false)
                .hideTLS(true)
                .sessionHandler(new Greeting())
                .messageHandlerFactory(context -> new Transaction((Session) context))
                .build();
        server.start();
    }

    @Override
    public void close() {
        server.stop();
    }

    private MailFault fault(Session session, String operation) {
        Optional<Fault> fault = faults.next(operation);
        return new MailFault(session, fault);
    }

    private final class Greeting implements SessionHandler {
        @Override
        public SessionAcceptance accept(Session session) {
            MailFault fault = fault(session, "connect");
            try {
                fault.before();
                fault.after("220 mail.trunkline.invalid ESMTP");
                return SessionAcceptance.success();
            } catch (RejectException refused) {
                return SessionAcceptance.failure(refused.getCode(), String.valueOf(refused.getMessage()));
            } catch (IOException gone) {
                return SessionAcceptance.failure(421, "closing");
            }
        }

        @Override
        public void onSessionEnd(Session session) {
            // Nothing is kept for a session.
        }
    }

    /** One mail of a session. */
    private final class Transaction implements MessageHandler {
        private final Session session;
        private final List<String> recipients = new ArrayList<>();
        private String sender = "";

        Transaction(Session session) {
            this.session = session;
        }

        @Override
        public void from(String from) throws RejectException {
            answered("mail", "250 Ok", () -> sender = from);
        }

        @Override
        public void recipient(String recipient) throws RejectException {
            answered("rcpt", "250 Ok", () -> recipients.add(recipient));
        }

        private void answered(String operation, String reply, Runnable act) throws RejectException {
            MailFault fault = fault(session, operation);
            try {
                fault.before();
                act.run();
                fault.after(reply);
            } catch (IOException gone) {
                throw new DropConnectionException(421, "closing");
            }
        }

        @Override
        public String data(InputStream data) throws RejectException, IOException {
            byte[] source = data.readAllBytes();
            MailFault fault = fault(session, "data");
            fault.before();
            StoredMail mail = mailbox.store(sender, recipients, source);
            reports.onTaken(mail, source);
            if (fault.actsTwice()) {
                mailbox.store(sender, recipients, source);
                return "Ok " + mail.id();
            }
            fault.after("250 Ok");
            return "Ok " + mail.id();
        }

        @Override
        public void done() {
            // A mail is stored by data() or not at all.
        }
    }
}
