package io.trunkline.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.SetClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keeps calls from a neighbour that does not answer, and finds out when it does again. */
final class CircuitTest {
    private static final int FAILURES = 3;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final SetClock clock = new SetClock(Instant.parse("2026-11-25T00:00:00Z"));
    private final Circuit circuit = new Circuit(Neighbour.HLR, FAILURES, PAUSE, clock);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            circuit.ended(Circuit.Heard.FAILED);
        }
    }

    @Test
    void failuresInARowOpenItAndAnAnswerBetweenThemDoesNot() {
        fail(FAILURES - 1);
        circuit.ended(Circuit.Heard.ALIVE);
        fail(FAILURES - 1);
        circuit.ended(Circuit.Heard.NOTHING);
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.admits()).isTrue();
        fail(1);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.state()).startsWith("open since 2026-11-25T00:00:00Z");
        assertThat(circuit.admits()).isFalse();
    }

    @Test
    void afterThePauseOneCallTriesItAndDecides() {
        fail(FAILURES);
        clock.forward(PAUSE);
        assertThat(circuit.admits()).isTrue();
        assertThat(circuit.admits()).as("one at a time").isFalse();
        fail(1);
        assertThat(circuit.admits()).as("it failed: another pause").isFalse();
        clock.forward(PAUSE);
        assertThat(circuit.admits()).isTrue();
        assertThat(circuit.isOpen()).as("while it is tried").isTrue();
        circuit.ended(Circuit.Heard.ALIVE);
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.state()).isEqualTo("closed");
        assertThat(circuit.admits()).isTrue();
        assertThat(circuit.admits()).isTrue();
    }

    @Test
    void aTrialThatWasNotMadeDecidesNothingAndAnotherMayTry() {
        fail(FAILURES);
        clock.forward(PAUSE);
        assertThat(circuit.admits()).isTrue();
        circuit.ended(Circuit.Heard.NOTHING);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.admits()).isTrue();
    }

    @Test
    void aLaneGivesPlacesWithoutCallsWhileItsCircuitIsOpen() throws InterruptedException {
        var lane = new Lane(Neighbour.HLR, 2, Optional.of(circuit));
        fail(FAILURES);
        assertThat(lane.enter(Duration.ZERO)).isEmpty();
        assertThat(lane.enter(5)).hasSize(2).noneMatch(Lane.Pass::mayCall).allSatisfy(Lane.Pass::close);
        clock.forward(PAUSE);
        var passes = lane.enter(5);
        assertThat(passes).as("the one that tries").hasSize(1).allMatch(Lane.Pass::mayCall);
        passes.getFirst().heard(Circuit.Heard.ALIVE);
        passes.getFirst().close();
        assertThat(lane.enter(5)).hasSize(2).allMatch(Lane.Pass::mayCall);
        assertThat(lane.inFlight()).isEqualTo(2);
        assertThat(lane.enter(5)).isEmpty();
    }
}
