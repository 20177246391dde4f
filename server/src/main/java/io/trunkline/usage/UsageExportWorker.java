package io.trunkline.usage;

import io.trunkline.database.DatabaseException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Gives exports their turns, as many side by side as are set. */
@Component
class UsageExportWorker implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(UsageExportWorker.class);

    /** How long a stop waits for parts that are being written. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final UsageExportWork work;
    private final List<Loop> loops;
    private volatile boolean running;

    UsageExportWorker(UsageExportWork work, UsageExportSettings settings) {
        this.work = work;
        this.loops = IntStream.range(0, settings.workers())
                .mapToObj(number -> new Loop("usage-exports-" + number, settings.poll(), DRAIN))
                .toList();
    }

    @Override
    public void start() {
        running = true;
        loops.forEach(loop -> loop.start(() -> turns(loop)));
    }

    /** As long as there are any. */
    private void turns(Loop loop) {
        try {
            boolean had;
            do {
                had = work.turn(() -> !loop.isStopped());
            } while (had && !loop.isStopped());
        } catch (DatabaseException e) {
            log.warn("exports wait: {}", e.getMessage());
        }
    }

    @Override
    public void stop() {
        loops.forEach(Loop::stop);
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
