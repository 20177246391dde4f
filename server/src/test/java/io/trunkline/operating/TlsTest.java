package io.trunkline.operating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.stories.RunningServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** TLS by a certificate and a key in PEM, as {@code server.ssl.*} names them. */
@Tag("database")
final class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path directory;

    private static RunningServer server;
    private static String url;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore made = selfSigned();
        write("cert.pem", "CERTIFICATE", made.getCertificate("server").getEncoded());
        Key key = made.getKey("server", PASSWORD);
        write("key.pem", "PRIVATE KEY", key.getEncoded());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(made);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        server = RunningServer.start(Map.of(
                "server.ssl.certificate", "file:" + directory.resolve("cert.pem"),
                "server.ssl.certificate-private-key", "file:" + directory.resolve("key.pem")));
        url = server.url().replace("http://", "https://");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static KeyStore selfSigned() throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve("made.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, PASSWORD);
        }
        return made;
    }

    private static void write(String name, String type, byte[] content) throws IOException {
        Files.writeString(
                directory.resolve(name),
                "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + type + "-----\n");
    }

    private static HttpResponse<String> get(String path, List<String> protocols)
            throws IOException, InterruptedException {
        var parameters = new SSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(trusting)
                .sslParameters(parameters)
                .build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void requests_are_answered_over_tls_1_3_and_1_2() throws IOException, InterruptedException {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            HttpResponse<String> live = get("/livez", List.of(protocol));
            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(live.sslSession())
                    .hasValueSatisfying(
                            session -> assertThat(session.getProtocol()).isEqualTo(protocol));
        }
    }

    @Test
    void answers_ask_for_tls_ever_after_and_links_use_it() throws IOException, InterruptedException {
        HttpResponse<String> refused = get("/enterprise/accounts", List.of("TLSv1.3"));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThat(new JsonMapper().readTree(refused.body()).path("type").stringValue(""))
                .isEqualTo(url + "/errors/unauthorized");
    }

    @Test
    void older_protocols_and_plain_text_are_refused() throws IOException {
        assertThatThrownBy(() -> get("/livez", List.of("TLSv1.1"))).isInstanceOf(SSLHandshakeException.class);
        try (Wire plain = Wire.to(url)) {
            Wire.Answer answer =
                    plain.write("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertThat(answer.status()).isIn(0, 400);
        }
    }
}
