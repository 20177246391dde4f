package io.trunkline.network.http;

import io.trunkline.network.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one peer, each with a whole answer or an outcome that says why there is none. What the answer says is not
 * judged here.
 *
 * <p>A peer that answers twice would have its second answer taken for the answer to the next request on the connection.
 * So none carries a second one.
 */
public final class HttpCalls implements AutoCloseable {
    private static final String CONNECTION_HEADER = "Connection";
    /** The JDK keeps the header to itself unless it is told otherwise before the first client is made. */
    private static final String ALLOWED_HEADERS = "jdk.httpclient.allowRestrictedHeaders";

    static {
        if (System.getProperty(ALLOWED_HEADERS) == null) {
            System.setProperty(ALLOWED_HEADERS, "connection");
        }
    }

    private final String peer;
    private final Limits limits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;
    private final Semaphore free;

    /**
     * What a peer may cost.
     *
     * @param connectTimeout until the connection stands
     * @param requestTimeout until the answer is there wholly, from the beginning of the call
     * @param maxConcurrentCalls calls at a time, each on a connection of its own
     * @param maxWait how long a call waits for one of them to end before it is rejected as {@code busy}
     * @param maxAnswerBytes the largest body that is read
     */
    public record Limits(
            Duration connectTimeout,
            Duration requestTimeout,
            int maxConcurrentCalls,
            Duration maxWait,
            int maxAnswerBytes) {
        public Limits {
            if (!connectTimeout.isPositive() || !requestTimeout.isPositive() || maxWait.isNegative()) {
                throw new IllegalArgumentException("timeouts longer than 0 and a wait of at least 0, got "
                        + connectTimeout + ", " + requestTimeout + " and " + maxWait);
            }
            if (maxConcurrentCalls < 1 || maxAnswerBytes < 1) {
                throw new IllegalArgumentException("at least 1 concurrent call and 1 byte of an answer, got "
                        + maxConcurrentCalls + " and " + maxAnswerBytes);
            }
        }
    }

    /**
     * For one peer.
     *
     * @param peer what people call it, e.g. {@code the SM-DP+}
     * @param tls who we are and whom we trust; absent: nobody, and whom the JDK trusts
     */
    public HttpCalls(String peer, Limits limits, @Nullable SSLContext tls) {
        this.peer = peer;
        this.limits = limits;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.connectTimeout())
                .executor(threads);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
        this.free = new Semaphore(limits.maxConcurrentCalls());
        requireCloseableConnections();
    }

    private static void requireCloseableConnections() {
        try {
            HttpRequest.newBuilder().header(CONNECTION_HEADER, "close");
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "an HTTP client was made before ours: start the JVM with -D" + ALLOWED_HEADERS + "=connection", e);
        }
    }

    /**
     * Sends the request.
     *
     * <p>Rejected, always for now only, with {@code busy}, {@code interrupted}, {@code unreachable} or {@code tls};
     * unknown where no whole answer came.
     */
    public Outcome<HttpResponse<byte[]>> send(HttpRequest.Builder request) {
        try {
            if (!free.tryAcquire(limits.maxWait().toNanos(), TimeUnit.NANOSECONDS)) {
                return new Outcome.Rejected<>(
                        "busy",
                        limits.maxConcurrentCalls() + " calls to " + peer + " are under way, none ended within "
                                + limits.maxWait(),
                        true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Rejected<>("interrupted", "interrupted before anything was sent", true);
        }
        try {
            return exchange(request.header(CONNECTION_HEADER, "close").build());
        } finally {
            free.release();
        }
    }

    private Outcome<HttpResponse<byte[]>> exchange(HttpRequest request) {
        // A request's own timeout ends with the answer's headers; this one also holds for a body that never ends.
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.maxAnswerBytes()));
        try {
            return new Outcome.Accepted<>(answer.get(limits.requestTimeout().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new Outcome.Unknown<>("no answer of " + peer + " within " + limits.requestTimeout());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new Outcome.Unknown<>("interrupted while waiting for the answer of " + peer);
        } catch (ExecutionException e) {
            return failed(request.uri(), e.getCause());
        }
    }

    private Outcome<HttpResponse<byte[]>> failed(URI uri, @Nullable Throwable cause) {
        return switch (cause) {
            case ConnectException e -> unreachable(uri, e);
            case HttpConnectTimeoutException e -> unreachable(uri, e);
            // The peer has not let us in: it cannot have read the request (TLS 1.3 may tell only after it was sent).
            case SSLHandshakeException e ->
                new Outcome.Rejected<>("tls", "no TLS connection with " + peer + ": " + e.getMessage(), true);
            case IOException e -> new Outcome.Unknown<>("the connection to " + peer + " was lost: " + e.getMessage());
            case null, default -> throw new IllegalStateException("the HTTP client failed", cause);
        };
    }

    private Outcome<HttpResponse<byte[]>> unreachable(URI uri, IOException e) {
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        return new Outcome.Rejected<>(
                "unreachable",
                "no connection to " + peer + " at " + uri.getHost() + ":" + port
                        + (e.getMessage() == null ? "" : ": " + e.getMessage()),
                true);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        threads.close();
    }
}
