package io.trunkline.simulators;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The simulators as a process of their own.
 *
 * <p>Exit codes: 0 after SIGTERM, 1 where it cannot start, 2 for wrong options, 3 where another process works on the
 * same state.
 */
public final class Main {
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final int CANNOT_START = 1;
    private static final int WRONG_OPTIONS = 2;
    private static final int STATE_IN_USE = 3;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        // A name of its own: embedded in another program, that program's logging counts.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "simulators-logback.xml");
        }
        try {
            run(CommandLine.parse(args));
        } catch (IllegalArgumentException wrong) {
            end(WRONG_OPTIONS, wrong.getMessage() + "\n" + CommandLine.USAGE);
        } catch (StateInUseException inUse) {
            end(STATE_IN_USE, String.valueOf(inUse.getMessage()));
        } catch (IOException failed) {
            end(CANNOT_START, "the simulators cannot start: " + failed.getMessage());
        }
    }

    private static void run(SimulatorsConfig config) throws IOException, InterruptedException {
        var started = new CompletableFuture<Simulators>();
        // In place before anybody can know of us: whoever reads our addresses may end us at once.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(started)));
        try {
            started.complete(Simulators.start(config));
        } catch (IOException | RuntimeException e) {
            started.completeExceptionally(e);
            throw e;
        }
        new CountDownLatch(1).await();
    }

    /** The JVM would exit with 143 after SIGTERM; halting here, with all closed, makes it the promised 0. */
    private static void stop(CompletableFuture<Simulators> started) {
        try {
            started.get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
            Runtime.getRuntime().halt(0);
        } catch (ExecutionException | TimeoutException e) {
            // They have not started: the exit code says why.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("SystemOut") // The launcher shows it to a person; there may be no logging yet.
    private static void end(int code, String message) {
        System.err.println(message);
        System.exit(code);
    }
}
