package io.trunkline.network.mail;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox that mails come back to.
 *
 * @param folder within it, as {@code INBOX}
 * @param readTimeout for each reply; connecting may take as long
 * @param sessionTimeout for all of a look together: a server that trickles cannot hold it for longer
 */
public record BounceSettings(
        String host,
        int port,
        String username,
        @Nullable String password,
        Tls tls,
        String folder,
        Duration readTimeout,
        Duration sessionTimeout) {
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(60);

    /** Whether the session is encrypted (RFC 9051 11.1); where it is, the server's certificate must be its host's. */
    public enum Tls {
        /** Not asked for. */
        NONE,
        /** By STARTTLS: without it nobody logs in. */
        START,
        /** From the first octet on (RFC 8314). */
        IMPLICIT
    }

    public BounceSettings {
        if (host.isBlank() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("a mailbox is at a host and a port, not \"" + host + "\":" + port);
        }
        if (username.isBlank() || password == null || folder.isBlank()) {
            throw new IllegalArgumentException("a mailbox at " + host + " needs a user name, a password and a folder");
        }
        if (readTimeout.toMillis() < 1 || sessionTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "timeouts are at least 1 ms, not " + readTimeout + " and " + sessionTimeout);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "BounceSettings[" + username + " at " + host + ":" + port + "/" + folder + ", tls=" + tls + "]";
    }
}
