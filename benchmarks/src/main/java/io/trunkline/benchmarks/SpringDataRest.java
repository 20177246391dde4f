package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.DatabaseSettings;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Id;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The same tables by Spring Data REST, in a process of its own with the server's heap and as many connections. It acts
 * as their owner, whom row-level security does not concern, and takes the server's tokens.
 */
final class SpringDataRest implements AutoCloseable {
    private static final String PAGE = "size=100&sort=startedAt,desc&sort=id,desc";
    /** Letters of the table that are not the first of the value's. */
    private static final Map<String, String> LETTERS = Map.of("in_bundle", "b", "out_of_bundle", "o");

    private final Installation installation;
    private final Process process;
    private final int port;

    private SpringDataRest(Installation installation, Process process, int port) {
        this.installation = installation;
        this.process = process;
        this.port = port;
    }

    private static Path programs() {
        return Path.of(System.getProperty("trunkline.spring-data-rest", "none"));
    }

    static boolean isBuilt() {
        return Files.isDirectory(programs());
    }

    /** Returns when it takes connections. */
    static SpringDataRest start(Installation installation, Settings settings) {
        int port = freePort();
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xms64m",
                "-Xmx512m",
                "-XX:MaxNewSize=96m",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                programs() + "/*",
                "io.trunkline.springdatarest.Application"));
        Map.of(
                        "server.port",
                        Integer.toString(port),
                        "spring.datasource.url",
                        installation.databaseUrl() + "&currentSchema=" + Connections.SCHEMA,
                        "spring.datasource.hikari.maximum-pool-size",
                        Integer.toString(DatabaseSettings.DEFAULT_REQUEST_CONNECTIONS),
                        "spring.datasource.hikari.connection-timeout",
                        "120000",
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
                        installation.url() + Tokens.REALM + "/certs")
                .forEach((name, value) -> command.add("--" + name + "=" + value));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            settings.results().resolve("spring-data-rest.log").toFile())
                    .start();
            var started = new SpringDataRest(installation, process, port);
            Await.until("Spring Data REST", () -> !process.isAlive() || started.answers());
            if (!process.isAlive()) {
                throw new IllegalStateException("Spring Data REST has ended, see spring-data-rest.log");
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Itself, and PostgreSQL. */
    List<Long> processes() {
        return Stream.concat(Stream.of(process.pid()), installation.postgres().stream())
                .toList();
    }

    /** What asks it for the same as a request of ours does. */
    static Ask same(Ask ours) {
        int at = ours.path().indexOf('?');
        if (at < 0) {
            String id = ours.path().substring(ours.path().lastIndexOf('/') + 1);
            return new Ask(ours.client(), "/subscriptions/" + uuid(id) + "?projection=whole", "");
        }
        var given = new LinkedHashMap<String, String>();
        Stream.of(ours.path().substring(at + 1).split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> !pair[0].equals("limit"))
                .forEach(pair -> given.put(pair[0], pair[1]));
        var filters = new ArrayList<String>();
        var values = new StringBuilder();
        boolean dated = given.containsKey("from-date");
        given.forEach((name, value) -> {
            switch (name) {
                case "from-date" -> values.append("from=").append(value).append("T00:00:00Z&");
                case "to-date" -> values.append("to=").append(value).append("T23:59:59.999999Z&");
                default -> {
                    String property = camel(name);
                    filters.add(Character.toUpperCase(property.charAt(0)) + property.substring(1));
                    values.append(property)
                            .append('=')
                            .append(value(name, value))
                            .append('&');
                }
            }
        });
        if (dated) {
            filters.add("StartedAtBetween");
        }
        String method = filters.isEmpty() ? "findAllBy" : "findBy" + String.join("And", filters);
        return new Ask(ours.client(), "/usageItems/search/" + method + "?" + values + PAGE, "");
    }

    /** {@code costType} of {@code cost-type}. */
    private static String camel(String name) {
        int dash = name.indexOf('-');
        return dash < 0
                ? name
                : name.substring(0, dash) + Character.toUpperCase(name.charAt(dash + 1)) + name.substring(dash + 2);
    }

    private static String value(String name, String value) {
        return switch (name) {
            case "type", "direction", "cost-type" -> LETTERS.getOrDefault(value, value.substring(0, 1));
            case "msisdn" -> value.replace("+", "");
            default -> uuid(value);
        };
    }

    private static String uuid(String id) {
        return Stream.of(SubscriptionId.parse(id), SubscriberId.parse(id), AccountId.parse(id))
                .flatMap(Optional::stream)
                .map(Id::value)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(id + " is no id of a known kind"))
                .toString();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
