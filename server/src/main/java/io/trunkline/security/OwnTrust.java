package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokens of the built-in authorization server. */
final class OwnTrust implements Trust {
    private final SigningKeys keys;
    private final Directory directory;
    private final Epoch epoch;
    private final Issuer issuer;
    private final Clock clock;

    OwnTrust(SigningKeys keys, Directory directory, Epoch epoch, Issuer issuer, Clock clock) {
        this.keys = keys;
        this.directory = directory;
        this.epoch = epoch;
        this.issuer = issuer;
        this.clock = clock;
    }

    @Override
    public Tokens.Verdict judge(String token) throws ParseException, JOSEException {
        SignedJWT jwt = SignedJWT.parse(token);
        // One algorithm, whatever the token says of itself: neither none, nor HMAC with our public key.
        if (!JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())) {
            return new Tokens.Verdict.Fails("the token is not signed with RS256");
        }
        Optional<RSAKey> key = key(jwt.getHeader().getKeyID());
        if (key.isEmpty() || !jwt.verify(new RSASSAVerifier(key.get().toRSAPublicKey()))) {
            return new Tokens.Verdict.Fails("the token is signed with no key of ours");
        }
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        if (!issuer.isOurs(claims.getIssuer())) {
            return new Tokens.Verdict.Fails("the token is of another issuer");
        }
        Date expiry = claims.getExpirationTime();
        if (expiry == null || !clock.instant().isBefore(expiry.toInstant())) {
            return new Tokens.Verdict.Fails("the token has expired");
        }
        Optional<Directory.Client> client = Optional.ofNullable(claims.getSubject())
                .flatMap(directory::find)
                .filter(Directory.Client::active);
        if (client.isEmpty()) {
            return new Tokens.Verdict.Fails("the client or its organization may no longer act");
        }
        var caller = new Caller(
                client.get().organization(),
                client.get().clientId(),
                Licence.granted(claims.getStringClaim("scope"), client.get().licences()));
        return new Tokens.Verdict.Holds(caller, client.get().limit(), expiry.toInstant());
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
}
