package io.trunkline.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.security.web.util.matcher.IpAddressMatcher;

/**
 * What proxies that we trust say of a request: who sent it, by which scheme, to which host. {@code Forwarded} (RFC
 * 7239) is taken where it is given, else {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. Each proxy adds at
 * the end; so the lists are read from there, and only as far as the hops are trusted: what stands before may be
 * invented.
 */
final class Proxies {
    private static final Pattern ADDRESS = Pattern.compile("\\[?([0-9a-fA-F:.]{2,45})]?");
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9a-fA-F:.]{2,45}])(:\\d{1,5})?");
    private static final Pattern PAIR =
            Pattern.compile("\\s*([A-Za-z]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;,\"]*))\\s*");
    private static final Pattern PORT = Pattern.compile("^(\\[.*]|[0-9.]+):\\d+$");

    private final List<IpAddressMatcher> trusted;

    /**
     * Takes addresses and networks, e.g. {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException where one is neither
     */
    Proxies(List<String> trusted) {
        this.trusted = trusted.stream().map(Proxies::matcher).toList();
    }

    private static IpAddressMatcher matcher(String network) {
        try {
            return new IpAddressMatcher(network);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "trunkline.trusted-proxies has \"" + network + "\", expected an address or a network as 10.0.0.0/8",
                    e);
        }
    }

    boolean trusts(String address) {
        return trusted.stream().anyMatch(network -> network.matches(address));
    }

    /** One hop as its proxy tells it. */
    private record Hop(String from, Optional<String> scheme, Optional<String> host) {}

    /**
     * Who sent the request, and how.
     *
     * @param scheme {@code http} or {@code https}, where a proxy tells
     * @param host with its port where it is not the scheme's, where a proxy tells
     */
    record Seen(String client, Optional<String> scheme, Optional<String> host) {}

    /** Reads the headers of a request that this address has sent us. */
    Seen read(String sender, List<String> forwarded, List<String> from, List<String> schemes, List<String> hosts) {
        List<Hop> hops = forwarded.isEmpty() ? hops(from, schemes, hosts) : hops(forwarded);
        String client = sender;
        Optional<String> scheme = Optional.empty();
        Optional<String> host = Optional.empty();
        for (Hop hop : hops.reversed()) {
            if (!trusts(client)) {
                break;
            }
            scheme = hop.scheme();
            host = hop.host();
            Optional<String> address = address(hop.from());
            if (address.isEmpty()) {
                break;
            }
            client = address.get();
        }
        return new Seen(client, scheme, host);
    }

    private static List<Hop> hops(List<String> from, List<String> schemes, List<String> hosts) {
        List<String> senders = entries(from);
        var hops = new ArrayList<Hop>();
        for (int i = 0; i < senders.size(); i++) {
            int fromEnd = senders.size() - i;
            hops.add(new Hop(
                    senders.get(i),
                    entry(entries(schemes), fromEnd).flatMap(Proxies::scheme),
                    entry(entries(hosts), fromEnd).flatMap(Proxies::host)));
        }
        return hops;
    }

    private static List<String> entries(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    /** Where a list is shorter than the way, its first entry stands for what came before: it was handed on. */
    private static Optional<String> entry(List<String> entries, int fromEnd) {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(Math.max(0, entries.size() - fromEnd)));
    }

    /** RFC 7239 4. */
    private static List<Hop> hops(List<String> forwarded) {
        var hops = new ArrayList<Hop>();
        for (String element : String.join(",", forwarded).split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
            String from = "";
            Optional<String> scheme = Optional.empty();
            Optional<String> host = Optional.empty();
            for (String text : element.split(";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
                Matcher pair = PAIR.matcher(text);
                if (pair.matches()) {
                    String value = pair.group(2) != null ? pair.group(2).replaceAll("\\\\(.)", "$1") : pair.group(3);
                    switch (pair.group(1).toLowerCase(Locale.ROOT)) {
                        case "for" -> from = value;
                        case "proto" -> scheme = scheme(value);
                        case "host" -> host = host(value);
                        default -> {
                            // "by" names the proxy itself.
                        }
                    }
                }
            }
            hops.add(new Hop(from, scheme, host));
        }
        return hops;
    }

    private static Optional<String> scheme(String value) {
        String scheme = value.toLowerCase(Locale.ROOT);
        return scheme.equals("http") || scheme.equals("https") ? Optional.of(scheme) : Optional.empty();
    }

    private static Optional<String> host(String value) {
        return HOST.matcher(value).matches() ? Optional.of(value.toLowerCase(Locale.ROOT)) : Optional.empty();
    }

    /** Without a port; empty for {@code unknown} and names that hide an address. */
    private static Optional<String> address(String from) {
        String address = PORT.matcher(from).matches() ? from.substring(0, from.lastIndexOf(':')) : from;
        Matcher matcher = ADDRESS.matcher(address);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
