package io.trunkline.security;

import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a client must know of the issuer: RFC 8414, OpenID Connect Discovery, and the public keys (RFC 7517). */
@RestController
class IssuerResource {
    private static final CacheControl SHORTLY =
            CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic();

    private final Issuer issuer;
    private final SigningKeys keys;

    IssuerResource(Issuer issuer, SigningKeys keys) {
        this.issuer = issuer;
        this.keys = keys;
    }

    @GetMapping({Issuer.METADATA_PATH, Issuer.CONFIGURATION_PATH})
    ResponseEntity<byte[]> metadata(Exchange exchange) {
        return json(exchange.json(this::metadata));
    }

    private void metadata(Json json) {
        json.text("issuer", issuer.url())
                .text("token_endpoint", issuer.at(Issuer.TOKEN_PATH))
                .text("jwks_uri", issuer.at(Issuer.KEYS_PATH))
                .texts("grant_types_supported", List.of("client_credentials"))
                .texts("token_endpoint_auth_methods_supported", List.of("client_secret_post", "client_secret_basic"))
                .texts(
                        "scopes_supported",
                        Arrays.stream(Licence.values()).map(Licence::scope).toList())
                .texts("response_types_supported", List.of())
                .texts("subject_types_supported", List.of("public"))
                .texts("id_token_signing_alg_values_supported", List.of("RS256"));
    }

    @GetMapping(Issuer.KEYS_PATH)
    ResponseEntity<byte[]> keys() {
        return json(keys.published().toString(true).getBytes(StandardCharsets.UTF_8));
    }

    private static ResponseEntity<byte[]> json(byte[] body) {
        return ResponseEntity.ok()
                .cacheControl(SHORTLY)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body);
    }
}
