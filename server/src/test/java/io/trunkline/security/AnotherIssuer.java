package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** An OpenID Connect issuer of the test's own, which says what a realm of Keycloak says. */
final class AnotherIssuer implements AutoCloseable {
    private static final String REALM = "/realms/enterprise";

    private final HttpServer http;
    private RSAKey key;
    private boolean away;

    AnotherIssuer() throws IOException, JOSEException {
        key = newKey();
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(REALM, this::answer);
        http.start();
    }

    private static RSAKey newKey() throws JOSEException {
        return new RSAKeyGenerator(2048)
                .keyID(UUID.randomUUID().toString())
                .algorithm(JWSAlgorithm.RS256)
                .generate();
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + REALM;
    }

    /** From now on it signs with another key, and publishes that one alone. */
    synchronized void rotate() throws JOSEException {
        key = newKey();
    }

    synchronized void goAway(boolean gone) {
        away = gone;
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = path.endsWith("/.well-known/openid-configuration")
                ? "{\"issuer\": \"" + url() + "\", \"jwks_uri\": \"" + url() + "/protocol/openid-connect/certs\"}"
                : new JWKSet(key).toPublicJWKSet().toString();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(away ? 503 : 200, away ? -1 : bytes.length);
        if (!away) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    /** As Keycloak writes an access token of client credentials, with what the test changes of it. */
    synchronized String token(String organization, String scope, UnaryOperator<JWTClaimsSet.Builder> change)
            throws JOSEException {
        Instant now = Instant.now();
        var claims = new JWTClaimsSet.Builder()
                .issuer(url())
                .subject(UUID.randomUUID().toString())
                .audience("trunkline")
                .expirationTime(Date.from(now.plusSeconds(300)))
                .issueTime(Date.from(now))
                .claim("typ", "Bearer")
                .claim("azp", "keycloak-client")
                .claim("scope", scope)
                .claim("organization", organization);
        return signed(key, change.apply(claims).build());
    }

    static String signed(RSAKey key, JWTClaimsSet claims) throws JOSEException {
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(key.getKeyID())
                .type(JOSEObjectType.JWT)
                .build();
        var token = new SignedJWT(header, claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    /** With the right key id and another key. */
    synchronized String forged(String organization) throws JOSEException {
        RSAKey other = new RSAKeyGenerator(2048).keyID(key.getKeyID()).generate();
        return signed(
                other,
                new JWTClaimsSet.Builder()
                        .issuer(url())
                        .audience("trunkline")
                        .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                        .claim("azp", "keycloak-client")
                        .claim("scope", "accounts")
                        .claim("organization", organization)
                        .build());
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
