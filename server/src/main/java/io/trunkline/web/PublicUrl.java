package io.trunkline.web;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/**
 * The base of every link: as configured, else the loopback address of our own port. Never taken from a request: a
 * header that anybody can send must not decide where a link or a token's issuer points.
 */
public final class PublicUrl {
    private final String configured;
    private volatile String local = "";

    /** Takes the configured base without a trailing slash, or empty. */
    public PublicUrl(String configured) {
        this.configured = configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured;
    }

    @EventListener
    void started(WebServerInitializedEvent event) {
        if (!"management".equals(event.getApplicationContext().getServerNamespace())) {
            local = "http://127.0.0.1:" + event.getWebServer().getPort();
        }
    }

    /** The base without a trailing slash, e.g. {@code https://api.example.com}. */
    public String base() {
        return configured.isEmpty() ? local : configured;
    }
}
