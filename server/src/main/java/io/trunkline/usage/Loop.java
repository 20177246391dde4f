package io.trunkline.usage;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work that is done again and again, with a pause in between, until it is stopped; what is under way then ends. */
final class Loop {
    private final String name;
    private final Duration pause;
    private final Duration drain;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> thread = Optional.empty();

    /** @param drain how long what is under way is waited for */
    Loop(String name, Duration pause, Duration drain) {
        this.name = name;
        this.pause = pause;
        this.drain = drain;
    }

    void start(Runnable work) {
        // Virtual threads are not taken turns with: one that counts for seconds would keep requests from theirs.
        thread = Optional.of(Thread.ofPlatform().daemon().name(name).start(() -> run(work)));
    }

    private void run(Runnable work) {
        try {
            do {
                work.run();
            } while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    boolean isRunning() {
        return thread.isPresent() && !isStopped();
    }

    void stop() {
        stopped.countDown();
        try {
            if (thread.isPresent()) {
                thread.get().join(drain);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
