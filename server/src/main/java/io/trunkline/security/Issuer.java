package io.trunkline.security;

import io.trunkline.web.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The built-in authorization server's places, all below the issuer. */
@Component
class Issuer {
    static final String PATH = "/auth/realms/enterprise-apis";
    static final String TOKEN_PATH = PATH + "/protocol/openid-connect/token";
    static final String KEYS_PATH = PATH + "/protocol/openid-connect/certs";
    /** RFC 8414 3: the well-known part stands before the issuer's path. */
    static final String METADATA_PATH = "/.well-known/oauth-authorization-server" + PATH;

    static final String CONFIGURATION_PATH = PATH + "/.well-known/openid-configuration";

    private final PublicUrl publicUrl;

    Issuer(PublicUrl publicUrl) {
        this.publicUrl = publicUrl;
    }

    /** Whether the built-in authorization server answers there. */
    static boolean isPlaceOf(String path) {
        return path.startsWith(PATH) || path.equals(METADATA_PATH);
    }

    String url() {
        return publicUrl.base() + PATH;
    }

    /** Whether a token that names this issuer may be of ours: as we are called in this request, or by ourselves. */
    boolean isOurs(@Nullable String issuer) {
        return url().equals(issuer) || (publicUrl.ownBase() + PATH).equals(issuer);
    }

    String at(String path) {
        return publicUrl.base() + path;
    }
}
