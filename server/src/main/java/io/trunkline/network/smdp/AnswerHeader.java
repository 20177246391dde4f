package io.trunkline.network.smdp;

import io.trunkline.network.Outcome;
import tools.jackson.databind.JsonNode;

/** Reads what every ES2+ answer begins with (SGP.22 5.2.6, 6.5.1.2): whether the function was executed. */
final class AnswerHeader {
    private static final int MAX_MESSAGE = 200;

    private AnswerHeader() {}

    /**
     * The answer itself where it says {@code Executed-Success}.
     *
     * <p>{@code Executed-WithWarning} is unknown: it says that the function was executed, not what of it was left out.
     * Asking again settles it: the repetition fails with a code that says so where the first one took effect.
     * {@code Expired} is a retryable rejection: the SM-DP+ gave up before it executed the function.
     */
    static Outcome<JsonNode> judge(JsonNode answer) {
        JsonNode execution = answer.path("header").path("functionExecutionStatus");
        String status = execution.path("status").asString("");
        JsonNode data = execution.path("statusCodeData");
        return switch (status) {
            case "Executed-Success" -> new Outcome.Accepted<>(answer);
            case "Executed-WithWarning" ->
                new Outcome.Unknown<>("the SM-DP+ executed the function with a warning: " + code(data) + message(data));
            case "Expired" ->
                new Outcome.Rejected<>(
                        "expired", "the SM-DP+ did not execute the function in time" + message(data), true);
            case "Failed" -> failed(data);
            default ->
                new Outcome.Unknown<>("the SM-DP+ answered with the status \"" + printable(status)
                        + "\", expected one of SGP.22 5.2.6");
        };
    }

    private static Outcome<JsonNode> failed(JsonNode data) {
        String code = code(data);
        return StatusCode.of(code)
                .map(known -> new Outcome.Rejected<JsonNode>(code, known.text() + message(data), known.retryable()))
                .orElseGet(() -> new Outcome.Rejected<>(
                        code, "the SM-DP+ refused with a code of its own" + message(data), false));
    }

    private static String code(JsonNode data) {
        String subject = printable(data.path("subjectCode").asString(""));
        String reason = printable(data.path("reasonCode").asString(""));
        return subject.isEmpty() && reason.isEmpty() ? "unspecified" : subject + "/" + reason;
    }

    /** The subject identifier is left out: it may be the MatchingID. */
    private static String message(JsonNode data) {
        String message = printable(data.path("message").asString(""));
        return message.isEmpty() ? "" : " (" + message + ")";
    }

    private static String printable(String text) {
        String cut = text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) : text;
        return cut.replaceAll("[^\\x20-\\x7e\\xa0-\\ud7ff]", "?").strip();
    }
}
