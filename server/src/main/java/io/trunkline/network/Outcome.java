package io.trunkline.network;

import java.util.Collection;
import java.util.function.Function;

/**
 * How a call to another system ended. There is no fourth way: no door throws because of what its peer does.
 *
 * @param <T> what an accepted call brings back
 */
public sealed interface Outcome<T> {
    /**
     * The peer did it and said so.
     *
     * @param value what it answered
     */
    record Accepted<T>(T value) implements Outcome<T> {}

    /**
     * What was asked surely did not take effect: the peer refused it, or nothing of it reached the peer.
     *
     * @param code stable: the peer's own code ({@code 8.2.1/3.3}, {@code 550 5.1.1}) or a word of ours
     *     ({@code unreachable}, {@code busy})
     * @param detail for people; holds no secret
     * @param retryable the cause lies in the moment or between the two systems, not in what was asked: the same call
     *     may succeed later
     */
    record Rejected<T>(String code, String detail, boolean retryable) implements Outcome<T> {}

    /**
     * It may have taken effect: no answer in time, a connection lost after sending began, a server error, an answer
     * that cannot be understood. Ask before repeating, or repeat with the same identifiers.
     *
     * @param reason for people; holds no secret
     */
    record Unknown<T>(String reason) implements Outcome<T> {}

    /** Whether it was rejected with one of these codes. */
    default boolean isRejectedWith(Collection<String> codes) {
        return this instanceof Rejected<T> rejected && codes.contains(rejected.code());
    }

    /** What follows an accepted call; any other outcome stays what it is. */
    default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
        return switch (this) {
            case Accepted<T>(T value) -> next.apply(value);
            case Rejected<T>(String code, String detail, boolean retryable) -> new Rejected<>(code, detail, retryable);
            case Unknown<T>(String reason) -> new Unknown<>(reason);
        };
    }
}
