package io.trunkline.security;

import io.trunkline.keys.Vault;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Clients' secrets: 256 random bits, kept as HMAC-SHA-256. A slow hash would protect nothing that has so many bits, and
 * would make the token endpoint a cheap attack on the CPU.
 */
final class Secrets {
    private static final int MAC_BYTES = 32;

    private final Vault vault;
    private final Vault.Authenticator authenticator;

    Secrets(Vault vault) {
        this.vault = vault;
        this.authenticator = vault.authenticator("client-secret");
    }

    String create() {
        return vault.newSecret();
    }

    byte[] mac(String secret) {
        return authenticator.code(secret.getBytes(StandardCharsets.UTF_8), MAC_BYTES);
    }

    /** Compares with all of them, in constant time each. */
    boolean holds(String secret, List<String> macs) {
        boolean holds = false;
        for (String mac : macs) {
            holds |= authenticator.holds(
                    secret.getBytes(StandardCharsets.UTF_8), HexFormat.of().parseHex(mac));
        }
        return holds;
    }
}
