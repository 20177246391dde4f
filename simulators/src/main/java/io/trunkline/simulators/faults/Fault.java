package io.trunkline.simulators.faults;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A misbehaviour that waits for its operation.
 *
 * @param operation the operation's name, or {@code *} for all
 * @param code what a refusal says, in the peer's own notation; null where the peer's default is meant
 * @param delayMs milliseconds of {@code late} and {@code hang}
 * @param probability 0 to 1: of one operation that it fits
 * @param times how often it still happens
 */
public record Fault(
        String operation, FaultKind fault, @Nullable String code, int delayMs, double probability, int times) {
    /** The longest a connection hangs, whatever is asked for: none is held for ever. */
    public static final Duration LONGEST_HANG = Duration.ofMinutes(10);

    static final String EVERY_OPERATION = "*";

    boolean fits(String operationOfNow) {
        return operation.equals(EVERY_OPERATION) || operation.equals(operationOfNow);
    }

    Fault once() {
        return new Fault(operation, fault, code, delayMs, probability, times - 1);
    }

    public String codeOr(String otherwise) {
        return code == null ? otherwise : code;
    }

    public Duration delay() {
        return Duration.ofMillis(delayMs);
    }

    /** How long a connection hangs: without a delay, until the client leaves. */
    public Duration hang() {
        return delayMs == 0 ? LONGEST_HANG : delay();
    }
}
