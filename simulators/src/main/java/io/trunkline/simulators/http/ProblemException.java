package io.trunkline.simulators.http;

import java.util.List;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {
    private final int status;
    private final transient List<Problem.Violation> violations;

    public ProblemException(int status, String detail) {
        this(status, detail, List.of());
    }

    public ProblemException(int status, String detail, List<Problem.Violation> violations) {
        super(detail);
        this.status = status;
        this.violations = List.copyOf(violations);
    }

    public static ProblemException of(List<Problem.Violation> violations) {
        return new ProblemException(
                400,
                violations.size() == 1 ? violations.getFirst().detail() : violations.size() + " violations",
                violations);
    }

    Reply reply() {
        return Problem.reply(status, String.valueOf(getMessage()), violations);
    }
}
