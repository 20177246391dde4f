package io.trunkline.network.mail;

import jakarta.mail.FetchProfile;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.imap.IMAPMessage;

/**
 * Reads a mailbox by IMAP (RFC 9051, RFC 3501), for each look in a session of its own. Mails are found by their
 * numbers, never by flags: somebody else may read the mailbox, too. Nothing in it is changed.
 */
public final class ImapBounces implements BounceMailbox, AutoCloseable {
    /** What is read of one mail: reports stand before the mail that they are about. */
    static final int LARGEST_READ = 64 * 1024;

    private final BounceSettings settings;
    private final Session session;
    private final ScheduledThreadPoolExecutor timer;
    private final ReportFormat format = new ReportFormat();

    /** Whom the JDK trusts may encrypt the session. */
    public ImapBounces(BounceSettings settings) {
        this(settings, Optional.empty());
    }

    /** Whom {@link io.trunkline.network.OwnAuthorities} trusts may. */
    public ImapBounces(BounceSettings settings, SSLContext tls) {
        this(settings, Optional.of(tls));
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private ImapBounces(BounceSettings settings, Optional<SSLContext> tls) {
        this.settings = settings;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("imap-timer").factory());
        this.timer.setRemoveOnCancelPolicy(true);
        this.session = Session.getInstance(properties(tls));
    }

    private String protocol() {
        return settings.tls() == BounceSettings.Tls.IMPLICIT ? "imaps" : "imap";
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private Properties properties(Optional<SSLContext> tls) {
        var properties = new Properties();
        String prefix = "mail." + protocol() + ".";
        String timeout = Long.toString(settings.readTimeout().toMillis());
        properties.setProperty(prefix + "connectiontimeout", timeout);
        properties.setProperty(prefix + "timeout", timeout);
        properties.setProperty(prefix + "writetimeout", timeout);
        properties.put(prefix + "executor.writetimeout", timer);
        properties.put(prefix + "socketFactory", new DeadlineSockets(timer, settings.sessionTimeout()));
        properties.setProperty(prefix + "socketFactory.fallback", "false");
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        properties.setProperty(prefix + "partialfetch", "true");
        properties.setProperty(prefix + "fetchsize", Integer.toString(LARGEST_READ));
        properties.setProperty(prefix + "peek", "true");
        if (settings.tls() == BounceSettings.Tls.START) {
            properties.setProperty(prefix + "starttls.enable", "true");
            properties.setProperty(prefix + "starttls.required", "true");
        }
        SSLSocketFactory encrypted =
                tls.map(SSLContext::getSocketFactory).orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
        properties.put(
                prefix + "ssl.socketFactory",
                settings.tls() == BounceSettings.Tls.IMPLICIT
                        ? new DeadlineTlsSockets(encrypted, timer, settings.sessionTimeout())
                        : encrypted);
        return properties;
    }

    @Override
    public void read(Place since, int most, Reader reader) throws MailboxUnavailable {
        try (Store store = session.getStore(protocol())) {
            store.connect(settings.host(), settings.port(), settings.username(), settings.password());
            try (Folder folder = store.getFolder(settings.folder())) {
                folder.open(Folder.READ_ONLY);
                if (!(folder instanceof UIDFolder numbers)) {
                    throw new IllegalStateException("the library has a folder without numbers");
                }
                read(folder, numbers, since, most, reader);
            }
        } catch (MessagingException e) {
            throw new MailboxUnavailable(
                    "the bounce mailbox at " + settings.host() + ":" + settings.port() + " cannot be read: "
                            + e.getClass().getSimpleName(),
                    e);
        }
    }

    private void read(Folder folder, UIDFolder numbers, Place since, int most, Reader reader)
            throws MessagingException {
        long validity = numbers.getUIDValidity();
        long after = since.validity() == validity ? since.uid() : 0;
        int count = folder.getMessageCount();
        int first = firstAfter(folder, numbers, count, after);
        if (first > count) {
            return;
        }
        Message[] messages = folder.getMessages(first, (int) Math.min(count, first + (long) most - 1));
        var needed = new FetchProfile();
        needed.add(UIDFolder.FetchProfileItem.UID);
        folder.fetch(messages, needed);
        for (Message message : messages) {
            long uid;
            Returned returned;
            try {
                uid = numbers.getUID(message);
                returned = read(message);
            } catch (MessageRemovedException removed) {
                // Somebody else tidies up.
                continue;
            }
            if (!reader.found(new Place(validity, uid), returned)) {
                return;
            }
        }
    }

    /** By halves: numbers rise with the place in the folder, and what was looked at before may be a lot. */
    private static int firstAfter(Folder folder, UIDFolder numbers, int count, long uid) throws MessagingException {
        if (uid == 0) {
            return 1;
        }
        int low = 1;
        int high = count + 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (numbers.getUID(folder.getMessage(middle)) > uid) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Returned read(Message message) throws MessagingException {
        if (!(message instanceof IMAPMessage mail)) {
            return new Returned.Unreadable("no mail");
        }
        mail.setPeek(true);
        try (InputStream in = mail.getMimeStream()) {
            return format.read(in.readNBytes(LARGEST_READ));
        } catch (IOException e) {
            if (e.getCause() instanceof MessageRemovedException removed) {
                throw removed;
            }
            Folder folder = message.getFolder();
            if (folder.isOpen() && folder.getStore().isConnected()) {
                // The server has this mail and cannot show it: the others are behind it.
                return new Returned.Unreadable("not to be had from the mailbox");
            }
            throw new MessagingException("a mail could not be read", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
