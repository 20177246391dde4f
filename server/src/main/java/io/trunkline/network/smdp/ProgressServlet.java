package io.trunkline.network.smdp;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes what SM-DP+s report: {@code POST /gsma/rsp2/es2plus/handleDownloadProgressInfo}, answered 204 (SGP.22 5.3.5,
 * 6.5.1.4) once every listener has committed it. Whatever else is answered says that it was not taken; an SM-DP+ may
 * send it again after 503.
 */
final class ProgressServlet extends HttpServlet {
    static final String PATH = "/gsma/rsp2/es2plus/handleDownloadProgressInfo";

    /** A report has a few hundred bytes, more with resultData. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ProgressServlet.class);
    private static final String PROTOCOL_HEADER = "X-Admin-Protocol";
    private static final String PROTOCOL = "gsma/rsp/v2.";
    /** Reports that are being committed at a time, and how long another one waits for its turn. */
    private static final int AT_ONCE = 8;

    private static final long MAX_WAIT_MILLIS = 1_000;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(50).build())
                    .build())
            .build();

    private final transient List<ProgressListener> listeners;
    private final transient Set<Integer> deletedPoints;
    private final String answeredProtocol;
    private final transient Semaphore turns = new Semaphore(AT_ONCE);

    /** @param protocolVersion what {@code X-Admin-Protocol} answers, without the {@code v} */
    ProgressServlet(List<ProgressListener> listeners, Set<Integer> deletedPoints, String protocolVersion) {
        this.listeners = List.copyOf(listeners);
        this.deletedPoints = Set.copyOf(deletedPoints);
        this.answeredProtocol = "gsma/rsp/v" + protocolVersion;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(PROTOCOL_HEADER, answeredProtocol);
        if (!PATH.equals(request.getRequestURI())) {
            refuse(response, HttpServletResponse.SC_NOT_FOUND, "expected " + PATH);
        } else if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            refuse(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "expected POST");
        } else if (!isJson(request.getContentType())) {
            refuse(response, HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, "expected Content-Type: application/json");
        } else if (!isOfVersion2(request.getHeader(PROTOCOL_HEADER))) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, PROTOCOL_HEADER + ": expected gsma/rsp/v2.x.y");
        } else {
            take(request, response);
        }
    }

    private static boolean isJson(@Nullable String type) {
        return type != null && type.toLowerCase(Locale.ROOT).matches("application/json *(;.*)?");
    }

    private static boolean isOfVersion2(@Nullable String protocol) {
        return protocol == null || protocol.toLowerCase(Locale.ROOT).startsWith(PROTOCOL);
    }

    private void take(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            refuse(
                    response,
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                    "expected at most " + MAX_BODY_BYTES + " bytes");
            return;
        }
        Optional<DownloadProgress> progress;
        try {
            JsonNode json = JSON.readTree(body);
            if (!json.isObject()) {
                throw new ProgressReport.MalformedException("expected a JSON object");
            }
            progress = ProgressReport.read(json, deletedPoints);
        } catch (JacksonException e) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "the body is no JSON");
            return;
        } catch (ProgressReport.MalformedException e) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, String.valueOf(e.getMessage()));
            return;
        }
        if (progress.isEmpty()) {
            LOG.info("An SM-DP+ reported something that nothing follows from");
        }
        if (progress.isEmpty() || isCommitted(progress.get())) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            response.setHeader("Retry-After", "1");
            refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "it could not be taken for now");
        }
    }

    private boolean isCommitted(DownloadProgress progress) {
        try {
            if (!turns.tryAcquire(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            listeners.forEach(listener -> listener.progressed(progress));
            return true;
        } catch (RuntimeException e) {
            LOG.warn("The progress of {} ({}) could not be committed", progress.iccid(), progress.point(), e);
            return false;
        } finally {
            turns.release();
        }
    }

    /** The details are words of ours alone. */
    private static void refuse(HttpServletResponse response, int status, String detail) throws IOException {
        LOG.debug("A report of an SM-DP+ was answered {}: {}", status, detail);
        response.setStatus(status);
        response.setContentType("application/problem+json");
        response.getOutputStream()
                .write(JSON.writeValueAsBytes(
                        JSON.createObjectNode().put("status", status).put("detail", detail)));
    }
}
