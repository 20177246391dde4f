package io.trunkline.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The correlation id of a request: taken from {@code X-Correlation-ID} or made, echoed, logged, stored with what the
 * request makes and sent on to network elements.
 */
public final class Correlation extends OncePerRequestFilter {
    public static final String HEADER = "X-Correlation-ID";
    /** The key in the logs. */
    public static final String LOG_KEY = "correlation_id";

    private static final String ATTRIBUTE = Correlation.class.getName();
    private static final Pattern SHAPE = Pattern.compile("[\\x20-\\x7e]{1,128}");

    private final Problems problems;

    Correlation(Problems problems) {
        this.problems = problems;
    }

    /** The correlation id of this request; a new one where the filter has not seen it. */
    public static String of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof String id) {
            return id;
        }
        String made = UUID.randomUUID().toString();
        request.setAttribute(ATTRIBUTE, made);
        return made;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(HEADER);
        boolean valid = given != null && SHAPE.matcher(given).matches() && !given.isBlank();
        if (valid) {
            request.setAttribute(ATTRIBUTE, given);
        }
        String id = of(request);
        response.setHeader(HEADER, id);
        MDC.put(LOG_KEY, id);
        try {
            if (given != null && !valid) {
                problems.answer(
                        request,
                        response,
                        Problem.invalid(List.of(Violation.header(
                                HEADER,
                                Violation.Code.PATTERN,
                                "expected 1 to 128 printable ASCII characters, got " + given.length()
                                        + " characters"))));
                return;
            }
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
        }
    }
}
