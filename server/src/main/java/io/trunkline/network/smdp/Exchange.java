package io.trunkline.network.smdp;

import io.trunkline.network.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON over HTTP in one direction (SGP.22 6.5.1): posts a function's request and brings the answer back. What HTTP says
 * is judged here, what the answer says is not.
 */
final class Exchange implements AutoCloseable {
    /** An answer of ES2+ has a few hundred bytes. */
    static final int MAX_ANSWER_BYTES = 64 * 1024;

    private static final String FUNCTIONS = "/gsma/rsp2/es2plus/";
    private static final String PROTOCOL_HEADER = "X-Admin-Protocol";
    private static final String PROTOCOL = "gsma/rsp/v";
    /**
     * A peer that answers twice would have its second answer taken for the answer to the next call on the connection,
     * and nothing in an answer of ES2+ tells which call it belongs to. So none carries a second call.
     */
    private static final String CONNECTION_HEADER = "Connection";

    /** The JDK keeps the header to itself unless it is told otherwise before the first client is made. */
    private static final String ALLOWED_HEADERS = "jdk.httpclient.allowRestrictedHeaders";

    static {
        if (System.getProperty(ALLOWED_HEADERS) == null) {
            System.setProperty(ALLOWED_HEADERS, "connection");
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SmdpSettings settings;
    private final String functions;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;
    private final Semaphore calls;

    Exchange(SmdpSettings settings, @Nullable SSLContext tls) {
        this.settings = settings;
        String base = settings.baseUrl().toString();
        this.functions = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + FUNCTIONS;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(threads);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
        this.calls = new Semaphore(settings.maxConcurrentCalls());
        requireCloseableConnections();
    }

    private static void requireCloseableConnections() {
        try {
            HttpRequest.newBuilder().header(CONNECTION_HEADER, "close");
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "an HTTP client was made before that of ES2+: start the JVM with -D" + ALLOWED_HEADERS
                            + "=connection",
                    e);
        }
    }

    Outcome<JsonNode> post(String function, JsonNode request, FunctionCall call) {
        try {
            if (!calls.tryAcquire(settings.maxWait().toNanos(), TimeUnit.NANOSECONDS)) {
                return new Outcome.Rejected<>(
                        "busy",
                        settings.maxConcurrentCalls() + " calls to the SM-DP+ are under way, none ended within "
                                + settings.maxWait(),
                        true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Rejected<>("interrupted", "interrupted before anything was sent", true);
        }
        try {
            return send(HttpRequest.newBuilder(URI.create(functions + function))
                    .header("Content-Type", "application/json")
                    .header(CONNECTION_HEADER, "close")
                    .header(PROTOCOL_HEADER, PROTOCOL + settings.protocolVersion())
                    .header("X-Correlation-ID", call.correlation())
                    .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request)))
                    .build());
        } finally {
            calls.release();
        }
    }

    private Outcome<JsonNode> send(HttpRequest request) {
        // A request's own timeout ends with the answer's headers; this one also holds for a body that never ends.
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        try {
            return judge(answer.get(settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new Outcome.Unknown<>("no answer of the SM-DP+ within " + settings.requestTimeout());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new Outcome.Unknown<>("interrupted while waiting for the answer of the SM-DP+");
        } catch (ExecutionException e) {
            return failed(e.getCause());
        }
    }

    private Outcome<JsonNode> failed(@Nullable Throwable cause) {
        return switch (cause) {
            case ConnectException e -> unreachable(e);
            case HttpConnectTimeoutException e -> unreachable(e);
            // The peer has not let us in: it cannot have read the request (TLS 1.3 may tell only after it was sent).
            case SSLHandshakeException e ->
                new Outcome.Rejected<>("tls", "no TLS connection with the SM-DP+: " + e.getMessage(), true);
            case IOException e -> new Outcome.Unknown<>("the connection to the SM-DP+ was lost: " + e.getMessage());
            case null, default -> throw new IllegalStateException("the HTTP client failed", cause);
        };
    }

    private Outcome<JsonNode> unreachable(IOException e) {
        String host = settings.baseUrl().getHost() + ":" + port();
        return new Outcome.Rejected<>(
                "unreachable",
                "no connection to the SM-DP+ at " + host + (e.getMessage() == null ? "" : ": " + e.getMessage()),
                true);
    }

    private int port() {
        int port = settings.baseUrl().getPort();
        return port >= 0 ? port : "https".equals(settings.baseUrl().getScheme()) ? 443 : 80;
    }

    /** SGP.22 6.5.1.4: HTTP says 200 even for a function that failed. */
    private static Outcome<JsonNode> judge(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status != 200) {
            return httpFailure(status);
        }
        String protocol = answer.headers().firstValue(PROTOCOL_HEADER).orElse("");
        if (!protocol.isEmpty() && !protocol.toLowerCase(Locale.ROOT).startsWith(PROTOCOL + "2.")) {
            return new Outcome.Unknown<>("the SM-DP+ answered in \"" + protocol + "\", expected " + PROTOCOL + "2.x.y");
        }
        try {
            JsonNode body = JSON.readTree(answer.body());
            return body.isObject()
                    ? new Outcome.Accepted<>(body)
                    : new Outcome.Unknown<>("the SM-DP+ answered with JSON that is no object");
        } catch (JacksonException e) {
            return new Outcome.Unknown<>("the SM-DP+ answered with " + answer.body().length
                    + " bytes that are no JSON: " + e.getOriginalMessage());
        }
    }

    /**
     * A server error may come after the work was done. Redirects and client errors come instead of it; those that are
     * not about the request's content are the operators' to settle, and the call waits for that.
     */
    private static Outcome<JsonNode> httpFailure(int status) {
        if (status >= 300 && status < 500) {
            boolean content = status == 400 || status == 405 || status == 413 || status == 415 || status == 422;
            return new Outcome.Rejected<>("http_" + status, "the SM-DP+ answered with HTTP " + status, !content);
        }
        return new Outcome.Unknown<>("the SM-DP+ answered with HTTP " + status + ", expected 200");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        threads.close();
    }
}
