package io.trunkline.simulators;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * The simulators as a process of their own.
 *
 * <p>Exit codes: 0 after SIGTERM, 1 where it cannot start, 2 for wrong options, 3 where another process works on the
 * same state.
 */
public final class Main {
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
        Simulators simulators = Simulators.start(config);
        // The JVM would exit with 143 after SIGTERM; halting in the hook, with all closed, makes it the promised 0.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            simulators.close();
            Runtime.getRuntime().halt(0);
        }));
        new CountDownLatch(1).await();
    }

    @SuppressWarnings("SystemOut") // The launcher shows it to a person; there may be no logging yet.
    private static void end(int code, String message) {
        System.err.println(message);
        System.exit(code);
    }
}
