package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import io.trunkline.database.DatabaseUnavailable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Verifies tokens. A verified one is remembered by its hash until it expires or until something changes that may end
 * what it allows ({@link Epoch}): checking signatures was the largest cost of a small request.
 */
@Component
class Tokens {
    /** Most tokens that are remembered; past it all are forgotten, which costs one check each. */
    static final int REMEMBERED = 20_000;

    private static final int LONGEST = 4_096;

    private final Trust trust;
    private final Epoch epoch;
    private final Clock clock;
    private final Map<String, Verified> verified = new ConcurrentHashMap<>();

    Tokens(Trust trust, Epoch epoch, Clock clock) {
        this.trust = trust;
        this.epoch = epoch;
        this.clock = clock;
    }

    private record Verified(Verdict.Holds verdict, long epoch) {}

    /** What a token is worth. */
    sealed interface Verdict {
        /**
         * It is genuine.
         *
         * @param until when it has to be judged again, at its end or before
         */
        record Holds(Caller caller, RateLimit limit, Instant until) implements Verdict {}

        record Fails(String why) implements Verdict {}

        /** It cannot be told at the moment. */
        record Undecided() implements Verdict {}
    }

    Verdict verify(String token) {
        Optional<Long> now = epoch.current();
        if (now.isEmpty()) {
            return new Verdict.Undecided();
        }
        if (token.length() > LONGEST) {
            return new Verdict.Fails("the token is longer than " + LONGEST + " characters");
        }
        String hash = hash(token);
        Verified known = verified.get(hash);
        if (known != null
                && known.epoch() == now.get()
                && clock.instant().isBefore(known.verdict().until())) {
            return known.verdict();
        }
        try {
            Verdict verdict = trust.judge(token);
            if (verdict instanceof Verdict.Holds holds) {
                remember(hash, holds, now.get());
            }
            return verdict;
        } catch (ParseException | JOSEException e) {
            return new Verdict.Fails("the token cannot be read");
        } catch (DatabaseUnavailable e) {
            return new Verdict.Undecided();
        }
    }

    private void remember(String hash, Verdict.Holds verdict, long now) {
        if (verified.size() >= REMEMBERED) {
            verified.clear();
        }
        verified.put(hash, new Verified(verdict, now));
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
