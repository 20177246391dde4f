package io.trunkline.simulators.faults;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The ways to misbehave. */
public enum FaultKind {
    /** Does not act; answers with the peer's own refusal and the fault's code. */
    REFUSE,
    /** Does not act; keeps the connection without an answer until the client leaves or the delay has passed. */
    HANG,
    /** Does not act; closes the connection. */
    DROP_BEFORE,
    /** Acts; closes the connection without an answer. */
    DROP_AFTER,
    /** Acts; answers after the delay. */
    LATE,
    /** Answers twice; a mail's DATA is acted on twice instead, as by a relay that repeats itself. */
    TWICE,
    /** Acts; answers bytes that are not of the protocol. */
    GARBAGE,
    /** Does not act; answers the protocol's internal error. */
    ERROR_500;

    /** The word of the control interface. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(FaultKind::word).toList();
    }

    static FaultKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
