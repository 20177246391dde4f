package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.trunkline.ids.OrganizationId;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens of another issuer: scopes and organization are taken from their claims. A client that is registered here as
 * well is held to what is registered: revoked, it may not act; its licences and its limit count.
 */
final class ForeignTrust implements Trust {
    private static final Logger log = LoggerFactory.getLogger(ForeignTrust.class);

    /** Those with a public key: none is no signature, and HMAC would make the public key a secret. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final ForeignIssuer issuer;
    private final Directory directory;
    private final Clock clock;
    private final DefaultJWTProcessor<SecurityContext> signatures = new DefaultJWTProcessor<>();

    ForeignTrust(ForeignIssuer issuer, Directory directory, Clock clock) {
        this.issuer = issuer;
        this.directory = directory;
        this.clock = clock;
        signatures.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new ForeignKeys(issuer, clock)));
        // RFC 9068 2.1 names access tokens at+jwt; Keycloak's are JWT.
        signatures.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null));
        // Times and issuer are judged below, by our clock.
        signatures.setJWTClaimsSetVerifier(null);
    }

    @Override
    public Tokens.Verdict judge(String token) throws ParseException, JOSEException {
        SignedJWT jwt = SignedJWT.parse(token);
        try {
            return judge(signatures.process(jwt, null));
        } catch (BadJOSEException e) {
            return new Tokens.Verdict.Fails("the token is signed with no key of the issuer");
        } catch (KeySourceException e) {
            log.warn("tokens cannot be checked: {}", e.getMessage());
            return new Tokens.Verdict.Undecided();
        }
    }

    private Tokens.Verdict judge(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        if (!issuer.url().toString().equals(claims.getIssuer())) {
            return new Tokens.Verdict.Fails("the token is of another issuer");
        }
        Date expiry = claims.getExpirationTime();
        if (expiry == null || !now.isBefore(expiry.toInstant())) {
            return new Tokens.Verdict.Fails("the token has expired");
        }
        Date start = claims.getNotBeforeTime();
        if (start != null && now.plus(ForeignIssuer.CLOCK_SKEW).isBefore(start.toInstant())) {
            return new Tokens.Verdict.Fails("the token is not valid yet");
        }
        if (issuer.audience().isPresent()
                && !claims.getAudience().contains(issuer.audience().get())) {
            return new Tokens.Verdict.Fails("the token is for another audience");
        }
        // Keycloak signs identity tokens with the same keys and tells them apart by this claim.
        Object kind = claims.getClaim("typ");
        if (kind != null && !"Bearer".equals(kind)) {
            return new Tokens.Verdict.Fails("the token is no access token");
        }
        Instant until = now.plus(ForeignIssuer.LONGEST_TRUST);
        return caller(claims, until.isBefore(expiry.toInstant()) ? until : expiry.toInstant());
    }

    private Tokens.Verdict caller(JWTClaimsSet claims, Instant until) throws ParseException {
        Optional<OrganizationId> organization = organizationKey(claims).flatMap(directory::activeOrganization);
        if (organization.isEmpty()) {
            return new Tokens.Verdict.Fails(
                    "the token's claim \"" + issuer.organizationClaim() + "\" names no active organization");
        }
        Optional<String> clientId = clientId(claims);
        if (clientId.isEmpty()) {
            return new Tokens.Verdict.Fails("the token names no client");
        }
        Optional<Directory.Client> registered = directory.find(clientId.get());
        boolean mayAct = registered
                .map(client -> client.active() && client.organization().equals(organization.get()))
                .orElse(true);
        if (!mayAct) {
            return new Tokens.Verdict.Fails("the client or its organization may no longer act");
        }
        Set<Licence> most = registered.map(Directory.Client::licences).orElse(Licence.ofOrganizations());
        var caller =
                new Caller(organization.get(), clientId.get(), Licence.granted(claims.getStringClaim("scope"), most));
        RateLimit limit = registered.map(Directory.Client::limit).orElse(RateLimit.DEFAULT);
        return new Tokens.Verdict.Holds(caller, limit, until);
    }

    /** RFC 9068 2.2 has client_id, OpenID Connect and Keycloak azp. */
    private static Optional<String> clientId(JWTClaimsSet claims) throws ParseException {
        for (String name : List.of("azp", "client_id", "sub")) {
            String value = claims.getStringClaim(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private Optional<String> organizationKey(JWTClaimsSet claims) {
        return switch (claims.getClaim(issuer.organizationClaim())) {
            case String key -> Optional.of(key);
            case List<?> keys when keys.size() == 1 && keys.getFirst() instanceof String key -> Optional.of(key);
            case Map<?, ?> keys
            when keys.size() == 1 && keys.keySet().iterator().next() instanceof String key -> Optional.of(key);
            case null, default -> Optional.empty();
        };
    }
}
