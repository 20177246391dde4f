package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tokens made of a good one and the server's own key, each with one thing wrong. */
final class BadTokens {
    private final RSAKey key;
    private final String good;

    BadTokens(RSAKey key, String good) {
        this.key = key;
        this.good = good;
    }

    /** By what is wrong with them. */
    Map<String, String> all() throws JOSEException, ParseException {
        var tokens = new LinkedHashMap<String, String>();
        addClaims(tokens);
        addSignatures(tokens);
        addGarbage(tokens);
        return tokens;
    }

    /** Signed as ours are, with other claims. */
    private void addClaims(Map<String, String> tokens) throws JOSEException, ParseException {
        Date past = Date.from(Instant.now().minusSeconds(1));
        tokens.put("expired", claiming(claims -> claims.expirationTime(past)));
        tokens.put("without an end", claiming(claims -> claims.expirationTime(null)));
        tokens.put("of another issuer", claiming(claims -> claims.issuer("https://elsewhere.example" + Issuer.PATH)));
        tokens.put("of no issuer", claiming(claims -> claims.issuer(null)));
        tokens.put("of an unknown client", claiming(claims -> claims.subject("nobody")));
        tokens.put("of no client", claiming(claims -> claims.subject(null)));
        tokens.put("with a scope that is no text", claiming(claims -> claims.claim("scope", 7)));
    }

    private String claiming(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException, ParseException {
        JWTClaimsSet claims = SignedJWT.parse(good).getJWTClaimsSet();
        return signed(
                JWSAlgorithm.RS256,
                key.getKeyID(),
                new RSASSASigner(key),
                change.apply(new JWTClaimsSet.Builder(claims)).build());
    }

    /** The claims of a good one. */
    private void addSignatures(Map<String, String> tokens) throws JOSEException, ParseException {
        JWTClaimsSet claims = SignedJWT.parse(good).getJWTClaimsSet();
        String id = key.getKeyID();
        var ours = new RSASSASigner(key);
        var foreign = new RSASSASigner(new RSAKeyGenerator(2048).generate());
        tokens.put("signed with a wrong key", signed(JWSAlgorithm.RS256, id, foreign, claims));
        tokens.put("signed with a key of nobody", signed(JWSAlgorithm.RS256, "nobody", foreign, claims));
        tokens.put("without a key id", signed(JWSAlgorithm.RS256, null, ours, claims));
        tokens.put("of another RSA algorithm", signed(JWSAlgorithm.RS512, id, ours, claims));
        tokens.put("alg none", new PlainJWT(claims).serialize());
        tokens.put(
                "HS256 with the public key",
                signed(
                        JWSAlgorithm.HS256,
                        id,
                        new MACSigner(key.toRSAPublicKey().getEncoded()),
                        claims));
        tokens.put(
                "HS256 with the published key",
                signed(JWSAlgorithm.HS256, id, new MACSigner(key.toPublicJWK().toJSONString()), claims));
    }

    private static String signed(JWSAlgorithm algorithm, @Nullable String id, JWSSigner signer, JWTClaimsSet claims)
            throws JOSEException {
        var token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(id).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private void addGarbage(Map<String, String> tokens) {
        List<String> parts = List.of(good.split("\\.", -1));
        List<String> others =
                List.of(tokens.getOrDefault("of another issuer", "").split("\\.", -1));
        tokens.put("of changed content", parts.get(0) + "." + others.get(1) + "." + parts.get(2));
        tokens.put("cut off", good.substring(0, good.length() - 4));
        tokens.put("without a signature", parts.get(0) + "." + parts.get(1) + ".");
        tokens.put("endless", good + "a".repeat(5_000));
        tokens.put("garbage", "garbage");
        tokens.put("dots", "...");
        tokens.put("half a JWT", "e30.e30.e30");
    }
}
