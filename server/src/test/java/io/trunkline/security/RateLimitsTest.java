package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private static final RateLimit LIMIT = new RateLimit(10, 20);

    /** Begins where the clock of a JVM may begin: below nought. */
    private final AtomicLong nanos = new AtomicLong(-1_000_000_000_000L);

    private final RateLimits limits = new RateLimits(nanos::get);

    private boolean passes(String client) {
        return limits.take(client, LIMIT) instanceof RateLimits.Verdict.Passes;
    }

    private int passing(int requests) {
        return (int) IntStream.range(0, requests).filter(_ -> passes("a")).count();
    }

    @Test
    void aStillClientMayAskForItsBurstAtOnceAndThenAtItsRate() {
        assertThat(passing(100)).isEqualTo(20);
        nanos.addAndGet(Duration.ofMillis(99).toNanos());
        assertThat(passing(100)).isZero();
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(passing(100)).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(passing(100)).isEqualTo(10);
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(passing(100)).as("no more than the burst is saved up").isEqualTo(20);
    }

    @Test
    void whatRemainsAndHowLongToWaitIsTold() {
        assertThat(limits.take("a", LIMIT)).isEqualTo(new RateLimits.Verdict.Passes(19));
        passing(18);
        assertThat(limits.take("a", LIMIT)).isEqualTo(new RateLimits.Verdict.Passes(0));
        assertThat(limits.take("a", LIMIT)).isEqualTo(new RateLimits.Verdict.Waits(Duration.ofMillis(100)));
        assertThat(LIMIT.policy()).isEqualTo("\"client\";q=20;w=2");
    }

    @Test
    void clientsDoNotShareABucket() {
        assertThat(passing(100)).isEqualTo(20);
        assertThat(passes("b")).isTrue();
    }

    @Test
    void manyAtOnceGetNoMoreThanOneAfterTheOther() {
        var passed = new AtomicInteger();
        IntStream.range(0, 2_000).parallel().filter(_ -> passes("a")).forEach(_ -> passed.incrementAndGet());
        assertThat(passed.get()).isEqualTo(20);
    }

    @Test
    void bucketsThatAreFullAgainAreForgotten() {
        for (int i = 0; i < RateLimits.KEPT; i++) {
            passes("client-" + i);
        }
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        passes("one more");
        assertThat(limits.size()).isEqualTo(1);
    }
}
