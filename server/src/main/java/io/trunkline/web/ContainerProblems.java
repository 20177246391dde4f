package io.trunkline.web;

import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Tomcat refuses before any filter sees it (a broken request line, too large headers) is a problem as well. */
final class ContainerProblems extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(ContainerProblems.class);

    private static final String TOO_LARGE =
            StringManager.getManager(Http11InputBuffer.class).getString("iib.requestheadertoolarge.error");
    /** Up to the number. */
    private static final String TOO_MANY = StringManager.getManager(MimeHeaders.class)
            .getString("headers.maxCountFail", "\n")
            .split("\n", -1)[0];

    private final Problems problems;

    ContainerProblems(Problems problems) {
        this.problems = problems;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        ErrorCode code = code(status, failure);
        if (failure != null && code.status() >= 500) {
            log.error("the container failed a request", failure);
        }
        String correlationId = Correlation.of(request);
        Problem problem =
                code == ErrorCode.UNAVAILABLE ? Problem.unavailable(code.title()) : Problem.of(code, code.title());
        byte[] body = problems.body(problem, correlationId);
        try {
            response.setStatus(code.status());
            problem.headers().forEach(response::setHeader);
            response.setContentType(Problems.MEDIA_TYPE);
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            response.setHeader(Correlation.HEADER, correlationId);
            response.setHeader("Cache-Control", "no-store");
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (java.io.IOException | IllegalStateException e) {
            log.debug("nobody took the container's answer", e);
        }
    }

    /** Tomcat calls header fields that are too large or too many a bad request; only its words tell (RFC 6585 5). */
    private static boolean isOfTooLargeHeaders(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.equals(TOO_LARGE) || message.startsWith(TOO_MANY);
    }

    private static ErrorCode code(int status, @Nullable Throwable failure) {
        if (status == 400 && failure != null && isOfTooLargeHeaders(failure)) {
            return ErrorCode.HEADERS_TOO_LARGE;
        }
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            // A transfer coding and a version that nobody knows.
            case 501, 505 -> ErrorCode.INVALID_REQUEST;
            case 413 -> ErrorCode.CONTENT_TOO_LARGE;
            case 431 -> ErrorCode.HEADERS_TOO_LARGE;
            case 503 -> ErrorCode.UNAVAILABLE;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
    }
}
