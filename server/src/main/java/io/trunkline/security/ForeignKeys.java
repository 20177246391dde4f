package io.trunkline.security;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.ResourceRetriever;
import io.trunkline.web.Json;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The public keys of another issuer. They are kept for five minutes and asked for again when a token names one that is
 * not among them; while the issuer is away those that are known serve on for a while.
 */
final class ForeignKeys implements JWKSource<SecurityContext> {
    private static final int MOST_BYTES = 200_000;
    private static final Duration OUTAGE = Duration.ofMinutes(30);
    /** How long a discovery that failed is not repeated: requests must not wait in line for it. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ForeignIssuer issuer;
    private final Clock clock;
    private final ResourceRetriever retriever;
    private Optional<JWKSource<SecurityContext>> source = Optional.empty();
    private Instant notBefore = Instant.MIN;

    ForeignKeys(ForeignIssuer issuer, Clock clock) {
        this.issuer = issuer;
        this.clock = clock;
        int millis = Math.toIntExact(issuer.timeout().toMillis());
        this.retriever = new DefaultResourceRetriever(millis, millis, MOST_BYTES);
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        return found().get(selector, context);
    }

    private synchronized JWKSource<SecurityContext> found() throws KeySourceException {
        if (source.isEmpty()) {
            if (clock.instant().isBefore(notBefore)) {
                throw new RemoteKeySourceException("the issuer did not answer a moment ago", null);
            }
            try {
                URI keys = issuer.keys().isPresent() ? issuer.keys().get() : discover();
                source = Optional.of(JWKSourceBuilder.create(keys.toURL(), retriever)
                        .retrying(true)
                        .outageTolerant(OUTAGE.toMillis())
                        .build());
            } catch (IOException | JacksonException | IllegalArgumentException e) {
                notBefore = clock.instant().plus(PAUSE);
                throw new RemoteKeySourceException("the issuer's keys cannot be found: " + e.getMessage(), e);
            }
        }
        return source.get();
    }

    private URI discover() throws IOException {
        JsonNode found = Json.parse(
                retriever.retrieveResource(issuer.discovery().toURL()).getContent());
        // A document that names another issuer is not this one's (OpenID Connect Discovery 1.0, 4.3).
        if (!found.path("issuer").stringValue("").equals(issuer.url().toString())) {
            throw new MalformedURLException("its discovery document names another issuer");
        }
        return URI.create(found.path("jwks_uri").stringValue(""));
    }
}
