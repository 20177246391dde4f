package io.trunkline.network;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** TLS with a peer whose certificate comes from an authority of one's own. */
public final class OwnAuthorities {
    private OwnAuthorities() {}

    /**
     * Reads the file once.
     *
     * @param peer whom they vouch for, in words
     * @param trusted the certification authorities, PEM; the JDK's do not count
     * @throws IllegalArgumentException where it is missing or holds something else
     */
    public static SSLContext trusting(String peer, Path trusted) {
        if (!Files.isReadable(trusted)) {
            throw new IllegalArgumentException("the trusted certificates for " + peer + " cannot be read: " + trusted);
        }
        try {
            PemSslStore theirs = PemSslStore.load(
                    PemSslStoreDetails.forCertificate(trusted.toUri().toString()));
            return SslBundle.of(new PemSslStoreBundle(null, theirs)).createSslContext();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("no certificates in " + trusted + ": " + e.getMessage(), e);
        }
    }
}
