package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** HTTPS by a certificate in PEM, with another public base than our own address. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    @Test
    void theApiSpeaksHttpsAndLinksFollowThePublicBase() throws Exception {
        try (BoxProcess box = BoxProcess.create()) {
            KeyStore keys = selfSigned(box.home());
            Path certificate = box.home().resolve("cert.pem");
            box.up(options(keys, certificate, "--public-url", "https://api.example.com/mobile/"));
            String port = box.read("run/ports").split(" ", 2)[0];
            try (HttpClient http =
                    HttpClient.newBuilder().sslContext(trusting(keys)).build()) {
                String metadata = http.send(
                                HttpRequest.newBuilder(URI.create("https://localhost:" + port
                                                + "/auth/realms/enterprise-apis/.well-known/openid-configuration"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
                assertThat(metadata)
                        .contains("\"issuer\":\"https://api.example.com/mobile/auth/realms/enterprise-apis\"");
            }
            assertThat(box.env()).containsEntry("TRUNKLINE_URL", "https://api.example.com/mobile");
            assertThat(box.read("run/facts")).contains("--cacert '" + certificate + "'");
        }
    }

    @Test
    void withoutAPublicBaseLinksAreOfOurOwnAddress() throws Exception {
        try (BoxProcess box = BoxProcess.create()) {
            KeyStore keys = selfSigned(box.home());
            Path certificate = box.home().resolve("cert.pem");
            box.up(options(keys, certificate, "--demo", "none"));
            assertThat(box.env().get("TRUNKLINE_URL")).startsWith("https://127.0.0.1:");
            assertThat(box.env()).doesNotContainKey("TRUNKLINE_CLIENT_ID");
        }
    }

    /** With the certificate and its key as files beside each other. */
    private static String[] options(KeyStore keys, Path certificate, String... more) throws Exception {
        pem(certificate, "CERTIFICATE", keys.getCertificate("tls").getEncoded());
        Path key = pem(
                certificate.resolveSibling("key.pem"),
                "PRIVATE KEY",
                keys.getKey("tls", PASSWORD.toCharArray()).getEncoded());
        return Stream.concat(
                        Stream.of("--tls-cert", certificate.toString(), "--tls-key", key.toString()), Stream.of(more))
                .toArray(String[]::new);
    }

    private static KeyStore selfSigned(Path directory) throws GeneralSecurityException, IOException {
        Path file = directory.resolve("tls.p12");
        Shell.Result made = Shell.run(
                directory,
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "tls",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD);
        assertThat(made.code()).as(made.output()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static Path pem(Path file, String type, byte[] der) throws IOException {
        return Files.writeString(
                file,
                "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
                        + "-----\n");
    }

    private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("tls", keys.getCertificate("tls"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
