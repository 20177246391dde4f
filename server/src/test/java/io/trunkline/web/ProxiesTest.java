package io.trunkline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProxiesTest {
    private final Proxies proxies = new Proxies(List.of("10.0.0.0/8", "192.0.2.1", "2001:db8::/32"));

    private String client(String... from) {
        return proxies.read("10.0.0.1", List.of(), List.of(from), List.of(), List.of())
                .client();
    }

    @Test
    void the_sender_is_the_last_address_that_is_no_proxy_of_ours() {
        assertThat(client()).isEqualTo("10.0.0.1");
        assertThat(client("203.0.113.5")).isEqualTo("203.0.113.5");
        assertThat(client("203.0.113.5, 10.1.1.1, 192.0.2.1")).isEqualTo("203.0.113.5");
        assertThat(client("203.0.113.5", "10.1.1.1")).as("two header lines").isEqualTo("203.0.113.5");
        assertThat(client("198.51.100.1, 203.0.113.5, 10.1.1.1"))
                .as("the first is invented")
                .isEqualTo("203.0.113.5");
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.5:4711, 203.0.113.5",
        "2001:db9::5, 2001:db9::5",
        "[2001:db9::5]:80, 2001:db9::5",
        "[2001:db9::5], 2001:db9::5",
        "unknown, 10.0.0.1",
        "_hidden, 10.0.0.1",
        "'', 10.0.0.1",
        "<script>, 10.0.0.1"
    })
    void ports_are_taken_off_and_what_is_no_address_hides_nobody(String from, String client) {
        assertThat(client(from)).isEqualTo(client);
    }

    @Test
    void scheme_and_host_are_those_of_the_outermost_trusted_hop() {
        Proxies.Seen seen = proxies.read(
                "10.0.0.1",
                List.of(
                        "for=198.51.100.1;proto=http;host=evil.example,"
                                + " for=203.0.113.5;proto=https;host=api.example.com",
                        "for=10.1.1.1;proto=http;host=inner.example"),
                List.of(),
                List.of(),
                List.of());
        assertThat(seen.client()).isEqualTo("203.0.113.5");
        assertThat(seen.scheme()).contains("https");
        assertThat(seen.host()).contains("api.example.com");
    }

    @Test
    void forwarded_may_be_quoted_and_escaped() {
        Proxies.Seen seen = proxies.read(
                "10.0.0.1",
                List.of("For=\"[2001:db9::5]:47011\" ; Proto=HTTPS; by=\"a,b;c\";host=\"api.example.com:\\8443\""),
                List.of(),
                List.of(),
                List.of());
        assertThat(seen.client()).isEqualTo("2001:db9::5");
        assertThat(seen.scheme()).contains("https");
        assertThat(seen.host()).contains("api.example.com:8443");
    }

    @Test
    void a_single_scheme_handed_on_by_inner_proxies_is_the_outer_one() {
        Proxies.Seen seen = proxies.read(
                "10.0.0.1", List.of(), List.of("203.0.113.5, 10.1.1.1"), List.of("https"), List.of("api.example.com"));
        assertThat(seen.scheme()).contains("https");
        assertThat(seen.host()).contains("api.example.com");
    }

    @Test
    void a_scheme_that_a_client_has_put_in_front_is_not_read() {
        Proxies.Seen seen = proxies.read(
                "10.0.0.1",
                List.of(),
                List.of("1.1.1.1, 203.0.113.5"),
                List.of("ftp, https"),
                List.of("evil.example, api.example.com"));
        assertThat(seen.scheme()).contains("https");
        assertThat(seen.host()).contains("api.example.com");
    }

    @Test
    void networks_are_checked_at_the_start() {
        assertThatThrownBy(() -> new Proxies(List.of("10.0.0.0/99"))).hasMessageContaining("10.0.0.0/99");
        assertThatThrownBy(() -> new Proxies(List.of("proxy.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trunkline.trusted-proxies");
    }
}
