package io.trunkline.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/**
 * The base of every link: as configured; else as a trusted proxy tells for this request; else where we listen
 * ourselves. Never taken from what anybody can send: that must not decide where a link or a token's issuer points.
 */
public final class PublicUrl {
    private static final ScopedValue<String> SEEN = ScopedValue.newInstance();

    private final String configured;
    private final InetAddress address;
    private volatile String local = "";

    /**
     * @param configured the base, or empty
     * @param address that the server listens on
     */
    public PublicUrl(String configured, InetAddress address) {
        this.address = address;
        this.configured = configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured;
    }

    @EventListener
    void started(WebServerInitializedEvent event) {
        if (!"management".equals(event.getApplicationContext().getServerNamespace())) {
            String scheme = event.getWebServer() instanceof TomcatWebServer tomcat
                    ? tomcat.getTomcat().getConnector().getScheme()
                    : "http";
            local = scheme + "://" + host() + ":" + event.getWebServer().getPort();
        }
    }

    private String host() {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return "127.0.0.1";
        }
        return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }

    /** The base without a trailing slash, e.g. {@code https://api.example.com}. */
    public String base() {
        return configured.isEmpty() ? SEEN.orElse(local) : configured;
    }

    /** The base that no request has a say in. */
    public String ownBase() {
        return configured.isEmpty() ? local : configured;
    }

    /** What is left of a request. */
    @FunctionalInterface
    interface Rest {
        void run() throws ServletException, IOException;
    }

    /** Handles the rest of a request for which a trusted proxy has told this base. */
    void seenAs(String base, Rest rest) throws ServletException, IOException {
        try {
            ScopedValue.where(SEEN, base).<@Nullable Void, Exception>call(() -> {
                rest.run();
                return null;
            });
        } catch (ServletException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
