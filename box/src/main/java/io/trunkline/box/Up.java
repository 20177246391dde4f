package io.trunkline.box;

import io.trunkline.box.demo.Demo;
import io.trunkline.keys.MasterKeys;
import io.trunkline.network.smdp.InboundEs2Plus;
import io.trunkline.security.Clients;
import io.trunkline.web.PublicUrl;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.PropertyResolver;

/** Brings the whole up on one data directory, or finds that it is up already. */
final class Up implements AutoCloseable {
    /** A drain may take: requests and steps under way, then PostgreSQL's checkpoint. */
    static final Duration DRAIN_PATIENCE = Duration.ofSeconds(90);

    private static final Duration READY_PATIENCE = Duration.ofMinutes(5);
    private static final int STARTS = 3;
    private static final long LOOK_AGAIN_NANOS = 20_000_000;
    static final String KEY_FILE_VARIABLE = "TRUNKLINE_MASTER_KEY_FILE";

    private final UpOptions options;
    private final DataDirectory data;
    private final String build;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private final Extra extra;

    private Up(UpOptions options, DataDirectory data, String build, Extra extra) {
        this.options = options;
        this.data = data;
        this.build = build;
        this.extra = extra;
    }

    /** What one start has beyond the usual: settings of PostgreSQL, properties of the server. */
    private record Extra(Map<String, String> postgres, Map<String, Object> server) {
        static final Extra NONE = new Extra(Map.of(), Map.of());
    }

    /**
     * Brings everything up on a directory that nobody uses, has the work done and takes everything down again. Ports
     * that were taken meanwhile are chosen anew, as in {@link #run}.
     *
     * @throws BoxException where somebody uses it
     */
    static void once(
            UpOptions options,
            String build,
            Map<String, String> postgres,
            Map<String, Object> properties,
            Consumer<Server> work) {
        for (int start = 1; ; start++) {
            try {
                tryOnce(options, build, new Extra(postgres, properties), work);
                return;
            } catch (RuntimeException e) {
                requireAnotherStart(options, start, e);
            }
        }
    }

    private static void tryOnce(UpOptions options, String build, Extra extra, Consumer<Server> work) {
        DataDirectory data = DataDirectory.open(options.data());
        DataDirectory.Lock lock = data.tryLock(build);
        try (var up = new Up(options, data, build, extra)) {
            up.opened.push(lock.ours()
                    .orElseThrow(() -> new BoxException("the server "
                            + lock.holder().map(DataDirectory.Holder::pid).orElse(-1L) + " runs on " + data.path()
                            + ": ./trunkline down first")));
            work.accept(up.serve().server());
        }
    }

    /**
     * Runs until it is terminated; returns at once where the same build runs on the directory already. Where another
     * program takes a free port between its choice and its use, others are chosen: that is nobody's mistake.
     */
    static void run(UpOptions options, String build, PrintStream out) throws InterruptedException {
        for (int start = 1; ; start++) {
            try {
                runOnce(options, build, out);
                return;
            } catch (RuntimeException e) {
                requireAnotherStart(options, start, e);
            }
        }
    }

    /** Ends it unless it failed because somebody took a port, and another one may do. */
    private static void requireAnotherStart(UpOptions options, int start, RuntimeException e) {
        PortInUseException taken = Ports.taken(e).orElseThrow(() -> e);
        if (options.port() == taken.getPort() || start == STARTS) {
            throw new BoxException("the port " + taken.getPort() + " was taken while Trunkline started: try again", e);
        }
    }

    private static void runOnce(UpOptions options, String build, PrintStream out) throws InterruptedException {
        DataDirectory data = DataDirectory.open(options.data());
        DataDirectory.Lock lock = data.tryLock(build);
        long end = System.nanoTime() + READY_PATIENCE.toNanos();
        while (lock.ours().isEmpty()) {
            DataDirectory.Holder holder = lock.holder().orElseThrow();
            if (holder.build().equals(build)) {
                if (awaitUp(data, holder, end)) {
                    out.print(data.read(data.resolve("run", "facts")).orElse(""));
                    return;
                }
            } else if (holder.build().equals(Backup.HOLDER)) {
                throw new BoxException("a backup of " + data.path() + " is under way (process " + holder.pid()
                        + "), which has started PostgreSQL for itself: wait for its end");
            } else if (holder.pid() > 0) {
                out.println("The server " + holder.pid() + " is of another build: it drains and is replaced.");
                terminate(data, holder);
            }
            requireTime(end, data);
            lock = data.tryLock(build);
        }
        var up = new Up(options, data, build, Extra.NONE);
        up.opened.push(lock.ours().orElseThrow());
        up.open(out);
    }

    private static void requireTime(long end, DataDirectory data) {
        if (System.nanoTime() > end) {
            throw new BoxException("another process holds " + data.resolve("run", "lock")
                    + " and does not come up: see " + data.resolve("logs", "server.log"));
        }
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }

