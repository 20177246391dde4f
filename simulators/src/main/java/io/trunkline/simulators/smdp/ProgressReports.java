package io.trunkline.simulators.smdp;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the requester how far devices have come, until it says 204. What it has not heard lies with the profile, so
 * that it survives us; a profile's reports go out one after the other, oldest first.
 */
final class ProgressReports implements AutoCloseable {
    /** What faults call it. */
    static final String OPERATION = "handleDownloadProgressInfo";

    private static final Logger LOG = LoggerFactory.getLogger(ProgressReports.class);
    private static final String PATH = "/gsma/rsp2/es2plus/" + OPERATION;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final int AT_ONCE = 16;

    private final Profiles profiles;
    private final Faults faults;
    private final Supplier<Optional<URI>> target;
    private final ScheduledExecutorService timer;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final HttpClient client;
    /** Profiles that somebody sees to. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    /** How often in a row a profile's oldest report was not taken. */
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    /** @param target the root of the requester's ES2+; empty: everything waits */
    ProgressReports(Profiles profiles, Faults faults, Supplier<Optional<URI>> target, ScheduledExecutorService timer) {
        this.profiles = profiles;
        this.faults = faults;
        this.target = target;
        this.timer = timer;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .executor(threads)
                .build();
    }

    /** Everything that waits, at once. */
    void deliverAll() {
        List<String> waiting = profiles.read(stock -> stock.touched().stream()
                .filter(profile -> !profile.waiting().isEmpty())
                .map(Profile::iccid)
                .toList());
        waiting.forEach(this::deliver);
    }

    /** What waits of that profile. */
    void deliver(String iccid) {
        if (target.get().isPresent() && !threads.isShutdown() && busy.add(iccid)) {
            threads.execute(() -> see(iccid));
        }
    }

    private Optional<Profile> waiting(String iccid) {
        return profiles.read(stock -> stock.find(iccid))
                .filter(profile -> !profile.waiting().isEmpty());
    }

    private void see(String iccid) {
        boolean taken = true;
        try {
            turns.acquire();
            try {
                Optional<Profile> next = waiting(iccid);
                while (taken && next.isPresent()) {
                    taken = isTaken(next.get());
                    next = waiting(iccid);
                }
            } finally {
                turns.release();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            busy.remove(iccid);
        }
        if (!taken) {
            int failed = failures.merge(iccid, 1, Integer::sum);
            long pause = Math.min(FIRST_PAUSE_MILLIS << Math.min(failed - 1, 10), LONGEST_PAUSE_MILLIS);
            later(iccid, pause);
        } else if (waiting(iccid).isPresent()) {
            // It came while we were leaving.
            deliver(iccid);
        }
    }

    private void later(String iccid, long millis) {
        if (!timer.isShutdown()) {
            var _ = timer.schedule(() -> deliver(iccid), millis, TimeUnit.MILLISECONDS);
        }
    }

    private boolean isTaken(Profile profile) throws InterruptedException {
        ProgressReport report = profile.waiting().getFirst();
        if (!send(profile, report)) {
            return false;
        }
        failures.remove(profile.iccid());
        profiles.execute(stock ->
                new Outcome.Executed(stock.find(profile.iccid()).orElseThrow().acknowledged(report)));
        return true;
    }

    /** With the fault that is due, if any. */
    private boolean send(Profile profile, ProgressReport report) throws InterruptedException {
        Optional<Fault> fault = faults.next(OPERATION);
        if (fault.isEmpty()) {
            return post(profile, report);
        }
        return switch (fault.get().fault()) {
            case TWICE -> {
                boolean first = post(profile, report);
                boolean second = post(profile, report);
                yield first && second;
            }
            case LATE -> {
                pause(fault.get().delay());
                yield post(profile, report);
            }
            case DROP_AFTER -> {
                // Its answer is lost: it will be told again.
                post(profile, report);
                yield false;
            }
            case REFUSE, HANG, DROP_BEFORE, GARBAGE, ERROR_500 -> false;
        };
    }

    private static void pause(Duration delay) {
        long until = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private boolean post(Profile profile, ProgressReport report) throws InterruptedException {
        Optional<URI> root = target.get();
        if (root.isEmpty()) {
            return false;
        }
        String base = root.get().toString();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header(Es2Resource.PROTOCOL_HEADER, "gsma/rsp/v2.5.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(report.body(profile))))
                .build();
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 204) {
                LOG.info("the requester answered {} to a report of {}", status, profile.iccid());
            }
            return status == 204;
        } catch (IOException away) {
            LOG.debug("the requester did not take a report of {}: {}", profile.iccid(), away.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        client.shutdownNow();
        threads.close();
        client.close();
    }
}
