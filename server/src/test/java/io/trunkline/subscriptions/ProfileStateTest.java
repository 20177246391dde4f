package io.trunkline.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.subscriptions.SimProfile.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever order reports come in, they leave the same. */
final class ProfileStateTest {
    private static final State[] TOLD = {State.DOWNLOADED, State.ERROR, State.INSTALLED, State.DELETED};

    private record At(State state, Instant since) {
        At after(At told) {
            return state.isFollowedBy(told.state, since, told.since) || state.isRenewedBy(told.state, since, told.since)
                    ? told
                    : this;
        }
    }

    private static At all(List<At> reports) {
        At now = new At(State.RELEASED, Instant.EPOCH);
        for (At report : reports) {
            now = now.after(report);
        }
        return now;
    }

    @Test
    void reports_in_any_order_and_number_leave_the_same_state() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            var reports = new ArrayList<At>();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                // Of an installation and a deletion there is one: a second one is the first one told again.
                State state = TOLD[random.nextInt(TOLD.length)];
                boolean once = state == State.INSTALLED || state == State.DELETED;
                reports.add(new At(state, Instant.ofEpochSecond(once ? 3 : random.nextInt(5))));
            }
            At expected = all(reports);
            for (int shuffle = 0; shuffle < 10; shuffle++) {
                Collections.shuffle(reports, random);
                reports.add(reports.get(random.nextInt(reports.size())));
                assertThat(all(reports)).as("seed %d: %s", seed, reports).isEqualTo(expected);
            }
        }
    }

    @Test
    void an_installed_profile_is_not_downloaded_again_and_a_deleted_one_stays_deleted() {
        Instant late = Instant.ofEpochSecond(1_000);
        for (State told : State.values()) {
            assertThat(State.DELETED.isFollowedBy(told, Instant.EPOCH, late))
                    .as("%s", told)
                    .isFalse();
            assertThat(State.INSTALLED.isFollowedBy(told, Instant.EPOCH, late))
                    .as("%s", told)
                    .isEqualTo(told == State.DELETED);
        }
        assertThat(State.ERROR.isFollowedBy(State.DOWNLOADED, Instant.EPOCH, late))
                .as("a second attempt succeeds")
                .isTrue();
        assertThat(State.ERROR.isFollowedBy(State.INSTALLED, late, Instant.EPOCH))
                .isTrue();
        assertThat(State.RESERVED.isFollowedBy(State.DOWNLOADED, late, Instant.EPOCH))
                .as("a device that is faster than we are")
                .isTrue();
    }
}