    /** Whether the other server has everything running; false where it has ended meanwhile. */
    private static boolean awaitUp(DataDirectory data, DataDirectory.Holder holder, long end) {
        while (System.nanoTime() < end) {
            if (!data.tryHolder().equals(Optional.of(holder))) {
                return false;
            }
            boolean ready = data.read(data.ready()).equals(Optional.of(holder.pid() + "\n"));
            if (ready && runs(data, "simulators") && (!usesEmbedded(data) || runs(data, "postgres"))) {
                return true;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return false;
    }

    private static boolean usesEmbedded(DataDirectory data) {
        return Files.exists(data.resolve("run", "embedded"));
    }

    private static boolean runs(DataDirectory data, String name) {
        return data.read(data.pid(name))
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,18}"))
                .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
                .map(ProcessHandle::isAlive)
                .orElse(false);
    }

    /** Lets the server of the directory drain and end. */
    static void terminate(DataDirectory data, DataDirectory.Holder holder) {
        ProcessHandle.of(holder.pid()).ifPresent(ProcessHandle::destroy);
        long end = System.nanoTime() + DRAIN_PATIENCE.toNanos();
        while (data.tryHolder().equals(Optional.of(holder))) {
            if (System.nanoTime() > end) {
                throw new BoxException("the server " + holder.pid() + " does not end; see "
                        + data.resolve("logs", "server.log") + ", or end it by: kill -9 " + holder.pid());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private void open(PrintStream out) throws InterruptedException {
        boolean done = false;
        try {
            Running running = serve();
            letDevicesReport(running.server(), running.network());
            Facts facts = facts(running.server(), running.network());
            data.write(data.demoEnv(), facts.env());
            data.write(data.resolve("run", "facts"), facts.text(data.path()));
            data.write(data.ready(), ProcessHandle.current().pid() + "\n");
            opened.push(() -> data.delete(data.ready()));
            done = true;
            out.print(facts.text(data.path()));
            out.flush();
            if (options.training()) {
                Training.exercise(facts);
                close();
                return;
            }
        } finally {
            if (!done) {
                close();
            }
        }
        Server.untilTerminated(this);
    }

    private record Running(Server server, SimulatorsNeighbour.Facts network) {}

    private Running serve() {
        data.delete(data.ready());
        data.write(data.pid("server"), ProcessHandle.current().pid() + "\n");
        opened.push(() -> data.delete(data.pid("server")));
        Path masterKey = masterKey();
        Ports ports = Ports.choose(data, options);
        var surroundings = new Surroundings();
        Server server = Server.start(defaults(masterKey, ports), surroundings, arguments(ports));
        opened.push(server);
        return new Running(server, surroundings.simulators());
    }

    /** The simulated SM-DP+ learns where to report to, unless that takes certificates that it has not. */
    private static void letDevicesReport(Server server, SimulatorsNeighbour.Facts network) throws InterruptedException {
        boolean listens = server.property("trunkline.smdp.inbound-port")
                .filter(port -> !port.isEmpty())
                .isPresent();
        boolean plain = server.property("trunkline.smdp.inbound-certificates")
                .filter(file -> !file.isEmpty())
                .isEmpty();
        if (listens && plain) {
            SimulatorsNeighbour.reportTo(
                    network, server.bean(InboundEs2Plus.class).port());
        }
    }

    /** The neighbours; started when logging works. */
    private final class Surroundings implements Server.Surroundings {
        private Optional<SimulatorsNeighbour> simulators = Optional.empty();

        SimulatorsNeighbour.Facts simulators() {
            return simulators.orElseThrow().facts();
        }

        @Override
        public Map<String, Object> start(PropertyResolver configured) {
            var found = new HashMap<String, Object>();
            SimulatorsNeighbour network = new SimulatorsNeighbour(data, build);
            // Both start side by side: each waits for its process most of the time.
            var starting = new FutureTask<>(network::start, network);
            Thread.ofVirtual().start(starting);
            try {
                startDatabase(found);
            } finally {
                // Whatever becomes of the other: what was started is ended.
                opened.push(network);
                await(starting);
            }
            simulators = Optional.of(network);
            SimulatorsNeighbour.Facts facts = network.facts();
            found.put("trunkline.smdp.url", facts.smdp().toString());
            found.put("trunkline.mail.host", facts.smtpHost());
            found.put("trunkline.mail.port", facts.smtpPort());
            if (!configured.containsProperty("trunkline.mail.host")) {
                returnToSimulated(found, facts);
            }
            found.put("trunkline.hlr.host", facts.hlrHost());
            found.put("trunkline.hlr.port", facts.hlrPort());
            found.put("trunkline.smsc.host", facts.smppHost());
            found.put("trunkline.smsc.port", facts.smppPort());
            return found;
        }

        /** Only with the simulated mail server: another one's mails come back elsewhere. */
        private void returnToSimulated(Map<String, Object> found, SimulatorsNeighbour.Facts facts) {
            found.put("trunkline.mail.bounces.address", "bounces+{token}@trunkline.invalid");
            found.put("trunkline.mail.bounces.host", facts.smtpHost());
            found.put("trunkline.mail.bounces.port", facts.imapPort());
            found.put("trunkline.mail.bounces.username", "bounces@trunkline.invalid");
            found.put("trunkline.mail.bounces.password", "simulated");
            found.put("trunkline.mail.bounces.every", "15s");
        }

        private void startDatabase(Map<String, Object> found) {
            Path embedded = data.resolve("run", "embedded");
            if (options.databaseUrl().isPresent()) {
                data.delete(embedded);
                found.put("trunkline.database.url", options.databaseUrl().get());
                options.requestsDatabaseUrl().ifPresent(url -> found.put("trunkline.database.requests-url", url));
            } else {
                var postgres = new PostgresNeighbour(data, extra.postgres());
                postgres.start();
                opened.push(postgres);
                data.write(embedded, "");
                found.put("trunkline.database.url", postgres.url());
            }
        }
    }

    /** As the environment says, else in the data directory. */
    static Path masterKeyFile(DataDirectory data) {
        return Optional.ofNullable(System.getenv(KEY_FILE_VARIABLE))
                .map(Path::of)
                .orElseGet(() -> data.resolve("keys", "master.key"));
    }

    private Path masterKey() {
        Path own = data.resolve("keys", "master.key");
        Path file = masterKeyFile(data);
        if (options.databaseUrl().isPresent() && !file.equals(own)) {
            MasterKeys.read(file);
        } else if (options.databaseUrl().isPresent()) {
            throw new BoxException("with --database-url the master key must lie where every server reads it: set "
                    + KEY_FILE_VARIABLE + " to its file");
        } else if (Files.notExists(file) && Files.exists(data.resolve("postgres", "cluster"))) {
            throw new BoxException("the master key " + file + " is gone, and without it nothing that is sealed in the"
                    + " database can be read: put it back from its backup");
        } else {
            MasterKeys.readOrCreate(file);
        }
        return file;
    }

    private Map<String, Object> defaults(Path masterKey, Ports ports) {
        var defaults = new HashMap<String, Object>();
        defaults.put("server.address", options.bind());
        defaults.put("server.port", ports.server());
        defaults.put("box.management-port", ports.management());
        // Who reports there is told at each start.
        defaults.put("trunkline.smdp.inbound-port", "0");
        defaults.put("trunkline.master-key-file", masterKey.toString());
        defaults.put("trunkline.usage.directory", data.resolve("usage").toString());
        defaults.put("logging.file.name", data.resolve("logs", "server.log").toString());
        defaults.put("logging.threshold.console", "OFF");
        defaults.putAll(extra.server());
        return defaults;
    }

    private String[] arguments(Ports ports) {
        var arguments = new ArrayList<String>();
        if (options.port() != 0) {
            arguments.add("--server.port=" + ports.server());
        }
        if (!options.bind().equals(UpOptions.DEFAULT_BIND)) {
            arguments.add("--server.address=" + options.bind());
        }
        options.publicUrl().ifPresent(url -> arguments.add("--trunkline.public-url=" + url));
        options.tlsCertificate().ifPresent(file -> arguments.add("--server.ssl.certificate=file:" + file));
        options.tlsKey().ifPresent(file -> arguments.add("--server.ssl.certificate-private-key=file:" + file));
        options.config().ifPresent(file -> arguments.add("--spring.config.additional-location=file:" + file));
        return arguments.toArray(String[]::new);
    }

    private Facts facts(Server server, SimulatorsNeighbour.Facts network) {
        Map<String, String> known = Facts.read(data.read(data.demoEnv()).orElse(""));
        Map<String, String> operator = OperatorClient.complete(server.bean(Clients.class), known);
        Optional<Demo.Credentials> demo =
                options.demo() ? Optional.of(Demo.complete(server::bean, network.control(), known)) : Optional.empty();
        return new Facts(
                server.bean(PublicUrl.class).base(),
                network.control(),
                network.mailbox(),
                "http://127.0.0.1:" + server.property("local.management.port").orElseThrow() + "/actuator",
                operator,
                demo,
                options.tlsCertificate());
    }

    private static void await(FutureTask<?> starting) {
        try {
            starting.get();
        } catch (ExecutionException e) {
            throw new BoxException(
                    String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BoxException("interrupted while starting", e);
        }
    }

    @Override
    public void close() {
        List<String> failures = new ArrayList<>();
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }
        if (!failures.isEmpty()) {
            throw new BoxException("not everything was closed: " + String.join("; ", failures));
        }
    }
}
