package io.trunkline.network.smsc;

import java.time.Duration;

/** When a bind may submit next: as often as it is allowed to, less often while its SMSC says that it is too much. */
final class Pace {
    private static final long FIRST_PAUSE = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(2).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final long interval;
    private long next;
    private long pause;

    /** @param perSecond 0 for no limit */
    Pace(int perSecond, long now) {
        this.interval = perSecond == 0 ? 0 : SECOND / perSecond;
        this.next = now;
    }

    /** Takes the next turn; answers how many nanoseconds it is away. */
    synchronized long take(long now) {
        long turn = Math.max(now, next);
        next = turn + interval;
        return turn - now;
    }

    /** The SMSC has said that it is too much (SMPP 3.4, 5.1.3: ESME_RTHROTTLED, ESME_RMSGQFUL). */
    synchronized void slower(long now) {
        if (next - now < LONGEST_PAUSE) {
            pause = Math.clamp(2 * pause, FIRST_PAUSE, LONGEST_PAUSE);
            next = Math.max(now, next) + pause;
        }
    }

    synchronized void accepted() {
        pause /= 2;
    }
}
