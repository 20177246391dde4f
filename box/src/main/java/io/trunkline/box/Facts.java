package io.trunkline.box;

import io.trunkline.box.demo.Demo;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a newcomer, or a script, needs to know of a running Trunkline.
 *
 * @param operator its client, by names as in {@code demo.env}
 * @param demo the demo's organizations and clients; empty where there are none
 * @param certificate what a client must trust, where the server speaks TLS
 */
record Facts(
        String url,
        URI simulators,
        URI mailbox,
        String metrics,
        Map<String, String> operator,
        Optional<Demo.Credentials> demo,
        Optional<Path> certificate) {
    static final String TOKEN_PATH = "/auth/realms/enterprise-apis/protocol/openid-connect/token";

    /** Shell syntax; every value in single quotes. */
    String env() {
        var values = new LinkedHashMap<String, String>();
        values.put("TRUNKLINE_URL", url);
        demo.ifPresent(known -> known.putInto(values));
        values.putAll(operator);
        values.put("TRUNKLINE_SIMULATORS_URL", simulators.toString());
        values.put("TRUNKLINE_MAILBOX_URL", mailbox.toString());
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "='" + entry.getValue().replace("'", "'\\''") + "'\n")
                .collect(Collectors.joining());
    }

    /** For people. */
    String text(Path data) {
        var text = new StringBuilder("\nTrunkline is up.\n\n");
        var lines = new LinkedHashMap<String, String>();
        lines.put("API", url + "/enterprise");
        lines.put("The API, described", url + "/docs");
        lines.put("Mailbox", mailbox.toString());
        lines.put("Simulated network", simulators.toString());
        lines.put("Metrics, health", metrics);
        demo.ifPresent(known -> {
            lines.put("Demo organization", known.organization());
            lines.put("Client id", known.clientId());
            lines.put("Client secret", known.secret());
        });
        lines.put("All of it for scripts", data.resolve("demo.env").toString());
        lines.put("Logs", data.resolve("logs").toString());
        lines.forEach((name, value) -> text.append("  %-22s %s%n".formatted(name, value)));
        demo.ifPresent(known -> text.append("\nTry it:\n\n").append(curl(known)).append('\n'));
        return text.toString();
    }

    private String curl(Demo.Credentials client) {
        String trust = certificate.map(file -> " --cacert '" + file + "'").orElse("");
        return "curl -s%s %s/enterprise/accounts -H \"Authorization: Bearer $(curl -s%s %s%s"
                        .formatted(trust, url, trust, url, TOKEN_PATH)
                + " -d grant_type=client_credentials -d client_id=%s -d client_secret=%s"
                        .formatted(client.clientId(), client.secret())
                + " | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\"\n";
    }

    /** The values of a {@code demo.env} that {@link #env} wrote. */
    static Map<String, String> read(String env) {
        return env.lines()
                .filter(line -> line.matches("TRUNKLINE_[A-Z0-9_]+='.*'"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 2, line.length() - 1)
                                .replace("'\\''", "'")));
    }
}
