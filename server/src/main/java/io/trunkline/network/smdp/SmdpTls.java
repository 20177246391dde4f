package io.trunkline.network.smdp;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** Mutual TLS with the SM-DP+ (SGP.22 5.1, 6.3): who we are and whom we trust, from PEM files. */
public final class SmdpTls {
    private SmdpTls() {}

    /**
     * Reads the files once; a new certificate needs a new context.
     *
     * @param certificates ours and its intermediates, ours first
     * @param privateKey of the first certificate, PKCS#8 or PKCS#1, not encrypted
     * @param trusted the certification authorities that the SM-DP+'s certificate may come from; the JDK's do not count
     * @throws IllegalArgumentException where a file is missing or holds something else
     */
    public static SSLContext context(Path certificates, Path privateKey, Path trusted) {
        var ours = PemSslStoreDetails.forCertificate(location("certificate", certificates))
                .withPrivateKey(location("private key", privateKey));
        var theirs = PemSslStoreDetails.forCertificate(location("trusted certificates", trusted));
        try {
            return SslBundle.of(new PemSslStoreBundle(ours, theirs)).createSslContext();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "no TLS context of " + certificates + ", " + privateKey + " and " + trusted + ": " + e.getMessage(),
                    e);
        }
    }

    private static String location(String what, Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("the " + what + " for the SM-DP+ cannot be read: " + file);
        }
        return file.toUri().toString();
    }
}
