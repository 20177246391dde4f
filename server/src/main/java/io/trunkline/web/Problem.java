package io.trunkline.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why a request is turned away (RFC 9457).
 *
 * @param links relation → path of ours, e.g. the order that is in the way
 * @param headers further response headers, e.g. {@code Allow}
 */
public record Problem(
        ErrorCode code,
        String detail,
        List<Violation> violations,
        Map<String, String> links,
        Map<String, String> headers) {
    /** Most entries of {@code errors}: an answer must not outgrow its request. */
    static final int MOST_VIOLATIONS = 100;

    public Problem {
        detail = wellFormed(detail);
    }

    /** What came may be repeated in a problem, and may hold halves of characters, which no answer can. */
    static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static final String RETRY_AFTER_SECONDS = "2";

    public static Problem of(ErrorCode code, String detail) {
        return new Problem(code, detail, List.of(), Map.of(), Map.of());
    }

    /** 503: the same may succeed shortly. */
    public static Problem unavailable(String what) {
        return of(ErrorCode.UNAVAILABLE, what).withHeader("Retry-After", RETRY_AFTER_SECONDS);
    }

    public static Problem invalid(List<Violation> violations) {
        return invalid(violations, MOST_VIOLATIONS);
    }

    /** With at most so many of them. */
    static Problem invalid(List<Violation> violations, int most) {
        String detail = violations.size() == 1
                ? violations.getFirst().detail()
                : violations.size() + " values are not valid, see errors";
        List<Violation> shown = violations.subList(0, Math.min(violations.size(), most));
        return new Problem(ErrorCode.INVALID_REQUEST, detail, List.copyOf(shown), Map.of(), Map.of());
    }

    public Problem withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(code, detail, violations, links, more);
    }

    public Problem withLink(String relation, String path) {
        var more = new LinkedHashMap<>(links);
        more.put(relation, path);
        return new Problem(code, detail, violations, more, headers);
    }

    /** As an exception, to end the request with it. */
    public Refusal refusal() {
        return new Refusal(this);
    }
}
