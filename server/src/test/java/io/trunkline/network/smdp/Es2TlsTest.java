package io.trunkline.network.smdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Certificates;
import io.trunkline.network.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutual TLS with an SM-DP+ whose certificates come from a certification authority of the test. */
class Es2TlsTest {
    private static final Iccid ICCID = Iccid.ofBody("894900000000000000");

    @TempDir
    static Path directory;

    private static Certificates certificates;

    @BeforeAll
    static void make() throws Exception {
        certificates = Certificates.in(directory);
        certificates.authority("ca");
        certificates.authority("stranger");
        certificates.signed("smdp", "ca", "san=ip:127.0.0.1");
        certificates.signed("elsewhere", "ca", "san=dns:smdp.example.com");
        certificates.signed("client", "ca", "eku=clientAuth");
        certificates.signed("other-client", "stranger", "eku=clientAuth");
    }

    private static ScriptedSmdp peer(String name, String... protocols) throws Exception {
        var socket = (SSLServerSocket) certificates
                .context(name, "ca")
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket.setNeedClientAuth(true);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return ScriptedSmdp.start(
                socket,
                (_, connection) -> ScriptedSmdp.write(connection, ScriptedSmdp.http(200, ScriptedSmdp.SUCCESS)));
    }

    private static SSLContext ours(String client, String trusted) throws Exception {
        return SmdpTls.context(
                certificates.certificateFile(client),
                certificates.keyFile(client),
                certificates.certificateFile(trusted));
    }

    private static Outcome<SmdpPlus.Ordered> order(URI url, SSLContext tls) {
        try (var smdp = new Es2Plus(SmdpSettings.at(url, "smdp.example.com"), tls)) {
            return smdp.downloadOrder(DownloadOrder.of(ICCID), new FunctionCall("TX-1", "c"));
        }
    }

    private static void isRejectedForTls(ScriptedSmdp peer, Outcome<SmdpPlus.Ordered> outcome) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.code()).isEqualTo("tls");
            assertThat(rejected.retryable()).isTrue();
        });
        assertThat(peer.asked()).as("nothing was asked of whom we do not trust").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothSidesKnowEachOther(String protocol) throws Exception {
        try (var peer = peer("smdp", protocol)) {
            assertThat(order(peer.url(), ours("client", "ca"))).isInstanceOf(Outcome.Accepted.class);
            assertThat(peer.asked()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientThatThePeerDoesNotKnowIsNotServed(String protocol) throws Exception {
        try (var peer = peer("smdp", protocol)) {
            for (SSLContext stranger : new SSLContext[] {ours("other-client", "ca"), certificates.trusting("ca")}) {
                Outcome<SmdpPlus.Ordered> outcome = order(peer.url(), stranger);
                // With TLS 1.3 the refusal may come after our request, as a connection that is lost.
                assertThat(outcome).isInstanceOfAny(Outcome.Rejected.class, Outcome.Unknown.class);
                if (protocol.equals("TLSv1.2")) {
                    isRejectedForTls(peer, outcome);
                }
                assertThat(peer.asked()).isEmpty();
            }
        }
    }

    @Test
    void aPeerThatWeDoNotKnowOrThatHasAnotherNameIsNotAsked() throws Exception {
        try (var peer = peer("smdp")) {
            isRejectedForTls(peer, order(peer.url(), ours("client", "stranger")));
        }
        try (var peer = peer("elsewhere")) {
            isRejectedForTls(peer, order(peer.url(), ours("client", "ca")));
        }
        try (var peer = peer("smdp");
                var smdp = new Es2Plus(SmdpSettings.at(peer.url(), "smdp.example.com"))) {
            isRejectedForTls(peer, smdp.downloadOrder(DownloadOrder.of(ICCID), new FunctionCall("TX-1", "c")));
        }
    }

    @Test
    void aPeerThatSpeaksNoTlsIsNotAskedAndOneThatSpeaksOnlyTlsIsNotUnderstood() throws Exception {
        try (var plain = ScriptedSmdp.answering(ScriptedSmdp.http(200, ScriptedSmdp.SUCCESS))) {
            URI https = URI.create(plain.url().toString().replace("http:", "https:"));
            var settings = new SmdpSettings(
                    https,
                    "smdp.example.com",
                    "2.999.10",
                    "2.5.0",
                    false,
                    false,
                    Duration.ofSeconds(2),
                    Duration.ofMillis(500),
                    1,
                    Duration.ofSeconds(1));
            try (var smdp = new Es2Plus(settings, ours("client", "ca"))) {
                assertThat(smdp.downloadOrder(DownloadOrder.of(ICCID), new FunctionCall("TX-1", "c")))
                        .isNotInstanceOf(Outcome.Accepted.class);
            }
        }
        try (var peer = peer("smdp")) {
            URI http = URI.create(peer.url().toString().replace("https:", "http:"));
            assertThat(order(http, ours("client", "ca"))).isInstanceOf(Outcome.Unknown.class);
            assertThat(peer.asked()).isEmpty();
        }
    }

    @Test
    void filesThatAreMissingOrHoldSomethingElseAreNamed() throws IOException {
        Path certificate = certificates.certificateFile("client");
        Path key = certificates.keyFile("client");
        Path missing = directory.resolve("missing.pem");
        Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "no PEM");
        assertThatThrownBy(() -> SmdpTls.context(missing, key, certificate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificate")
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> SmdpTls.context(certificate, missing, certificate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("private key");
        for (Path[] files : new Path[][] {
            {nonsense, key, certificate},
            {certificate, nonsense, certificate},
            {certificate, key, nonsense},
            {certificate, certificates.keyFile("smdp"), certificate}
        }) {
            assertThat(catchThrowable(() -> SmdpTls.context(files[0], files[1], files[2])))
                    .as("%s %s %s", files[0], files[1], files[2])
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no TLS context of ");
        }
    }
}
