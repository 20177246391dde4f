package io.trunkline.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is not as described is found. */
class ConformityTest {
    private static final String ACCOUNT = """
            {"id": "acc_01HTQ8VBN4DEJP5S8BPV4657VG", "reference_code": "1", "name": "A", "country": "GB",
             "status": "active", "_links": {"self": {"href": "https://a.example/b"}}}""";
    private static final String ACCOUNT_AT = "/enterprise/accounts/acc_01HTQ8VBN4DEJP5S8BPV4657VG";
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "application/json",
            "X-Correlation-ID", "c",
            "Cache-Control", "private, no-cache",
            "Vary", "Accept, Prefer",
            "ETag", "\"a\"");

    private record Answer(HttpRequest request, int statusCode, HttpHeaders headers, String text)
            implements HttpResponse<byte[]> {
        @Override
        public byte[] body() {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Optional<HttpResponse<byte[]>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    private static HttpHeaders headers(Map<String, String> values) {
        var lists = new LinkedHashMap<String, List<String>>();
        values.forEach((name, value) -> lists.put(name, List.of(value)));
        return HttpHeaders.of(lists, (_, _) -> true);
    }

    private static List<String> faults(
            String method, String path, @Nullable String body, int status, Map<String, String> headers, String text) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:1" + path))
                .header("Content-Type", "application/json")
                .build();
        return Conformity.faults(method, body, new Answer(request, status, headers(headers), text));
    }

    private static List<String> account(String text) {
        return faults("GET", ACCOUNT_AT, null, 200, HEADERS, text);
    }

    @Test
    void what_is_described_has_no_fault() {
        assertThat(account(ACCOUNT)).isEmpty();
    }

    @Test
    void a_field_too_many_or_too_few_or_of_another_kind_is_a_fault() {
        assertThat(account(ACCOUNT.replace("\"name\"", "\"nome\"")))
                .anyMatch(fault -> fault.contains("'name'"))
                .anyMatch(fault -> fault.contains("'nome'"));
        assertThat(account(ACCOUNT.replace("\"active\"", "\"ACTIVE\""))).hasSize(1);
        assertThat(account(ACCOUNT.replace("\"GB\"", "null"))).isNotEmpty();
        assertThat(account(ACCOUNT.replace("\"self\"", "\"me\""))).isNotEmpty();
    }

    @Test
    void a_time_without_its_three_digits_is_a_fault() {
        String product = """
                {"id": "prod_01HTJA47C93ABKKR58T05JBAJB", "status": "active",
                 "activated_at": "2019-08-24T14:15:22.000Z", "terminates_at": null,
                 "_links": {"self": {"href": "https://a.example/b"},
                            "subscription": {"href": "https://a.example/c"}}}""";
        String at = "/enterprise/products/prod_01HTJA47C93ABKKR58T05JBAJB";
        assertThat(faults("GET", at, null, 200, HEADERS, product)).isEmpty();
        assertThat(faults("GET", at, null, 200, HEADERS, product.replace(".000Z", "Z")))
                .singleElement()
                .asString()
                .contains("/activated_at");
    }

    @Test
    void a_status_a_media_type_a_missing_header_and_an_operation_that_nobody_described_are_faults() {
        assertThat(faults("GET", ACCOUNT_AT, null, 202, HEADERS, ACCOUNT))
                .containsExactly("the status 202 is not described");
        var other = new LinkedHashMap<>(HEADERS);
        other.put("Content-Type", "text/plain");
        assertThat(faults("GET", ACCOUNT_AT, null, 200, other, ACCOUNT))
                .containsExactly("the media type \"text/plain\" is not described");
        var less = new LinkedHashMap<>(HEADERS);
        less.remove("ETag");
        assertThat(faults("GET", ACCOUNT_AT, null, 200, less, ACCOUNT)).containsExactly("the header ETag is missing");
        assertThat(faults("GET", "/enterprise/secrets", null, 200, HEADERS, ACCOUNT))
                .containsExactly("there is no such operation");
    }

    @Test
    void whatever_is_accepted_and_not_allowed_is_a_fault() {
        String list = """
                {"_embedded": {"accounts": []}, "_links": {"self": {"href": "https://a.example/b"}}}""";
        var headers = new LinkedHashMap<>(HEADERS);
        headers.remove("ETag");
        assertThat(faults("GET", "/enterprise/accounts?limit=5", null, 200, headers, list))
                .isEmpty();
        assertThat(faults("GET", "/enterprise/accounts?limit=101", null, 200, headers, list))
                .hasSize(1);
        assertThat(faults("GET", "/enterprise/accounts?state=closed", null, 200, headers, list))
                .containsExactly("the parameter state was accepted and is not described");
        assertThat(faults("POST", "/enterprise/orders", "{\"type\": \"activate_subscription\"}", 201, headers, "{}"))
                .anyMatch(fault -> fault.startsWith("accepted body") && fault.contains("'account_id'"));
    }
}
