package io.trunkline.benchmarks;

import io.trunkline.database.Connections;
import io.trunkline.database.DatabaseSettings;
import io.trunkline.keys.MasterKeys;
import io.trunkline.keys.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.json.JsonMapper;

/** Trunkline on a data directory, started as anybody starts it: with the launcher, in processes of its own. */
final class Installation implements AutoCloseable {
    private static final long PATIENCE_SECONDS = Duration.ofMinutes(30).toSeconds();
    /** Threads that take a connection again and again get ahead of those that wait; requests come one by one. */
    private static final Duration LIMIT_WAIT = Duration.ofMinutes(1);

    /** What the demo's clients end in, one for each organization. */
    private static final List<String> DEMO = List.of("", "_2");

    private final Path data;
    private final Path launcher;
    private final Path log;

    private Installation(Path data, Path launcher, Path log) {
        this.data = data;
        this.launcher = launcher;
        this.log = log;
    }

    /** On a directory; nothing is started. */
    static Installation on(Settings settings, String name) {
        Path data = settings.data().resolve(name);
        try {
            Files.createDirectories(settings.data());
            Files.createDirectories(settings.results());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Installation(
                data, settings.home().resolve("trunkline"), settings.results().resolve(name + ".log"));
    }

    /** With this much data, loaded unless it was by an earlier run, and up. */
    static Installation loaded(Settings settings, boolean large) {
        Settings.Size size = settings.size(large);
        var installation = on(settings, size.name());
        if (!installation.isLoaded()) {
            Console.say("The data is loaded once and kept in " + installation.data + ".");
            installation.run(
                    true,
                    "load",
                    "--data",
                    installation.data.toString(),
                    "--subscriptions",
                    Integer.toString(size.subscriptions()),
                    "--items",
                    Integer.toString(size.items()));
        }
        installation.up();
        return installation;
    }

    /** With the demo's organizations and stock, made unless it was by an earlier run, and up. */
    static Installation demo(Settings settings, String name) {
        var installation = on(settings, name);
        installation.started(installation.process(
                false, "up", "--data", installation.data.toString(), "--demo", "small", "--detach"));
        return installation;
    }

    private boolean isLoaded() {
        return Files.exists(data.resolve("load.clients"));
    }

    /** Returns when it answers. */
    private void up() {
        started(starting());
    }

    /** Begins to start; the process ends when it is up. */
    Process starting() {
        return process(false, "up", "--data", data.toString(), "--demo", "none", "--detach");
    }

    /** It is up. */
    void started(Process starting) {
        ended(starting, "up");
    }

    void down() {
        run(false, "down", "--data", data.toString());
    }

    private void run(boolean shown, String... arguments) {
        ended(process(shown, arguments), String.join(" ", arguments));
    }

    private void ended(Process process, String what) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, java.util.concurrent.TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroy();
                throw new IllegalStateException(what + " failed, see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Process process(boolean shown, String... arguments) {
        try {
            var all = new ArrayList<>(List.of(launcher.toString()));
            all.addAll(List.of(arguments));
            var builder = new ProcessBuilder(all);
            if (shown) {
                builder.inheritIO();
            } else {
                builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            }
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data() {
        return data;
    }

    String url() {
        return fact("TRUNKLINE_URL");
    }

    /** Where the simulated network is controlled. */
    String simulatorsUrl() {
        return fact("TRUNKLINE_SIMULATORS_URL");
    }

    /** The key of the demo's first organization. */
    String organization() {
        return fact("TRUNKLINE_ORGANIZATION");
    }

    private String fact(String name) {
        return read("demo.env")
                .lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(line.indexOf('\'') + 1, line.lastIndexOf('\'')))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("demo.env tells no " + name));
    }

    /** Secrets by client, the largest organization's first; of the demo its first organization's. */
    Map<String, String> clients() {
        if (!isLoaded()) {
            return Map.of(fact("TRUNKLINE_CLIENT_ID"), fact("TRUNKLINE_CLIENT_SECRET"));
        }
        var clients = new LinkedHashMap<String, String>();
        read("load.clients").lines().map(line -> line.split(" ", 2)).forEach(words -> clients.put(words[0], words[1]));
        return clients;
    }

    /** Secrets of the demo's clients that may do everything, by client; in the order of {@link #organizations}. */
    Map<String, String> senders() {
        var clients = new LinkedHashMap<String, String>();
        for (String suffix : DEMO) {
            clients.put(fact("TRUNKLINE_CLIENT_ID" + suffix), fact("TRUNKLINE_CLIENT_SECRET" + suffix));
        }
        return clients;
    }

    /** The keys of the demo's organizations. */
    List<String> organizations() {
        return DEMO.stream()
                .map(suffix -> fact("TRUNKLINE_ORGANIZATION" + suffix))
                .toList();
    }

    /** Where the simulated SMSC listens on loopback. */
    int smppPort() {
        return new JsonMapper()
                .readTree(read("simulators/simulators.json"))
                .path("smpp_port")
                .intValue();
    }

    /** Tells the simulated network something; the body is JSON. */
    void control(String method, String path, String body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(fact("TRUNKLINE_SIMULATORS_URL") + path))
                            .header("Content-Type", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(method + " " + path + ": " + answer.statusCode());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The owner's JDBC URL. */
    String databaseUrl() {
        return "jdbc:postgresql://127.0.0.1:" + read("postgres/port").strip() + "/postgres?user=postgres&password="
                + read("postgres/password").strip();
    }

    Path masterKey() {
        return data.resolve("keys").resolve("master.key");
    }

    /** Pools as the server has them: same size, same settings, same roles, but more patient. */
    Connections connections() {
        String secret = new Vault(MasterKeys.read(masterKey())).sharedSecret("requests-role");
        return new Connections(
                new DatabaseSettings(
                        databaseUrl(),
                        "",
                        DatabaseSettings.DEFAULT_REQUEST_CONNECTIONS,
                        DatabaseSettings.DEFAULT_OWNER_CONNECTIONS,
                        LIMIT_WAIT,
                        DatabaseSettings.DEFAULT_STATEMENT_TIMEOUT),
                secret);
    }

    private String read(String file) {
        try {
            return Files.readString(data.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server and PostgreSQL with its backends; without the simulated network. */
    List<Long> processes() {
        return Stream.concat(Stream.of(server()), postgres().stream()).toList();
    }

    /** PostgreSQL with its backends. */
    List<Long> postgres() {
        long postgres = Long.parseLong(read("run/postgres.pid").strip());
        Stream<Long> backends = ProcessHandle.of(postgres).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid);
        return Stream.concat(Stream.of(postgres), backends).toList();
    }

    /** The server alone. */
    long server() {
        return Long.parseLong(read("run/server.pid").strip());
    }

    /** The simulated network. */
    long simulators() {
        return Long.parseLong(read("run/simulators.pid").strip());
    }

    /** Stops it and forgets all that it has. */
    void remove() {
        down();
        try {
            FileSystemUtils.deleteRecursively(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        down();
    }
}
