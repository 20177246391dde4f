package io.trunkline.usage;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a file's batches in, one after the other: while one is written, the next is read and judged. What it is judged
 * by is known from the batches before; where that turns out to be no longer so, when it is written, the batch is taken
 * anew by itself with all that it needs locked, and so are some after it, for somebody else seems to be at the same.
 *
 * @param <P> what a source's position is
 */
final class FeedPipe<P> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FeedPipe.class);
    /** So many batches after one that had to be taken anew. */
    private static final int CAREFULLY = 8;

    private final Feed feed;
    private final FeedStore.Source source;
    private final Place<P> place;
    private final KnownWorld known = new KnownWorld();
    private final ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor();
    private P position;
    private Optional<Writing<P>> writing = Optional.empty();
    private int carefully;

    /** How a source's position is kept. */
    interface Place<P> {
        /** It throws where the position is not what it was expected to be. */
        void check(FeedStore.Source locked, P expected);

        String json(P position);
    }

    /** A batch that is being written. */
    private record Writing<P>(FeedBatch batch, BiFunction<P, FeedCounts, P> next, FeedCounts counts, Future<?> done) {}

    FeedPipe(Feed feed, FeedStore.Source source, Place<P> place, P position) {
        this.feed = feed;
        this.source = source;
        this.place = place;
        this.position = position;
    }

    /** Takes a batch; where the position is after it is told by what has become of it. */
    void put(FeedBatch batch, BiFunction<P, FeedCounts, P> next) {
        feed.cover(batch);
        if (carefully == 0 && feed.isOld(known)) {
            settle();
            feed.forget(known);
        }
        if (carefully == 0) {
            FeedRound round = feed.judge(source, batch, known);
            if (settle()) {
                write(batch, round, next);
                return;
            }
        }
        carefully--;
        takeAlone(batch, next);
    }

    /** Where the position is once all of it is written. */
    P finish() {
        settle();
        return position;
    }

    private void write(FeedBatch batch, FeedRound round, BiFunction<P, FeedCounts, P> next) {
        P before = position;
        P after = next.apply(before, round.counts());
        Future<?> done = writer.submit(
                () -> feed.write(source.name(), round, locked -> place.check(locked, before), place.json(after)));
        writing = Optional.of(new Writing<>(batch, next, round.counts(), done));
    }

    /** Waits for the one that is being written. False where it had to be taken anew: what was known is not so. */
    private boolean settle() {
        Optional<Writing<P>> last = writing;
        writing = Optional.empty();
        if (last.isEmpty()) {
            return true;
        }
        Writing<P> one = last.get();
        try {
            one.done().get();
            position = one.next().apply(position, one.counts());
            return true;
        } catch (ExecutionException e) {
            log.info("a batch of {} is taken anew: {}", source.name(), String.valueOf(e.getCause()));
            feed.forget(known);
            carefully = CAREFULLY;
            takeAlone(one.batch(), one.next());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a batch was written", e);
        }
    }

    private void takeAlone(FeedBatch batch, BiFunction<P, FeedCounts, P> next) {
        P before = position;
        FeedCounts counts = feed.take(
                source.name(),
                batch,
                locked -> place.check(locked, before),
                taken -> place.json(next.apply(before, taken)));
        position = next.apply(before, counts);
    }

    /** What is being written ends. */
    @Override
    public void close() {
        writer.close();
    }
}
