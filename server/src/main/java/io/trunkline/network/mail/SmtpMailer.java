package io.trunkline.network.mail;

import io.trunkline.network.Outcome;
import io.trunkline.network.mail.Sent.RefusedRecipient;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.util.StreamProvider;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.util.MailStreamProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mail by SMTP (RFC 5321), each in a session of its own. Thread-safe.
 *
 * <p>What the server's silence means depends on when it falls silent. Before it has asked for the content it cannot
 * have taken the mail: rejected. From then on only its reply to the content's end tells: without one the outcome is
 * unknown, even where the content was cut off (RFC 5321 has the server discard it; not all do).
 */
public final class SmtpMailer implements Mailer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);
    /** The library looks for it anew for every part of a mail: named here, without going through all that is loaded. */
    private static final String STREAMS = StreamProvider.class.getName();

    private final SmtpSettings settings;
    private final Session session;
    private final URLName server;
    private final Semaphore sessions;
    private final ScheduledThreadPoolExecutor timer;

    /** Whom the JDK trusts may encrypt the session. */
    public SmtpMailer(SmtpSettings settings) {
        this(settings, Optional.empty());
    }

    /** Whom {@link io.trunkline.network.OwnAuthorities} trusts may. */
    public SmtpMailer(SmtpSettings settings, SSLContext tls) {
        this(settings, Optional.of(tls));
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private SmtpMailer(SmtpSettings settings, Optional<SSLContext> tls) {
        if (System.getProperty(STREAMS) == null) {
            System.setProperty(STREAMS, MailStreamProvider.class.getName());
        }
        this.settings = settings;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("smtp-timer").factory());
        this.timer.setRemoveOnCancelPolicy(true);
        var properties = properties();
        tls.ifPresent(context -> properties.put("mail.smtp.ssl.socketFactory", context.getSocketFactory()));
        this.session = Session.getInstance(properties);
        this.server = new URLName("smtp", settings.host(), settings.port(), null, null, null);
        this.sessions = new Semaphore(settings.maxConcurrentSessions());
    }

    private Properties properties() {
        var properties = new Properties();
        properties.setProperty("mail.smtp.connectiontimeout", millis(settings.connectTimeout()));
        properties.setProperty("mail.smtp.timeout", millis(settings.readTimeout()));
        properties.setProperty("mail.smtp.writetimeout", millis(settings.writeTimeout()));
        properties.put("mail.smtp.executor.writetimeout", timer);
        properties.put("mail.smtp.socketFactory", new DeadlineSockets(timer, settings.sessionTimeout()));
        properties.setProperty("mail.smtp.socketFactory.fallback", "false");
        properties.setProperty("mail.smtp.localhost", settings.clientName());
        properties.setProperty("mail.smtp.sendpartial", "true");
        // The mail is settled by then; waiting for the farewell would only delay the next one.
        properties.setProperty("mail.smtp.quitwait", "false");
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        if (settings.startTls() == SmtpSettings.StartTls.REQUIRED) {
            properties.setProperty("mail.smtp.starttls.enable", "true");
            properties.setProperty("mail.smtp.starttls.required", "true");
        }
        if (settings.username() != null) {
            properties.setProperty("mail.smtp.auth", "true");
        }
        return properties;
    }

    private static String millis(java.time.Duration duration) {
        return Long.toString(duration.toMillis());
    }

    @Override
    public Outcome<Sent> send(OutgoingMail mail) {
        SMTPMessage message = MailFormat.message(session, mail, settings);
        try {
            if (!sessions.tryAcquire(settings.maxWait().toNanos(), TimeUnit.NANOSECONDS)) {
                return new Outcome.Rejected<>(
                        "busy",
                        settings.maxConcurrentSessions() + " mails are being sent, none ended within "
                                + settings.maxWait(),
                        true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Rejected<>("interrupted", "interrupted before anything was sent", true);
        }
        try {
            return transmit(mail, message, recipients(mail, message));
        } catch (MessagingException e) {
            throw new IllegalStateException("the mail " + mail.messageId() + " cannot be read back", e);
        } finally {
            sessions.release();
        }
    }

    /** Each once, however often the header names it. */
    private static Address[] recipients(OutgoingMail mail, SMTPMessage message) throws MessagingException {
        if (!mail.recipients().isEmpty()) {
            return mail.recipients().stream().map(Addresses::parse).distinct().toArray(Address[]::new);
        }
        return new LinkedHashSet<>(Arrays.asList(message.getAllRecipients())).toArray(new Address[0]);
    }

    private Outcome<Sent> transmit(OutgoingMail mail, SMTPMessage message, Address[] recipients) {
        var smtp = new SmtpSession(session, server);
        try {
            smtp.connect(settings.host(), settings.port(), settings.username(), settings.password());
        } catch (MessagingException e) {
            return noSession(smtp, e);
        }
        try {
            if (mail.returns() != null && smtp.supportsExtension("DSN")) {
                askForReports(message, mail.returns());
            }
            smtp.sendMessage(message, recipients);
            return judge(smtp, null);
        } catch (MessagingException e) {
            return judge(smtp, e);
        } finally {
            close(smtp);
        }
    }

    /** RFC 3461 4: of failures and delays, with the headers of this mail alone, under its id. */
    private static void askForReports(SMTPMessage message, OutgoingMail.Returns returns) {
        message.setNotifyOptions(SMTPMessage.NOTIFY_FAILURE | SMTPMessage.NOTIFY_DELAY);
        message.setReturnOption(SMTPMessage.RETURN_HDRS);
        message.setMailExtension("ENVID=" + returns.envelopeId());
    }

    private static void close(SmtpSession smtp) {
        try {
            smtp.close();
        } catch (MessagingException e) {
            LOG.debug("The mail server was gone before the farewell", e);
        }
    }

    /** A refused session is between the two systems and not about the mail: it may be tried again, even after a 5xx. */
    private Outcome<Sent> noSession(SmtpSession smtp, MessagingException e) {
        String place = "no session with the mail server at " + settings.host() + ":" + settings.port();
        SmtpReply reply = smtp.lastReply();
        if (reply.refusesForNow() || reply.refusesForGood()) {
            return new Outcome.Rejected<>(reply.codes(), place + ": " + reply.words(), true);
        }
        boolean reached = !(rootCause(e) instanceof ConnectException || rootCause(e) instanceof UnknownHostException);
        return new Outcome.Rejected<>(reached ? "no_session" : "unreachable", place + ": " + words(e), true);
    }

    private static Outcome<Sent> judge(SmtpSession smtp, @Nullable MessagingException e) {
        if (smtp.verdict().isPresent()) {
            SmtpReply verdict = smtp.verdict().get();
            if (verdict.accepts()) {
                return new Outcome.Accepted<>(new Sent(verdict.codes() + " " + verdict.words(), refused(e)));
            }
            return verdict.refusesForNow() || verdict.refusesForGood()
                    ? rejected(verdict, "the mail server refused the content")
                    : new Outcome.Unknown<>("the mail server answered the content with \"" + verdict.words()
                            + "\", expected a reply code");
        }
        String cause = e == null ? "no reply" : words(e);
        if (smtp.contentBegun()) {
            return new Outcome.Unknown<>("the mail server fell silent after it had asked for the content: " + cause);
        }
        List<RefusedRecipient> refused = refused(e);
        if (!refused.isEmpty()) {
            return noRecipient(refused);
        }
        SmtpReply reply = smtp.lastReply();
        return reply.refusesForNow() || reply.refusesForGood()
                ? rejected(reply, "the mail server refused the mail")
                : new Outcome.Rejected<>(
                        "no_answer", "the mail server fell silent before it asked for the content: " + cause, true);
    }

    private static Outcome<Sent> rejected(SmtpReply reply, String what) {
        return new Outcome.Rejected<>(reply.codes(), what + ": " + reply.words(), reply.refusesForNow());
    }

    /** Nobody was taken. As long as one may be later, the mail is worth repeating. */
    private static Outcome<Sent> noRecipient(List<RefusedRecipient> refused) {
        RefusedRecipient decisive =
                refused.stream().filter(RefusedRecipient::retryable).findFirst().orElse(refused.getFirst());
        String each = refused.stream()
                .map(one -> one.address() + ": " + one.code() + " " + one.detail())
                .collect(Collectors.joining("; "));
        return new Outcome.Rejected<>(
                decisive.code(), "the mail server refused every recipient: " + each, decisive.retryable());
    }

    /** The library chains one exception for each refused recipient. */
    private static List<RefusedRecipient> refused(@Nullable MessagingException e) {
        var refused = new ArrayList<RefusedRecipient>();
        Exception next = e;
        while (next instanceof MessagingException link) {
            if (link instanceof SMTPAddressFailedException failed) {
                var reply = new SmtpReply(failed.getReturnCode(), String.valueOf(failed.getMessage()));
                if (reply.refusesForNow() || reply.refusesForGood()) {
                    refused.add(new RefusedRecipient(
                            failed.getAddress().getAddress(), reply.codes(), reply.words(), reply.refusesForNow()));
                }
            }
            next = link.getNextException();
        }
        return refused;
    }

    private static Throwable rootCause(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String words(MessagingException e) {
        Throwable root = rootCause(e);
        String message = root.getMessage();
        return new SmtpReply(0, message == null ? root.getClass().getSimpleName() : message).words();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
