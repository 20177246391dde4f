package io.trunkline.orders;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps calls from a neighbour that does not answer. So many failures in a row open it; after a pause one call is let
 * through, and what becomes of it decides. Each server has its own.
 */
final class Circuit {
    private static final Logger log = LoggerFactory.getLogger(Circuit.class);

    private final Neighbour neighbour;
    private final int mostFailures;
    private final Duration pause;
    private final Clock clock;
    private int failures;
    private boolean probing;
    private Instant openSince = Instant.MAX;
    private Instant closedUntil = Instant.MIN;

    Circuit(Neighbour neighbour, int mostFailures, Duration pause, Clock clock) {
        this.neighbour = neighbour;
        this.mostFailures = mostFailures;
        this.pause = pause;
        this.clock = clock;
    }

    /** What a call has shown of the neighbour. */
    enum Heard {
        /** It answers, whatever it says. */
        ALIVE,
        /** No answer, none in time, none that can be understood. */
        FAILED,
        /** Nothing: no call was made. */
        NOTHING
    }

    /** Whether a call may be made; the one that is let through on trial has to be {@link #ended}. */
    synchronized boolean admits() {
        if (!isOpen()) {
            return true;
        }
        if (probing || clock.instant().isBefore(closedUntil)) {
            return false;
        }
        probing = true;
        return true;
    }

    /** A call that was let through has ended. */
    synchronized void ended(Heard heard) {
        switch (heard) {
            case ALIVE -> {
                if (isOpen()) {
                    log.info("{} answers again: orders go on", neighbour.words());
                }
                failures = 0;
                openSince = Instant.MAX;
                probing = false;
            }
            case FAILED -> {
                failures++;
                if (probing || failures == mostFailures) {
                    open();
                }
            }
            case NOTHING -> probing = false;
        }
    }

    private void open() {
        Instant now = clock.instant();
        if (!isOpen()) {
            openSince = now;
            log.warn(
                    "{} has failed {} times in a row: its work waits, one call every {} tries it",
                    neighbour.words(),
                    failures,
                    pause);
        }
        closedUntil = now.plus(pause);
        probing = false;
    }

    /** Whether it is open, also while a call tries it. */
    synchronized boolean isOpen() {
        return openSince.isBefore(Instant.MAX);
    }

    /** In a word, for people and probes. */
    synchronized String state() {
        return isOpen() ? "open since " + openSince : "closed";
    }
}
