package io.trunkline.network.smdp;

import io.trunkline.network.Outcome;
import io.trunkline.network.http.HttpCalls;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import javax.net.ssl.SSLContext;
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
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String protocolVersion;
    private final String functions;
    private final HttpCalls calls;

    Exchange(SmdpSettings settings, @Nullable SSLContext tls) {
        this.protocolVersion = settings.protocolVersion();
        String base = settings.baseUrl().toString();
        this.functions = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + FUNCTIONS;
        this.calls = new HttpCalls(
                "the SM-DP+",
                new HttpCalls.Limits(
                        settings.connectTimeout(),
                        settings.requestTimeout(),
                        settings.maxConcurrentCalls(),
                        settings.maxWait(),
                        MAX_ANSWER_BYTES),
                tls);
    }

    Outcome<JsonNode> post(String function, JsonNode request, FunctionCall call) {
        return calls.send(HttpRequest.newBuilder(URI.create(functions + function))
                        .header("Content-Type", "application/json")
                        .header(PROTOCOL_HEADER, PROTOCOL + protocolVersion)
                        .header("X-Correlation-ID", call.correlation())
                        .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request))))
                .then(Exchange::judge);
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
        calls.close();
    }
}
