package io.trunkline.network.hlr;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A few connections to one HLR, opened when they are needed and replaced when they are lost. */
final class CtrlLink implements AutoCloseable {
    private final CtrlSettings settings;
    private final Backoff backoff;
    private final List<Slot> slots;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean closed;

    CtrlLink(CtrlSettings settings) {
        this.settings = settings;
        this.backoff = new Backoff(settings.longestBackoff());
        this.slots = IntStream.range(0, settings.connections())
                .mapToObj(_ -> new Slot())
                .toList();
    }

    /** What came of each command, in their order. They are sent together, and the HLR takes them in this order. */
    List<CtrlReply> exchange(CtrlCommand... commands) {
        List<CtrlCommand> bundle = List.of(commands);
        long end = System.nanoTime() + settings.commandTimeout().toNanos();
        List<CtrlReply> replies = attempt(bundle, settings.commandTimeout());
        // A connection can be lost without our having noticed. Another one may do, in what is left of the time.
        Duration left = Duration.ofNanos(end - System.nanoTime());
        boolean again = replies.stream().allMatch(CtrlReply.NotSent.class::isInstance)
                && left.isPositive()
                && !backoff.isPausing()
                && !closed;
        return again ? attempt(bundle, left) : replies;
    }

    /** How many connections are open, as far as we have noticed. */
    long openConnections() {
        return slots.stream().filter(Slot::isOpen).count();
    }

    private List<CtrlReply> attempt(List<CtrlCommand> commands, Duration timeout) {
        try {
            return slots.get(Math.floorMod(turn.getAndIncrement(), slots.size()))
                    .connection()
                    .exchange(commands, timeout);
        } catch (IOException e) {
            CtrlReply notSent = new CtrlReply.NotSent(settings.host() + ":" + settings.port() + ": " + e.getMessage());
            return commands.stream().map(_ -> notSent).toList();
        }
    }

    private final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable CtrlConnection current;

        /** @throws IOException where there is none and none can be had for now */
        CtrlConnection connection() throws IOException {
            lock();
            try {
                CtrlConnection open = current;
                if (open == null || !open.isOpen()) {
                    open = connect();
                    current = open;
                }
                return open;
            } finally {
                lock.unlock();
            }
        }

        boolean isOpen() {
            lock.lock();
            try {
                return current != null && current.isOpen();
            } finally {
                lock.unlock();
            }
        }

        /** Who waits here waits for another one's attempt to connect. */
        private void lock() throws IOException {
            try {
                if (!lock.tryLock(2 * settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new IOException("no connection within " + settings.connectTimeout());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted before anything was sent", e);
            }
        }

        private CtrlConnection connect() throws IOException {
            if (closed) {
                throw new IOException("the door to the HLR was closed");
            }
            if (backoff.isPausing()) {
                throw new IOException("it could not be reached a moment ago");
            }
            try {
                CtrlConnection made = CtrlConnection.open(
                        new InetSocketAddress(settings.host(), settings.port()), settings.connectTimeout());
                backoff.succeeded();
                return made;
            } catch (IOException e) {
                backoff.failed();
                throw e;
            }
        }

        void close() {
            lock.lock();
            try {
                if (current != null) {
                    current.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        slots.forEach(Slot::close);
    }
}
