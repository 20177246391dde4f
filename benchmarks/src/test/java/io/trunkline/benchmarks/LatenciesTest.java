package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Percentiles of what was measured, none of it left out. */
final class LatenciesTest {
    private static final int NANOS_PER_MILLI = 1_000_000;

    @Test
    void percentilesAreThoseOfAllTimes() {
        var one = new Latencies();
        var other = new Latencies();
        for (int i = 10_000; i > 0; i--) {
            (i % 2 == 0 ? one : other).add((long) i * NANOS_PER_MILLI);
        }
        one.addAll(other);
        assertThat(one.count()).isEqualTo(10_000);
        assertThat(one.percentile(50)).isEqualTo(5_000);
        assertThat(one.percentile(99)).isEqualTo(9_900);
        assertThat(one.percentile(100)).isEqualTo(10_000);
        assertThat(new Latencies().percentile(99)).isZero();
    }
}
