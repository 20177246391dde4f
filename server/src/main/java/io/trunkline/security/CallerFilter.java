package io.trunkline.security;

import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Problems;
import io.trunkline.web.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who calls. Everything needs a token but the paths that are open to all; what is neither under the API nor
 * open does not exist. A filter of our own, since this is passed by every request and has one thing to do.
 */
final class CallerFilter extends OncePerRequestFilter {
    static final String API = "/enterprise";
    /** What the operator has for itself. */
    static final String OPERATOR = "/operator";

    /** What anybody may see: tokens are got here, the API described, errors explained, probes answered. */
    private static final List<String> OPEN = List.of(
            "/auth/",
            "/.well-known/",
            "/openapi.yaml",
            "/openapi.json",
            "/docs",
            "/docs/",
            "/errors/",
            "/livez",
            "/readyz");

    private static final List<String> ELSEWHERE = List.of("//", "/./", "/../");

    private static final String ATTRIBUTE = Caller.class.getName();
    private static final String BEARER = "bearer ";

    private final Tokens tokens;
    private final RateLimits limits;
    private final Problems problems;

    private final boolean tokensAreOurs;

    /** Takes whether tokens are got here: with another issuer the built-in one does not exist. */
    CallerFilter(Tokens tokens, RateLimits limits, Problems problems, boolean tokensAreOurs) {
        this.tokens = tokens;
        this.limits = limits;
        this.problems = problems;
        this.tokensAreOurs = tokensAreOurs;
    }

    /** Who makes this request. */
    static Caller of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException(request.getRequestURI() + " was reached without a caller");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        if (request.isSecure()) {
            response.setHeader("Strict-Transport-Security", "max-age=31536000");
        }
        String path = request.getRequestURI();
        if (!isPlain(path) || (!tokensAreOurs && Issuer.isPlaceOf(path))) {
            problems.answer(request, response, Refusal.notFound().problem());
        } else if (OPEN.stream().anyMatch(open -> path.equals(open) || (open.endsWith("/") && path.startsWith(open)))) {
            chain.doFilter(request, response);
        } else if (path.equals(API) || path.startsWith(API + "/") || path.startsWith(OPERATOR + "/")) {
            identify(request, response, chain);
        } else {
            problems.answer(request, response, Refusal.notFound().problem());
        }
    }

    /** Paths of ours are written without parameters, encodings, and dots that lead elsewhere. */
    private static boolean isPlain(String path) {
        return path.chars().allMatch(CallerFilter::isPlain)
                && ELSEWHERE.stream().noneMatch(path::contains)
                && !path.endsWith("/.")
                && !path.endsWith("/..");
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "/-._~@+".indexOf(c) >= 0;
    }

    private void identify(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader("Authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            problems.answer(
                    request,
                    response,
                    Problem.of(ErrorCode.UNAUTHORIZED, "there is no Authorization: Bearer … header")
                            .withHeader("WWW-Authenticate", "Bearer realm=\"enterprise-apis\""));
            return;
        }
        switch (tokens.verify(header.substring(BEARER.length()).strip())) {
            case Tokens.Verdict.Holds(Caller caller, RateLimit limit, var _) -> {
                if (passes(caller, limit, request, response)) {
                    request.setAttribute(ATTRIBUTE, caller);
                    chain.doFilter(request, response);
                }
            }
            case Tokens.Verdict.Fails(String why) -> problems.answer(request, response, invalidToken(why));
            case Tokens.Verdict.Undecided() ->
                problems.answer(request, response, Problem.unavailable("the token cannot be checked at the moment"));
        }
    }

    /** RFC 6750 3. */
    private static Problem invalidToken(String why) {
        return Problem.of(ErrorCode.INVALID_TOKEN, why)
                .withHeader(
                        "WWW-Authenticate",
                        "Bearer realm=\"enterprise-apis\", error=\"invalid_token\", error_description=\"" + why + "\"");
    }

    private boolean passes(Caller caller, RateLimit limit, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("RateLimit-Policy", limit.policy());
        return switch (limits.take(caller.clientId(), limit)) {
            case RateLimits.Verdict.Passes(long remaining) -> {
                response.setHeader("RateLimit", remaining(remaining));
                yield true;
            }
            case RateLimits.Verdict.Waits(Duration pause) -> {
                response.setHeader("RateLimit", remaining(0));
                problems.answer(
                        request,
                        response,
                        Problem.of(
                                        ErrorCode.TOO_MANY_REQUESTS,
                                        "the client may make " + limit.requestsPerSecond() + " requests a second, and "
                                                + limit.burst() + " at once after a pause")
                                .withHeader("Retry-After", Long.toString(pause.toSeconds() + 1)));
                yield false;
            }
        };
    }

    /** A bucket fills all the time, and by one request a second at least: more is there within a second. */
    private static String remaining(long requests) {
        return RateLimit.NAME + ";r=" + requests + ";t=1";
    }
}
