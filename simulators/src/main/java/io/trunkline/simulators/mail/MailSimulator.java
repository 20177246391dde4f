package io.trunkline.simulators.mail;

import io.trunkline.simulators.faults.FaultRoutes;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.Routes;
import io.trunkline.simulators.sockets.SocketListener;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The mail server as a whole: its listeners, its mailbox, its control routes. */
public final class MailSimulator implements AutoCloseable {
    /** A negative reply (RFC 5321 4.2) with an enhanced code (RFC 3463) or without. */
    private static final Pattern REPLY_CODE = Pattern.compile("[45]\\d\\d( [45]\\.\\d{1,3}\\.\\d{1,3})?");

    private static final int MOST_IMAP_SESSIONS = 100;

    private final Mailbox mailbox;
    private final Faults faults;
    private final MailListener listener;
    private final SocketListener imap;

    private MailSimulator(Mailbox mailbox, Faults faults, MailListener listener, SocketListener imap) {
        this.mailbox = mailbox;
        this.faults = faults;
        this.listener = listener;
        this.imap = imap;
    }

    /**
     * Reads the state and starts to listen.
     *
     * @param directory where the state lies; made if absent
     * @param socket for SMTP, bound
     * @param imapSocket for IMAP, bound
     * @param most mails that are kept
     */
    public static MailSimulator start(
            Path directory, ServerSocket socket, ServerSocket imapSocket, Clock clock, int most) throws IOException {
        Files.createDirectories(directory);
        Mailbox mailbox = Mailbox.open(directory, clock, most);
        Faults faults = Faults.open(
                directory.resolve("faults.journal"),
                () -> ThreadLocalRandom.current().nextDouble());
        SocketListener imap = SocketListener.start(
                "imap", imapSocket, MOST_IMAP_SESSIONS, session -> new ImapConnection(mailbox, session).serve());
        MailReports reports = new MailReports(mailbox, faults, clock);
        return new MailSimulator(mailbox, faults, new MailListener(mailbox, faults, reports, socket), imap);
    }

    /** Adds {@code /mail/…} and {@code /mailbox…} of the control interface. */
    public void addTo(Routes routes) throws IOException {
        List<String> operations = new ArrayList<>(MailListener.OPERATIONS);
        operations.add(MailReports.OPERATION);
        new FaultRoutes(faults, operations, REPLY_CODE).addTo(routes, "/mail/faults");
        new MailboxRoutes(mailbox).addTo(routes);
        new MailboxPage(mailbox).addTo(routes);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        imap.close();
        mailbox.close();
        faults.close();
    }
}
