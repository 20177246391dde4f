package io.trunkline.benchmarks;

import java.time.Duration;
import java.util.List;

/** Sends requests over and over, in their order, on so many connections. */
interface LoadClient {
    /**
     * Runs for a while.
     *
     * @throws IllegalStateException where anything but 200 was answered
     */
    Sample run(String url, List<Call> calls, int connections, Duration duration);

    String name();

    /** wrk where it is installed. */
    static LoadClient best() {
        return Wrk.isInstalled() ? new Wrk() : new JdkClient();
    }
}
