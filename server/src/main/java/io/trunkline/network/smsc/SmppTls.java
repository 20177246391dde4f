package io.trunkline.network.smsc;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** TLS with an SMSC whose certificate comes from an authority of one's own. */
final class SmppTls {
    private SmppTls() {}

    /**
     * Reads the file once.
     *
     * @param trusted the certification authorities, PEM; the JDK's do not count
     * @throws IllegalArgumentException where it is missing or holds something else
     */
    static SSLContext trusting(Path trusted) {
        if (!Files.isReadable(trusted)) {
            throw new IllegalArgumentException("the trusted certificates for the SMSC cannot be read: " + trusted);
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
