package io.trunkline.network.smdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SM-DP+s report, and what they are answered. */
final class InboundEs2PlusTest {
    private static final Iccid ICCID = Iccid.ofBody("894900000000000000");
    private static final String EID = "89049032123451234512345678901235";
    private static final String REPORT = """
            {"header": {"functionRequesterIdentifier": "2.999.1", "functionCallIdentifier": "NP-1"},
             "eid": "%s", "iccid": "%s", "profileType": "std", "timestamp": "2026-01-31T12:00:00Z",
             "notificationPointId": 4, "notificationPointStatus": {"status": "Executed-Success"},
             "resultData": "vwQB"}""".formatted(EID, ICCID);

    @TempDir
    Path directory;

    private final List<DownloadProgress> heard = new CopyOnWriteArrayList<>();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final InboundEs2Plus inbound = at(null);

    private InboundEs2Plus at(InboundSettings.@Nullable Tls tls) {
        return new InboundEs2Plus(new InboundSettings("127.0.0.1", 0, tls, Set.of(5)), "2.5.0", List.of(this::hear));
    }

    private void hear(DownloadProgress progress) {
        if (failing.get()) {
            throw new IllegalStateException("not now");
        }
        heard.add(progress);
    }

    @BeforeEach
    void start() {
        inbound.start();
    }

    @AfterEach
    void stop() {
        inbound.stop();
    }

