package io.trunkline.box;

import io.trunkline.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The simulated network, a process of its own that outlives the server: what a peer has done does not come undone with
 * us. One that runs already is taken over when it is of this build.
 */
final class SimulatorsNeighbour extends Neighbour {
    private static final String MAIN = "io.trunkline.simulators.Main";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final int LAUNCHES = 3;
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final long WATCH_MILLIS = 250;

    private final Path state;
    private final String build;
    private Optional<Running> running = Optional.empty();

    SimulatorsNeighbour(DataDirectory data, String build) {
        super("simulators", data);
        this.state = data.resolve("simulators");
        this.build = build;
    }

    /** What the process tells of itself. */
    record Facts(
            long pid,
            URI control,
            URI smdp,
            String smtpHost,
            int smtpPort,
            int imapPort,
            String hlrHost,
            int hlrPort,
            String smppHost,
            int smppPort,
            URI mailbox) {}

    private record Running(ProcessHandle process, Facts facts) {}

    synchronized Facts facts() {
        return current().facts();
    }

    private synchronized Running current() {
        return running.orElseThrow(() -> new IllegalStateException("the simulators were not started"));
    }

    /** Where the server looks for files of usage. */
    static Path usageDrop(DataDirectory data) {
        return data.resolve("usage", "drop");
    }

    /**
     * A server that is killed while it starts them again leaves a process that takes the state a moment later: whoever
     * comes second to it looks again.
     */
    @Override
    long launch() {
        for (int attempt = 1; ; attempt++) {
            try {
                return launchOnce();
            } catch (BoxException e) {
                if (attempt == LAUNCHES || runningOn(state).isEmpty()) {
                    throw e;
                }
            }
        }
    }

    private long launchOnce() {
        Optional<ProcessHandle> left = runningOn(state);
        if (left.isPresent() && isOfThisBuild(left.get())) {
            adopt(left.get());
            return left.get().pid();
        }
        stop(state);
        Process child = spawn();
        adopt(child.toHandle());
        data().write(builtBy(), child.pid() + " " + build + "\n");
        return child.pid();
    }

    private Path builtBy() {
        return data().resolve("run", "simulators.build");
    }

    private boolean isOfThisBuild(ProcessHandle process) {
        return data().read(builtBy()).equals(Optional.of(process.pid() + " " + build + "\n"));
    }

    private void adopt(ProcessHandle process) {
        Facts facts = awaitFacts(process);
        synchronized (this) {
            running = Optional.of(new Running(process, facts));
        }
    }

    private Process spawn() {
        Path log = data().resolve("logs", "simulators.log");
        var command = new ArrayList<String>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            // A session of its own: a terminal's Ctrl-C is for the server, which then ends this one.
            command.add("/usr/bin/setsid");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JavaOptions.ofChild());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(
                MAIN,
                "--state",
                state.toString(),
                "--usage-drop",
                usageDrop(data()).toString()));
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new BoxException("the simulators cannot be started: " + e, e);
        }
    }

    private Facts awaitFacts(ProcessHandle process) {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (true) {
            Optional<Facts> told = factsIn(state).filter(facts -> facts.pid() == process.pid());
            if (told.isPresent()) {
                return told.get();
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new BoxException("the simulators do not start, see " + data().resolve("logs", "simulators.log"));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static Optional<Facts> factsIn(Path state) {
        try {
            Path file = state.resolve("simulators.json");
            return Files.exists(file) ? Optional.of(parse(Files.readString(file))) : Optional.empty();
        } catch (IOException | JacksonException e) {
            // It is just being written or deleted.
            return Optional.empty();
        }
    }

    private static Facts parse(String text) {
        JsonNode json = Json.parse(text);
        return new Facts(
                json.path("pid").longValue(),
                URI.create(json.path("control_url").stringValue()),
                URI.create(json.path("smdp_url").stringValue()),
                json.path("smtp_host").stringValue(),
                json.path("smtp_port").intValue(),
                json.path("imap_port").intValue(),
                json.path("hlr_host").stringValue(),
                json.path("hlr_port").intValue(),
                json.path("smpp_host").stringValue(),
                json.path("smpp_port").intValue(),
                URI.create(json.path("mailbox_url").stringValue()));
    }

    /**
     * The process that works on this state: it holds the lock there. By the lock and not by a remembered process id,
     * which may be another program's by now.
     */
    static Optional<ProcessHandle> runningOn(Path state) {
        Path lock = lock(state);
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (isHeld(lock)) {
            Optional<ProcessHandle> holder = factsIn(state).flatMap(facts -> ProcessHandle.of(facts.pid()));
            if (holder.isPresent()) {
                return holder;
            }
            if (System.nanoTime() > end) {
                throw new BoxException("something holds " + lock + " and does not tell what it is: end it by hand");
            }
            // It has the lock and is still starting.
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return Optional.empty();
    }

    private static Path lock(Path state) {
        return state.resolve("simulators.lock");
    }

    private static boolean isHeld(Path lock) {
        if (Files.notExists(lock)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken == null;
        } catch (IOException e) {
            throw new BoxException(lock + " cannot be looked at: " + e, e);
        }
    }

    /** Ends the process that works on this state, and waits until it works on it no more. */
    static void stop(Path state) {
        Optional<ProcessHandle> process = runningOn(state);
        process.ifPresent(ProcessHandle::destroy);
        long end = System.nanoTime() + STOP_PATIENCE.toNanos();
        while (isHeld(lock(state))) {
            if (System.nanoTime() > end) {
                process.ifPresent(ProcessHandle::destroyForcibly);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    /** The devices' progress is reported to that port of this machine's loopback; it is remembered over restarts. */
    static void reportTo(Facts facts, int port) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(facts.control().resolve("/devices"))
                .timeout(START_PATIENCE)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        Json.text(json -> json.text("report_to", "http://127.0.0.1:" + port))))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new BoxException("the simulated SM-DP+ does not take the address that it is to report to: "
                        + answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            throw new BoxException("the simulated SM-DP+ cannot be told where to report to: " + e, e);
        }
    }

    /** By the lock: of a process that is not our child nobody may tell, and a zombie is alive to most who ask. */
    @Override
    void awaitEnd() throws InterruptedException {
        CompletableFuture<ProcessHandle> exit = current().process().onExit();
        while (isHeld(lock(state))) {
            try {
                exit.get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                // Still there, or nobody tells.
            } catch (ExecutionException e) {
                throw new IllegalStateException("the end of a process cannot be awaited", e);
            }
        }
    }

    @Override
    void end() {
        stop(state);
    }
}
