package io.trunkline.network.smdp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where SM-DP+s report to.
 *
 * @param address to listen on
 * @param port 0 for a free one
 * @param tls absent: plain HTTP, for loopback or behind a proxy that speaks TLS
 * @param deletedPoints notificationPointIds that say of a profile that the user has deleted it. The standard has none;
 *     with some vendors 5 means that, with others 102
 */
public record InboundSettings(
        String address, int port, @Nullable Tls tls, Set<Integer> deletedPoints) {
    public static final String DEFAULT_DELETED_POINTS = "5";

    /**
     * From PEM files.
     *
     * @param certificates ours and its intermediates, ours first
     * @param privateKey of the first certificate
     * @param trusted the authorities that an SM-DP+'s client certificate must come from; absent: none is asked for
     */
    public record Tls(
            Path certificates, Path privateKey, @Nullable Path trusted) {
        public Tls {
            requireReadable("certificate", certificates);
            requireReadable("private key", privateKey);
            if (trusted != null) {
                requireReadable("trusted certificates", trusted);
            }
        }

        private static void requireReadable(String what, Path file) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException(
                        "the " + what + " of the listener for SM-DP+s cannot be read: " + file);
            }
        }
    }

    public InboundSettings {
        if (address.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("an address and a port, not \"" + address + "\":" + port);
        }
        deletedPoints = Set.copyOf(deletedPoints);
    }
}
