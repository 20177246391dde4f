package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Usage that comes in while something else is measured: a file, and the next one when the server has taken it. */
final class UsageFeeder implements AutoCloseable {
    private static final int RECORDS = 5_000;
    private static final Duration SPREAD = Duration.ofDays(2);
    private static final long LOOK_AGAIN_MILLIS = 100;
    private static final long SEED = 13;

    private final Installation installation;
    private final List<String> imsis;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicLong taken = new AtomicLong();
    private final Thread thread;

    UsageFeeder(Installation installation, List<String> imsis) {
        this.installation = installation;
        this.imsis = imsis;
        this.thread = Thread.ofPlatform().daemon().name("usage").start(this::feed);
    }

    private void feed() {
        var random = new Random(SEED);
        try {
            boolean more = true;
            for (int number = 0; more; number++) {
                var file = new UsageFile(installation, "memory-" + System.currentTimeMillis() + "-" + number + "-");
                file.write(RECORDS, SPREAD, random, () -> imsis.get(random.nextInt(imsis.size())));
                file.drop();
                do {
                    more = !stopping.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                } while (more && !file.isTaken());
                taken.addAndGet(file.isTaken() ? RECORDS : 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Records of the files that the server has taken. */
    long taken() {
        return taken.get();
    }

    @Override
    public void close() {
        stopping.countDown();
        Await.end(thread);
    }
}
