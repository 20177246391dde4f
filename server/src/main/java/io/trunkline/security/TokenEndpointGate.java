package io.trunkline.security;

import io.trunkline.database.DatabaseUnavailable;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/** Stands before the token endpoint: only POST, and not for those who have failed too often. */
final class TokenEndpointGate extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger(TokenEndpointGate.class);

    private final FailedLogins failedLogins;
    private final Problems problems;

    TokenEndpointGate(FailedLogins failedLogins, Problems problems) {
        this.failedLogins = failedLogins;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!"POST".equals(request.getMethod())) {
            problems.answer(
                    request,
                    response,
                    Problem.of(ErrorCode.METHOD_NOT_ALLOWED, request.getMethod() + " is not POST")
                            .withHeader("Allow", "POST"));
            return;
        }
        String client = client(request);
        Optional<Duration> wait = failedLogins.shutOut(request.getRemoteAddr(), client);
        if (wait.isPresent()) {
            problems.answer(
                    request,
                    response,
                    Problem.of(ErrorCode.TOO_MANY_REQUESTS, "too many failed log-ins of this client from this address")
                            .withHeader("Retry-After", Long.toString(wait.get().toSeconds() + 1)));
            return;
        }
        try {
            chain.doFilter(request, response);
        } catch (DatabaseUnavailable e) {
            log.debug("a log-in found the database unavailable: {}", e.getMessage());
            problems.answer(request, response, Problem.unavailable("the client cannot be looked up at the moment"));
            return;
        }
        if (response.getStatus() == HttpServletResponse.SC_UNAUTHORIZED) {
            failedLogins.failed(request.getRemoteAddr(), client);
        }
    }

    /** Whom the request says it is of. */
    private static String client(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        if (header != null && header.toLowerCase(Locale.ROOT).startsWith("basic ")) {
            try {
                String pair = new String(
                        Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
                return shortened(pair.split(":", 2)[0]);
            } catch (IllegalArgumentException e) {
                return "";
            }
        }
        return shortened(Optional.ofNullable(request.getParameter("client_id")).orElse(""));
    }

    private static String shortened(String client) {
        return client.length() > 64 ? client.substring(0, 64) : client;
    }
}
