package io.trunkline.security;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * An OpenID Connect issuer beside us, such as a realm of Keycloak, whose tokens count instead of our own.
 *
 * @param url as it stands in its tokens' {@code iss}
 * @param keys where its public keys are; empty: as its discovery document says
 * @param audience what its tokens' {@code aud} must hold; empty: anything
 * @param organizationClaim the claim that holds the organization's key: a text, a list of one, or an object with one
 *     name (as Keycloak's organizations have it)
 * @param timeout for its answer
 */
record ForeignIssuer(
        URI url, Optional<URI> keys, Optional<String> audience, String organizationClaim, Duration timeout) {
    /** However long a token lives: what it allows is looked at again after so long. */
    static final Duration LONGEST_TRUST = Duration.ofMinutes(5);

    /** How far its clock may be from ours. It never lengthens a token's life. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    ForeignIssuer {
        if (url.getHost() == null || !("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
            throw new IllegalArgumentException("trunkline.security.issuer is http(s)://HOST/…, not \"" + url + "\"");
        }
    }

    /** OpenID Connect Discovery 1.0, 4. */
    URI discovery() {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + ".well-known/openid-configuration");
    }
}
