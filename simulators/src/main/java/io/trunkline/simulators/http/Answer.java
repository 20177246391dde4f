package io.trunkline.simulators.http;

import java.time.Duration;

/** What happens to a request's connection: an answer, or one of the ways to misbehave. */
public sealed interface Answer permits Reply, Answer.Drop, Answer.Hang, Answer.Late, Answer.Twice {

    /** The connection is closed without a byte. */
    record Drop() implements Answer {}

    /**
     * The connection stays open without a byte until the client leaves, then it is closed.
     *
     * @param longest it is closed after this time even if the client is still there
     */
    record Hang(Duration longest) implements Answer {}

    /** The reply is written after the delay, if the client is still there. */
    record Late(Reply reply, Duration delay) implements Answer {}

    /** The reply is written two times in a row; the second is nobody's answer. */
    record Twice(Reply reply) implements Answer {}
}
