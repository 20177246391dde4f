package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.SetClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FailedLoginsTest {
    private final SetClock clock = new SetClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final FailedLogins failedLogins = new FailedLogins(clock);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            failedLogins.failed("192.0.2.1", "client");
        }
    }

    @Test
    void whoever_has_failed_less_often_than_the_limit_may_try() {
        fail(FailedLogins.LIMIT - 1);
        assertThat(failedLogins.shutOut("192.0.2.1", "client")).isEmpty();
    }

    @Test
    void at_the_limit_the_pair_waits_a_whole_window_from_then_on() {
        fail(FailedLogins.LIMIT - 1);
        clock.forward(FailedLogins.WINDOW.minusSeconds(1));
        fail(1);
        assertThat(failedLogins.shutOut("192.0.2.1", "client")).contains(FailedLogins.WINDOW);
        clock.forward(FailedLogins.WINDOW.minusMillis(1));
        assertThat(failedLogins.shutOut("192.0.2.1", "client")).contains(Duration.ofMillis(1));
        clock.forward(Duration.ofMillis(1));
        assertThat(failedLogins.shutOut("192.0.2.1", "client")).isEmpty();
    }

    @Test
    void failures_of_long_ago_do_not_count() {
        fail(FailedLogins.LIMIT - 1);
        clock.forward(FailedLogins.WINDOW);
        fail(FailedLogins.LIMIT - 1);
        assertThat(failedLogins.shutOut("192.0.2.1", "client")).isEmpty();
    }

    @Test
    void other_clients_and_other_addresses_are_not_shut_out() {
        fail(FailedLogins.LIMIT);
        assertThat(failedLogins.shutOut("192.0.2.1", "other")).isEmpty();
        assertThat(failedLogins.shutOut("192.0.2.2", "client")).isEmpty();
    }

    @Test
    void the_number_of_watched_pairs_is_bounded() {
        fail(FailedLogins.LIMIT);
        for (int i = 0; i < FailedLogins.WATCHED; i++) {
            failedLogins.failed("192.0.2.3", "client-" + i);
        }
        assertThat(failedLogins.shutOut("192.0.2.1", "client"))
                .as("the oldest is forgotten")
                .isEmpty();
    }
}
