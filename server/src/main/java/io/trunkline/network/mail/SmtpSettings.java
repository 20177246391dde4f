package io.trunkline.network.mail;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How mail is handed over.
 *
 * @param username with a password: logs in where the server offers it
 * @param fromAddress of mails that name no other sender
 * @param fromName beside that address
 * @param clientName what EHLO says of us: a domain name or an address literal (RFC 5321 4.1.1.1)
 * @param connectTimeout until the connection stands
 * @param readTimeout for each reply
 * @param writeTimeout for each write
 * @param sessionTimeout for all of a mail's session together: a server that trickles cannot hold it for longer
 * @param maxConcurrentSessions sessions at a time, each on a connection of its own
 * @param maxWait how long a mail waits for one of them to end before it is rejected as {@code busy}
 */
public record SmtpSettings(
        String host,
        int port,
        @Nullable String username,
        @Nullable String password,
        StartTls startTls,
        String fromAddress,
        String fromName,
        String clientName,
        Duration connectTimeout,
        Duration readTimeout,
        Duration writeTimeout,
        Duration sessionTimeout,
        int maxConcurrentSessions,
        Duration maxWait) {
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration DEFAULT_WRITE_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(20);
    public static final int DEFAULT_MAX_CONCURRENT_SESSIONS = 16;
    public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(2);
    public static final String DEFAULT_CLIENT_NAME = "localhost";

    private static final Pattern CLIENT_NAME = Pattern.compile("[A-Za-z0-9.-]{1,253}|\\[[A-Za-z0-9.:]{1,64}]");

    /** Whether the session is encrypted (RFC 3207). */
    public enum StartTls {
        /** Not asked for. */
        NONE,
        /** Nothing is sent without it; the server's certificate must be its host's. */
        REQUIRED
    }

    public SmtpSettings {
        if (host.isBlank() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("a mail server is a host and a port, not \"" + host + "\":" + port);
        }
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException("a mail server's user name and password come together");
        }
        Addresses.parse(fromAddress);
        OutgoingMail.requireLine("sender's name", fromName, OutgoingMail.MAX_NAME);
        if (!CLIENT_NAME.matcher(clientName).matches()) {
            throw new IllegalArgumentException("EHLO names a domain or an address literal, not \"" + clientName + "\"");
        }
        requirePositive("connect timeout", connectTimeout);
        requirePositive("read timeout", readTimeout);
        requirePositive("write timeout", writeTimeout);
        requirePositive("session timeout", sessionTimeout);
        if (maxConcurrentSessions < 1 || maxWait.isNegative()) {
            throw new IllegalArgumentException("at least 1 concurrent session and a wait of at least 0, got "
                    + maxConcurrentSessions + " and " + maxWait);
        }
    }

    /** Without log-in and encryption, all limits at their defaults. */
    public static SmtpSettings at(String host, int port, String fromAddress, String fromName) {
        return new SmtpSettings(
                host,
                port,
                null,
                null,
                StartTls.NONE,
                fromAddress,
                fromName,
                DEFAULT_CLIENT_NAME,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_READ_TIMEOUT,
                DEFAULT_WRITE_TIMEOUT,
                DEFAULT_SESSION_TIMEOUT,
                DEFAULT_MAX_CONCURRENT_SESSIONS,
                DEFAULT_MAX_WAIT);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "SmtpSettings[" + host + ":" + port + ", startTls=" + startTls + ", from=" + fromAddress + "]";
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException("the " + name + " is at least 1 ms, not " + duration);
        }
    }
}
