package io.trunkline.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certification authorities of a test and what they have signed, by the JDK's own keytool. */
public final class Certificates {
    private static final String PASSWORD = "of-a-test";

    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    public static Certificates in(Path directory) {
        return new Certificates(directory);
    }

    public void authority(String name) throws IOException, InterruptedException {
        generate(name, "-ext", "bc:c", "-ext", "ku:c=keyCertSign");
    }

    /**
     * A certificate of that authority.
     *
     * @param extension as keytool writes it, {@code san=dns:example.com}
     */
    public void signed(String name, String authority, String extension) throws IOException, InterruptedException {
        generate(name, "-signer", authority, "-ext", extension);
    }

    private void generate(String name, String... more) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                directory.resolve("keys.p12").toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    private KeyStore all() throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve("keys.p12"))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    public Path certificateFile(String name) throws IOException {
        try {
            return pem(name + ".pem", "CERTIFICATE", all().getCertificate(name).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    public Path keyFile(String name) throws IOException {
        try {
            Key key = all().getKey(name, PASSWORD.toCharArray());
            return pem(name + ".key", "PRIVATE KEY", key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private Path pem(String file, String type, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    /** One that presents this certificate, and trusts that authority alone. */
    public SSLContext context(String name, String trusted) throws IOException {
        return context(name, List.of(trusted));
    }

    /** One that presents no certificate. */
    public SSLContext trusting(String authority) throws IOException {
        return context(null, List.of(authority));
    }

    private SSLContext context(@Nullable String name, List<String> trusted) throws IOException {
        try {
            KeyStore all = all();
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            for (String authority : trusted) {
                trust.setCertificateEntry(authority, all.getCertificate(authority));
            }
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (name != null) {
                own.setKeyEntry(
                        name,
                        all.getKey(name, PASSWORD.toCharArray()),
                        PASSWORD.toCharArray(),
                        all.getCertificateChain(name));
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD.toCharArray());
            TrustManagerFactory trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusts.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
