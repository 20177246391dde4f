package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.trunkline.database.DatabaseUnavailable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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

    private final SigningKeys keys;
    private final Directory directory;
    private final Epoch epoch;
    private final Issuer issuer;
    private final Clock clock;
    private final Map<String, Verified> verified = new ConcurrentHashMap<>();

    Tokens(SigningKeys keys, Directory directory, Epoch epoch, Issuer issuer, Clock clock) {
        this.keys = keys;
        this.directory = directory;
        this.epoch = epoch;
        this.issuer = issuer;
        this.clock = clock;
    }

    private record Verified(Verdict.Holds verdict, Instant expiry, long epoch) {}

    /** What a token is worth. */
    sealed interface Verdict {
        record Holds(Caller caller, RateLimit limit) implements Verdict {}

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
        if (known != null && known.epoch() == now.get() && clock.instant().isBefore(known.expiry())) {
            return known.verdict();
        }
        try {
            return check(token, hash, now.get());
        } catch (ParseException | JOSEException e) {
            return new Verdict.Fails("the token cannot be read");
        } catch (DatabaseUnavailable e) {
            return new Verdict.Undecided();
        }
    }

    private Verdict check(String token, String hash, long now) throws ParseException, JOSEException {
        SignedJWT jwt = SignedJWT.parse(token);
        // One algorithm, whatever the token says of itself: neither none, nor HMAC with our public key.
        if (!JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())) {
            return new Verdict.Fails("the token is not signed with RS256");
        }
        Optional<RSAKey> key = key(jwt.getHeader().getKeyID());
        if (key.isEmpty() || !jwt.verify(new RSASSAVerifier(key.get().toRSAPublicKey()))) {
            return new Verdict.Fails("the token is signed with no key of ours");
        }
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        if (!issuer.isOurs(claims.getIssuer())) {
            return new Verdict.Fails("the token is of another issuer");
        }
        Date expiry = claims.getExpirationTime();
        if (expiry == null || !clock.instant().isBefore(expiry.toInstant())) {
            return new Verdict.Fails("the token has expired");
        }
        Optional<Directory.Client> client = Optional.ofNullable(claims.getSubject())
                .flatMap(directory::find)
                .filter(Directory.Client::active);
        if (client.isEmpty()) {
            return new Verdict.Fails("the client or its organization may no longer act");
        }
        Set<Licence> licences = EnumSet.noneOf(Licence.class);
        String scopes = Optional.ofNullable(claims.getStringClaim("scope")).orElse("");
        Arrays.stream(scopes.split(" "))
                .flatMap(scope -> Licence.of(scope).stream())
                .filter(client.get().licences()::contains)
                .forEach(licences::add);
        var caller = new Caller(client.get().organization(), client.get().clientId(), Set.copyOf(licences));
        if (verified.size() >= REMEMBERED) {
            verified.clear();
        }
        var verdict = new Verdict.Holds(caller, client.get().limit());
        verified.put(hash, new Verified(verdict, expiry.toInstant(), now));
        return verdict;
    }

    /** One that is not known may have been made by another server a moment ago. */
    private Optional<RSAKey> key(@Nullable String keyId) {
        if (keyId == null) {
            return Optional.empty();
        }
        return keys.find(keyId).or(() -> {
            epoch.lookAgain();
            return keys.find(keyId);
        });
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
