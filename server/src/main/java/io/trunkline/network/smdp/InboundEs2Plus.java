package io.trunkline.network.smdp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.SmartLifecycle;

/**
 * The listener for what SM-DP+s report: a web server of its own, with one servlet. So nothing of the API can be reached
 * by it, nor it by the API's port, whatever is configured there; and it has its own certificate, limits and drain.
 *
 * <p>It is the same Tomcat as the API's because that bounds what a client may cost (connections, headers, time for
 * each, all of which the JDK's own server leaves open) and knows how to ask for client certificates.
 */
public final class InboundEs2Plus implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(InboundEs2Plus.class);
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int MAX_HEADERS = 50;
    /** For a request's line and headers, and for each further piece of its body. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(10);

    private final InboundSettings settings;
    private final String protocolVersion;
    private final List<ProgressListener> listeners;
    private @Nullable WebServer server;

    public InboundEs2Plus(InboundSettings settings, String protocolVersion, List<ProgressListener> listeners) {
        this.settings = settings;
        this.protocolVersion = protocolVersion;
        this.listeners = List.copyOf(listeners);
    }

    /** Where it listens; -1 while it does not. */
    public synchronized int port() {
        return server == null ? -1 : server.getPort();
    }

    @Override
    public synchronized void start() {
        if (server == null) {
            WebServer started = factory()
                    .getWebServer(context -> context.addServlet(
                                    "es2plus",
                                    new ProgressServlet(listeners, settings.deletedPoints(), protocolVersion))
                            .addMapping("/"));
            started.start();
            server = started;
            LOG.info(
                    "SM-DP+s report to {}:{}{}",
                    settings.address(),
                    started.getPort(),
                    settings.tls() == null ? "" : settings.tls().trusted() == null ? " by TLS" : " by mutual TLS");
        }
    }

    private TomcatServletWebServerFactory factory() {
        var factory = new TomcatServletWebServerFactory(settings.port());
        factory.setAddress(address());
        factory.setShutdown(Shutdown.GRACEFUL);
        factory.addProtocolHandlerCustomizers(
                handler -> handler.setExecutor(new VirtualThreadExecutor("es2plus-inbound-")));
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("maxHttpRequestHeaderSize", Integer.toString(MAX_HEADER_BYTES));
            connector.setProperty("maxHeaderCount", Integer.toString(MAX_HEADERS));
            connector.setProperty("maxSwallowSize", Integer.toString(ProgressServlet.MAX_BODY_BYTES));
            connector.setProperty("server", "");
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
                protocol.setMaxConnections(MAX_CONNECTIONS);
                protocol.setConnectionTimeout(Math.toIntExact(READ_TIMEOUT.toMillis()));
                protocol.setKeepAliveTimeout(Math.toIntExact(KEEP_ALIVE.toMillis()));
            }
        });
        factory.addContextCustomizers(context -> {
            // What Tomcat refuses by itself has no page.
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass("");
            }
        });
        InboundSettings.Tls tls = settings.tls();
        if (tls != null) {
            factory.setSsl(ssl(tls));
        }
        return factory;
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(settings.address());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("SM-DP+s cannot report to \"" + settings.address() + "\"", e);
        }
    }

    private static Ssl ssl(InboundSettings.Tls tls) {
        var ssl = new Ssl();
        ssl.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.3"});
        ssl.setCertificate(tls.certificates().toUri().toString());
        ssl.setCertificatePrivateKey(tls.privateKey().toUri().toString());
        if (tls.trusted() != null) {
            ssl.setTrustCertificate(tls.trusted().toUri().toString());
            ssl.setClientAuth(Ssl.ClientAuth.NEED);
        }
        return ssl;
    }

    /** What is under way is finished, within a bound. */
    @Override
    public void stop() {
        WebServer stopping;
        synchronized (this) {
            stopping = server;
            server = null;
        }
        if (stopping == null) {
            return;
        }
        var drained = new CountDownLatch(1);
        stopping.shutDownGracefully(_ -> drained.countDown());
        try {
            if (!drained.await(DRAIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Reports of SM-DP+s were still under way {} after the stop", DRAIN_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopping.destroy();
    }

    @Override
    public synchronized boolean isRunning() {
        return server != null;
    }
}