    private static HttpResponse<String> send(
            @Nullable SSLContext tls,
            String scheme,
            int port,
            String method,
            String path,
            String body,
            String... headers)
            throws IOException, InterruptedException {
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        if (tls != null) {
            client.sslContext(tls);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient http = client.build()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private HttpResponse<String> report(String body) throws IOException, InterruptedException {
        return send(
                null,
                "http",
                inbound.port(),
                "POST",
                ProgressServlet.PATH,
                body,
                "Content-Type",
                "application/json",
                "X-Admin-Protocol",
                "gsma/rsp/v2.2.0");
    }

    @Test
    void a_report_is_handed_over_and_answered_204_without_a_word() throws Exception {
        HttpResponse<String> answer = report(REPORT);

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("X-Admin-Protocol")).contains("gsma/rsp/v2.5.0");
        assertThat(heard)
                .containsExactly(new DownloadProgress(
                        ICCID,
                        EID,
                        "std",
                        Instant.parse("2026-01-31T12:00:00Z"),
                        DownloadProgress.Point.INSTALLATION,
                        null,
                        "NP-1"));
        assertThat(heard.getFirst().reached()).contains(DownloadProgress.Reached.INSTALLED);
    }

    @ParameterizedTest
    @CsvSource({
        "1, Executed-Success, ELIGIBILITY,",
        "1, Failed, ELIGIBILITY, ERROR",
        "2, Failed, CONFIRMATION, ERROR",
        "3, Executed-Success, DOWNLOAD, DOWNLOADED",
        "3, Expired, DOWNLOAD, ERROR",
        "4, Executed-Success, INSTALLATION, INSTALLED",
        "4, Failed, INSTALLATION, ERROR",
        "5, Executed-Success, DELETION, DELETED",
        "101, Executed-Success, USE,",
        "102, Executed-Success, USE,"
    })
    void each_point_says_what_the_profile_is_then(
            int id, String status, DownloadProgress.Point point, DownloadProgress.@Nullable Reached reached)
            throws Exception {
        String body = REPORT.replace("\"notificationPointId\": 4", "\"notificationPointId\": \"" + id + "\"")
                .replace("\"Executed-Success\"", "\"" + status + "\"");

        assertThat(report(body).statusCode()).isEqualTo(204);
        assertThat(heard).singleElement().satisfies(progress -> {
            assertThat(progress.point()).isEqualTo(point);
            assertThat(progress.reached().orElse(null)).isEqualTo(reached);
            assertThat(progress.failure() == null).isEqualTo(status.equals("Executed-Success"));
        });
    }

    @Test
    void what_is_written_in_another_way_is_understood_all_the_same() throws Exception {
        String failed = """
                {"iccid": %s, "timestamp": "2026-01-31T14:00:00.500+02:00", "notificationPointId": "3",
                 "notificationPointStatus": {"status": "Failed", "statusCodeData":
                    {"subjectCode": "8.1", "reasonCode": 4.8, "message": "no\\u0000room"}}}""";
        String succeeded = """
                {"iccid": "%sF", "timestamp": "2026-01-31T12:00:00", "notificationPointId": 3, "eid": "1",
                 "notificationPointStatus": {"status": "Executed-Success"}}""";
        assertThat(report(failed.formatted(ICCID)).statusCode()).isEqualTo(204);
        assertThat(report(succeeded.formatted(ICCID)).statusCode()).isEqualTo(204);
        assertThat(heard)
                .containsExactly(
                        new DownloadProgress(
                                ICCID,
                                null,
                                "",
                                Instant.parse("2026-01-31T12:00:00.500Z"),
                                DownloadProgress.Point.DOWNLOAD,
                                new DownloadProgress.Failure("8.1/4.8", "no?room"),
                                "unnamed"),
                        new DownloadProgress(
                                ICCID,
                                null,
                                "",
                                Instant.parse("2026-01-31T12:00:00Z"),
                                DownloadProgress.Point.DOWNLOAD,
                                null,
                                "unnamed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"notificationPointId\": 7",
                "\"notificationPointStatus\": {\"status\": \"Executed-WithWarning\"}"
            })
    void what_nothing_follows_from_is_taken_and_not_handed_over(String field) throws Exception {
        String name = field.substring(0, field.indexOf(':'));
        String body = REPORT.replaceFirst(name + ": (\\d|\\{[^}]*})", field);
        assertThat(body).isNotEqualTo(REPORT);

        assertThat(report(body).statusCode()).isEqualTo(204);
        assertThat(heard).isEmpty();
    }

    @Test
    void what_is_malformed_is_refused_with_every_fault() throws Exception {
        for (String body : List.of("", "{", "[]", "7", "[".repeat(1_000), REPORT.substring(0, 90))) {
            assertThat(report(body).statusCode()).as(body).isEqualTo(400);
        }
        HttpResponse<String> answer = report("{\"iccid\": \"8949000000000000003\", \"timestamp\": \"yesterday\"}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("iccid", "timestamp", "notificationPointId", "notificationPointStatus");
        assertThat(answer.body()).doesNotContain("yesterday");
        assertThat(heard).isEmpty();
    }

    @Test
    void other_requests_than_reports_are_refused() throws Exception {
        int port = inbound.port();
        String json = "application/json";
        assertThat(send(null, "http", port, "GET", ProgressServlet.PATH, "").statusCode())
                .isEqualTo(405);
        assertThat(send(null, "http", port, "POST", ProgressServlet.PATH, REPORT)
                        .statusCode())
                .isEqualTo(415);
        assertThat(send(null, "http", port, "POST", "/enterprise/orders", "{}", "Content-Type", json)
                        .statusCode())
                .isEqualTo(404);
        assertThat(send(null, "http", port, "GET", "/livez", "").statusCode()).isEqualTo(404);
        assertThat(send(
                                null,
                                "http",
                                port,
                                "POST",
                                ProgressServlet.PATH,
                                REPORT,
                                "Content-Type",
                                json,
                                "X-Admin-Protocol",
                                "gsma/rsp/v3.0.0")
                        .statusCode())
                .isEqualTo(400);
        String huge = "{\"resultData\": \"" + "A".repeat(ProgressServlet.MAX_BODY_BYTES) + "\"}";
        assertThat(report(huge).statusCode()).isEqualTo(413);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(10_000) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(said).startsWith("HTTP/1.1 400").doesNotContain("Tomcat", "<html");
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void what_could_not_be_committed_is_told_again() throws Exception {
        failing.set(true);
        HttpResponse<String> refused = report(REPORT);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        failing.set(false);
        assertThat(report(REPORT).statusCode()).isEqualTo(204);
        assertThat(heard).hasSize(1);
    }

    @Test
    void once_stopped_it_listens_no_more_and_can_start_again() throws Exception {
        int port = inbound.port();
        inbound.stop();
        assertThat(inbound.isRunning()).isFalse();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
        inbound.start();
        assertThat(report(REPORT).statusCode()).isEqualTo(204);
    }

    @Test
    void by_mutual_tls_only_an_sm_dp_of_our_authority_is_heard() throws Exception {
        Certificates certificates = Certificates.in(directory);
        certificates.authority("ca");
        certificates.authority("stranger");
        certificates.signed("inbound", "ca", "san=ip:127.0.0.1");
        certificates.signed("smdp", "ca", "eku=clientAuth");
        certificates.signed("other-smdp", "stranger", "eku=clientAuth");
        InboundEs2Plus secured = at(new InboundSettings.Tls(
                certificates.certificateFile("inbound"),
                certificates.keyFile("inbound"),
                certificates.certificateFile("ca")));
        secured.start();
        try {
            assertThat(reportBy(certificates.context("smdp", "ca"), secured)).isEqualTo(204);
            assertThat(heard).hasSize(1);
            for (SSLContext stranger : List.of(certificates.trusting("ca"), certificates.context("other-smdp", "ca"))) {
                assertThatThrownBy(() -> reportBy(stranger, secured)).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> reportBy(certificates.context("smdp", "stranger"), secured))
                    .as("nor does an SM-DP+ report to whom it does not know")
                    .isInstanceOf(IOException.class);
            assertThat(send(
                                    null,
                                    "http",
                                    secured.port(),
                                    "POST",
                                    ProgressServlet.PATH,
                                    REPORT,
                                    "Content-Type",
                                    "application/json")
                            .statusCode())
                    .as("plain HTTP")
                    .isEqualTo(400);
            assertThat(heard).hasSize(1);
        } finally {
            secured.stop();
        }
    }

    private static int reportBy(SSLContext context, InboundEs2Plus secured) throws Exception {
        return send(
                        context,
                        "https",
                        secured.port(),
                        "POST",
                        ProgressServlet.PATH,
                        REPORT,
                        "Content-Type",
                        "application/json")
                .statusCode();
    }

    @Test
    void files_that_are_missing_are_named() {
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> new InboundSettings.Tls(missing, missing, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(missing.toString());
    }
}
