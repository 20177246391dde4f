package io.trunkline.box;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of {@code up}.
 *
 * @param port 0: the port of the last time, else 8080, else a free one
 * @param databaseUrl JDBC URL of the owner at a PostgreSQL of the operator's own; empty: the embedded one
 * @param requestsDatabaseUrl JDBC URL of the requests' role there; empty: the owner makes the role
 * @param training whether this is the run that the build records to start faster
 */
record UpOptions(
        Path data,
        int port,
        Optional<String> publicUrl,
        Optional<String> databaseUrl,
        Optional<String> requestsDatabaseUrl,
        String bind,
        boolean demo,
        Optional<Path> tlsCertificate,
        Optional<Path> tlsKey,
        Optional<Path> config,
        boolean training) {
    static final String DEFAULT_BIND = "127.0.0.1";

    private static final Set<String> WITH_VALUE = Set.of(
            "--data",
            "--port",
            "--public-url",
            "--database-url",
            "--requests-database-url",
            "--bind",
            "--demo",
            "--tls-cert",
            "--tls-key",
            "--config");
    private static final Set<String> FLAGS = Set.of("--insecure", "--detach", "--training");

    /**
     * Reads a command line.
     *
     * @throws BoxException naming everything that is wrong with it
     */
    static UpOptions parse(List<String> arguments) {
        var faults = new ArrayList<String>();
        Map<String, String> given = split(arguments, faults);
        int port = port(given, faults);
        String bind = given.getOrDefault("--bind", DEFAULT_BIND);
        boolean tls = given.containsKey("--tls-cert");
        if (tls != given.containsKey("--tls-key")) {
            faults.add("--tls-cert and --tls-key go together: a PEM certificate (chain) and its PEM key");
        }
        if (!isLoopback(bind, faults) && !tls && !given.containsKey("--insecure")) {
            faults.add("--bind " + bind + " opens the server to the network: give --tls-cert and --tls-key, or"
                    + " --insecure where something before it speaks TLS");
        }
        String demo = given.getOrDefault("--demo", "small");
        if (!Set.of("small", "none").contains(demo)) {
            faults.add("--demo is small or none, not " + demo);
        }
        if (given.containsKey("--requests-database-url") && !given.containsKey("--database-url")) {
            faults.add("--requests-database-url goes with --database-url, the owner's");
        }
        var options = new UpOptions(
                Path.of(given.getOrDefault("--data", usualData()))
                        .toAbsolutePath()
                        .normalize(),
                port,
                Optional.ofNullable(given.get("--public-url")).map(url -> publicUrl(url, faults)),
                Optional.ofNullable(given.get("--database-url")).map(DatabaseUrls::jdbc),
                Optional.ofNullable(given.get("--requests-database-url")).map(DatabaseUrls::jdbc),
                bind,
                demo.equals("small"),
                file(given, "--tls-cert", faults),
                file(given, "--tls-key", faults),
                file(given, "--config", faults),
                given.containsKey("--training"));
        if (!faults.isEmpty()) {
            throw new BoxException(String.join("\n", faults));
        }
        return options;
    }

    static String usualData() {
        return Optional.ofNullable(System.getenv("TRUNKLINE_DATA")).orElse("data");
    }

    private static Map<String, String> split(List<String> arguments, List<String> faults) {
        var given = new HashMap<String, String>();
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i);
            int equals = name.indexOf('=');
            if (equals > 0 && WITH_VALUE.contains(name.substring(0, equals))) {
                given.put(name.substring(0, equals), name.substring(equals + 1));
            } else if (FLAGS.contains(name)) {
                given.put(name, "");
            } else if (!WITH_VALUE.contains(name)) {
                faults.add("there is no option " + name + ": see ./trunkline up --help");
            } else if (i + 1 == arguments.size()) {
                faults.add(name + " needs a value");
            } else {
                given.put(name, arguments.get(++i));
            }
        }
        return given;
    }

    private static int port(Map<String, String> given, List<String> faults) {
        String text = given.getOrDefault("--port", "0");
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65_535) {
            faults.add("--port is a number from 1 to 65535, not " + text);
        }
        return port;
    }

    private static boolean isLoopback(String bind, List<String> faults) {
        try {
            return InetAddress.getByName(bind).isLoopbackAddress();
        } catch (UnknownHostException e) {
            faults.add("--bind " + bind + " is no address of this machine");
            return true;
        }
    }

    private static String publicUrl(String text, List<String> faults) {
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && Set.of("http", "https").contains(String.valueOf(url.getScheme()))) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // The fault below says it.
        }
        faults.add("--public-url is http(s)://HOST[:PORT][/PATH], not " + text);
        return text;
    }

    private static Optional<Path> file(Map<String, String> given, String name, List<String> faults) {
        return Optional.ofNullable(given.get(name)).map(text -> {
            Path file = Path.of(text).toAbsolutePath().normalize();
            if (!Files.isReadable(file)) {
                faults.add(name + " " + text + " cannot be read");
            }
            return file;
        });
    }
}
