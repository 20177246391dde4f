package io.trunkline.web;

import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Tomcat refuses before any filter sees it (a broken request line, too large headers) is a problem as well. */
final class ContainerProblems extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(ContainerProblems.class);

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
        if (failure != null) {
            log.error("the container failed a request", failure);
        }
        String correlationId = Correlation.of(request);
        Problem problem = code(status) == ErrorCode.UNAVAILABLE
                ? Problem.unavailable(code(status).title())
                : Problem.of(code(status), code(status).title());
        byte[] body = problems.body(problem, correlationId);
        try {
            response.setStatus(code(status).status());
            problem.headers().forEach(response::setHeader);
            response.setContentType(Problems.MEDIA_TYPE);
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            response.setHeader(Correlation.HEADER, correlationId);
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (java.io.IOException | IllegalStateException e) {
            log.debug("nobody took the container's answer", e);
        }
    }

    private static ErrorCode code(int status) {
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 405, 501 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 413 -> ErrorCode.CONTENT_TOO_LARGE;
            case 431 -> ErrorCode.HEADERS_TOO_LARGE;
            case 503 -> ErrorCode.UNAVAILABLE;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
    }
}
