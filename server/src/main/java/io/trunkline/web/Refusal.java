package io.trunkline.web;

/** Ends a request with a problem. An expected way out: it has no stack trace. */
public final class Refusal extends RuntimeException {
    private final transient Problem problem;

    Refusal(Problem problem) {
        super(problem.code().code() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    public static Refusal notFound() {
        return Problem.of(ErrorCode.NOT_FOUND, "there is no such resource").refusal();
    }

    public Problem problem() {
        return problem;
    }
}
