package io.trunkline.stories;

import io.trunkline.Trunkline;
import io.trunkline.keys.MasterKeys;
import io.trunkline.postgres.ThrowawayPostgres;
import io.trunkline.security.Clients;
import io.trunkline.security.Licence;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** A whole server on a database of its own, with a simulated network of its own. */
public final class RunningServer implements AutoCloseable {
    private final Simulators simulators;
    private final ConfigurableApplicationContext context;
    private final Path directory;
    private final ThrowawayPostgres.Database database;

    private RunningServer(
            Simulators simulators,
            ConfigurableApplicationContext context,
            Path directory,
            ThrowawayPostgres.Database database) {
        this.simulators = simulators;
        this.context = context;
        this.directory = directory;
        this.database = database;
    }

    public static RunningServer start() {
        return start(Map.of());
    }

    /** With further properties of the server. */
    public static RunningServer start(Map<String, String> properties) {
        return start(_ -> properties);
    }

    /** With further properties that depend on where the simulated network is. */
    static RunningServer start(Function<Simulators, ? extends Map<String, String>> further) {
        try {
            Path directory = Files.createTempDirectory("trunkline-server");
            Simulators simulators = Simulators.start(SimulatorsConfig.of(directory.resolve("simulators")));
            MasterKeys.readOrCreate(directory.resolve("master.key"));
            ThrowawayPostgres.Database database = ThrowawayPostgres.createDatabase();
            Map<String, String> properties = further.apply(simulators);
            return new RunningServer(
                    simulators, boot(directory, simulators, database, properties), directory, database);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One more server on the same database and network. */
    public ConfigurableApplicationContext second(Map<String, String> properties) {
        return boot(directory, simulators, database, properties);
    }

    private static ConfigurableApplicationContext boot(
            Path directory,
            Simulators simulators,
            ThrowawayPostgres.Database database,
            Map<String, String> properties) {
        var all = new HashMap<String, Object>(Map.of(
                "server.port", "0",
                "trunkline.master-key-file", directory.resolve("master.key").toString(),
                "trunkline.database.url", database.url(),
                "trunkline.smdp.url", simulators.smdpUrl().toString(),
                "trunkline.mail.host", simulators.smtpHost(),
                "trunkline.mail.port", Integer.toString(simulators.smtpPort()),
                "trunkline.database.request-connections", "12",
                "trunkline.database.owner-connections", "8"));
        all.putAll(Map.of(
                "trunkline.hlr.host", simulators.hlrHost(),
                "trunkline.hlr.port", Integer.toString(simulators.hlrPort()),
                "trunkline.smsc.host", simulators.smppHost(),
                "trunkline.smsc.port", Integer.toString(simulators.smppPort()),
                "trunkline.smdp.inbound-port", "0",
                "trunkline.orders.first-retry", "50ms",
                "trunkline.orders.longest-retry", "400ms",
                "trunkline.orders.poll", "200ms",
                "trunkline.orders.circuit-pause", "200ms",
                "trunkline.chores.poll", "500ms"));
        all.put("trunkline.smsc.response-timeout", "5s");
        all.put("trunkline.sms.poll", "200ms");
        all.put("trunkline.sms.first-retry", "50ms");
        all.put("trunkline.sms.longest-retry", "400ms");
        if (properties.containsKey("trunkline.mail.bounces.every")) {
            all.putAll(Map.of(
                    "trunkline.mail.bounces.address", "bounces+{token}@trunkline.invalid",
                    "trunkline.mail.bounces.host", simulators.smtpHost(),
                    "trunkline.mail.bounces.port", Integer.toString(simulators.imapPort()),
                    "trunkline.mail.bounces.username", "bounces@trunkline.invalid",
                    "trunkline.mail.bounces.password", "simulated"));
        }
        all.putAll(properties);
        var application = new SpringApplication(Trunkline.class);
        application.setDefaultProperties(all);
        application.setRegisterShutdownHook(false);
        return application.run(all.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
    }

    /** Where it listens, without a trailing slash. */
    public String url() {
        return urlOf(context);
    }

    public static String urlOf(ConfigurableApplicationContext context) {
        if (context instanceof WebServerApplicationContext web && web.getWebServer() != null) {
            return "http://127.0.0.1:" + web.getWebServer().getPort();
        }
        throw new IllegalStateException("the context has no web server");
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public Simulators simulators() {
        return simulators;
    }

    public ThrowawayPostgres.Database database() {
        return database;
    }

    /** A new organization with what it needs to order, and a client that has all licences. */
    public World world(String key) {
        return World.create(this, key, Licence.ofOrganizations());
    }

    Clients clients() {
        return bean(Clients.class);
    }

    @Override
    public void close() {
        context.close();
        simulators.close();
        try {
            if (!FileSystemUtils.deleteRecursively(directory)) {
                throw new IllegalStateException(directory + " was gone before its server");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
