package io.trunkline.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Counts failed log-ins per address and client; past the limit even the right secret has to wait. */
final class FailedLogins {
    /** Failures within a window before the pair is shut out. */
    static final int LIMIT = 10;

    static final Duration WINDOW = Duration.ofMinutes(1);
    /** Most pairs that are watched; past it the oldest is forgotten. */
    static final int WATCHED = 10_000;

    private final Clock clock;
    private final Map<Pair, Failures> watched = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Failures> eldest) {
            return size() > WATCHED;
        }
    };

    FailedLogins(Clock clock) {
        this.clock = clock;
    }

    private record Pair(String address, String client) {}

    private record Failures(int count, Instant until) {}

    /** How long the pair has to wait, empty where it may try. */
    synchronized Optional<Duration> shutOut(String address, String client) {
        Failures failures = watched.get(new Pair(address, client));
        Instant now = clock.instant();
        return failures != null && failures.count() >= LIMIT && now.isBefore(failures.until())
                ? Optional.of(Duration.between(now, failures.until()))
                : Optional.empty();
    }

    synchronized void failed(String address, String client) {
        Instant now = clock.instant();
        watched.merge(
                new Pair(address, client),
                new Failures(1, now.plus(WINDOW)),
                (before, first) -> now.isBefore(before.until())
                        ? new Failures(before.count() + 1, before.count() + 1 == LIMIT ? first.until() : before.until())
                        : first);
    }
}
