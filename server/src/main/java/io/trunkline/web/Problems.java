package io.trunkline.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes problems, the same way from every station of a request: filters, controllers, the container. */
public final class Problems {
    static final String MEDIA_TYPE = "application/problem+json";

    private final PublicUrl publicUrl;

    public Problems(PublicUrl publicUrl) {
        this.publicUrl = publicUrl;
    }

    /** Answers with the problem, unless an answer is already under way. */
    public void answer(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = body(problem, Correlation.of(request));
        response.resetBuffer();
        response.setStatus(problem.code().status());
        response.setContentType(MEDIA_TYPE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.setHeader(Correlation.HEADER, Correlation.of(request));
        response.setHeader("Cache-Control", "no-store");
        problem.headers().forEach(response::setHeader);
        if (!"HEAD".equals(request.getMethod())) {
            response.getOutputStream().write(body);
        }
        response.flushBuffer();
    }

    byte[] body(Problem problem, String correlationId) {
        return Json.write(publicUrl.base(), json -> {
            json.text("type", publicUrl.base() + "/errors/" + problem.code().code())
                    .text("title", problem.code().title())
                    .number("status", problem.code().status())
                    .text("detail", problem.detail())
                    .text("code", problem.code().code())
                    .text("correlation_id", correlationId);
            if (!problem.violations().isEmpty()) {
                json.objects(
                        "errors",
                        problem.violations(),
                        (entry, violation) -> entry.text(violation.place().key(), violation.name())
                                .text("code", violation.code().name().toLowerCase(Locale.ROOT))
                                .text("detail", violation.detail()));
            }
            if (!problem.links().isEmpty()) {
                json.links(links -> problem.links().forEach(links::link));
            }
        });
    }
}
