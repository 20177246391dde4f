package io.trunkline.network.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * One SMTP session that remembers how far it came. The library's exceptions do not tell a connection lost before the
 * content from one lost after it, and a reply to the content is overtaken by what happens after it.
 */
final class SmtpSession extends SMTPTransport {
    private boolean contentBegun;
    private boolean contentEnded;
    private @Nullable SmtpReply verdict;

    SmtpSession(Session session, URLName server) {
        super(session, server);
    }

    /** Whether the server has asked for the content (354): from here on it may deliver. */
    boolean contentBegun() {
        return contentBegun;
    }

    /** The reply to the content's end: it alone says whether the server took the mail (RFC 5321 4.2.5). */
    Optional<SmtpReply> verdict() {
        return Optional.ofNullable(verdict);
    }

    /** The last reply, whatever it was to. */
    SmtpReply lastReply() {
        String text = getLastServerResponse();
        return new SmtpReply(getLastReturnCode(), text == null ? "" : text);
    }

    @Override
    protected OutputStream data() throws MessagingException {
        OutputStream content = super.data();
        contentBegun = true;
        return content;
    }

    @Override
    protected void finishData() throws IOException, MessagingException {
        contentEnded = true;
        super.finishData();
    }

    @Override
    protected int readServerResponse() throws MessagingException {
        int code = super.readServerResponse();
        if (contentEnded && verdict == null) {
            verdict = lastReply();
        }
        return code;
    }
}
