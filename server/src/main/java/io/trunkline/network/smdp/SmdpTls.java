package io.trunkline.network.smdp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
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
        var own = PemSslStoreDetails.forCertificate(location("certificate", certificates))
                .withPrivateKey(location("private key", privateKey));
        var theirs = PemSslStoreDetails.forCertificate(location("trusted certificates", trusted));
        try {
            PemSslStore ours = PemSslStore.load(own);
            if (ours == null || !belongTogether(ours)) {
                throw new IllegalStateException("the private key is not that of the first certificate");
            }
            return SslBundle.of(new PemSslStoreBundle(ours, PemSslStore.load(theirs)))
                    .createSslContext();
        } catch (IllegalStateException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "no TLS context of " + certificates + ", " + privateKey + " and " + trusted + ": " + e.getMessage(),
                    e);
        }
    }

    /** Else the first handshake would tell, and only that it failed. */
    private static boolean belongTogether(PemSslStore ours) throws GeneralSecurityException {
        PrivateKey key = ours.privateKey();
        List<X509Certificate> certificates = ours.certificates();
        if (key == null || certificates == null || certificates.isEmpty()) {
            return false;
        }
        PublicKey publicKey = certificates.getFirst().getPublicKey();
        if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
        byte[] sample = {1};
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(sample);
        return signature.verify(signed);
    }

    private static String location(String what, Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("the " + what + " for the SM-DP+ cannot be read: " + file);
        }
        return file.toUri().toString();
    }
}
