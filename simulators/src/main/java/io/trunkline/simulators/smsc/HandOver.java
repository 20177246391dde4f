package io.trunkline.simulators.smsc;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over receipts and texts from phones when they are due, to a bind of the system that they are for, and again
 * until it has said that it took them.
 */
final class HandOver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    /** Unanswered ones of a bind. */
    private static final int WINDOW = 500;

    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(30);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(500);

    /** Where deliver_sm can go. */
    interface Receiver {
        String system();

        /** The number that the response will carry. */
        int deliver(Outgoing one) throws IOException;
    }

    private record Sent(Outgoing one, Instant until) {}

    private final Phones phones;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
    private final PriorityQueue<Outgoing> due =
            new PriorityQueue<>(Comparator.comparingLong(Outgoing::dueMillis).thenComparingLong(Outgoing::id));
    private final Map<Receiver, Map<Integer, Sent>> receivers = new LinkedHashMap<>();
    private final List<Long> done = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    HandOver(Phones phones, Clock clock) {
        this.phones = phones;
        this.clock = clock;
        due.addAll(phones.waiting());
        this.thread = Thread.ofPlatform().name("smsc-hand-over").daemon().start(this::run);
    }

    void add(List<Outgoing> outgoing) {
        locked(() -> due.addAll(outgoing));
    }

    void bound(Receiver receiver) {
        locked(() -> receivers.put(receiver, new HashMap<>()));
    }

    void gone(Receiver receiver) {
        locked(() -> Optional.ofNullable(receivers.remove(receiver))
                .ifPresent(sent -> sent.values().forEach(one -> due.add(one.one()))));
    }

    void answered(Receiver receiver, int sequence, boolean taken) {
        locked(() -> {
            Sent sent = receivers.getOrDefault(receiver, new HashMap<>()).remove(sequence);
            if (sent != null && taken) {
                done.add(sent.one().id());
            } else if (sent != null) {
                due.add(sent.one().at(clock.instant().plus(AGAIN_AFTER)));
            }
        });
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
        // A wake that is already waiting stands for this one, too.
        boolean _ = wakes.offer(Boolean.TRUE);
    }

    private void run() {
        try {
            while (!closed) {
                long millis = step();
                if (millis > 0) {
                    Boolean _ = wakes.poll(millis, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands one over; answers how many milliseconds to wait for something to change. */
    private long step() {
        lock.lock();
        try {
            takeBackUnanswered();
            if (!done.isEmpty()) {
                phones.done(List.copyOf(done));
                done.clear();
            }
            if (sendOne()) {
                return 0;
            }
            return due.isEmpty()
                    ? AGAIN_AFTER.toMillis()
                    : Math.clamp(due.element().dueMillis() - clock.millis(), 1, AGAIN_AFTER.toMillis());
        } finally {
            lock.unlock();
        }
    }

    private void takeBackUnanswered() {
        Instant now = clock.instant();
        for (Map<Integer, Sent> sent : receivers.values()) {
            if (sent.size() == WINDOW) {
                List<Sent> late = sent.values().stream()
                        .filter(one -> one.until().isBefore(now))
                        .toList();
                late.forEach(one -> due.add(one.one()));
                sent.values().removeAll(late);
            }
        }
    }

    /** The one that is due first, where somebody can take it; false where nothing can be done now. */
    private boolean sendOne() {
        List<Outgoing> nobodys = new ArrayList<>();
        boolean sent = false;
        while (!sent && !due.isEmpty() && due.element().dueMillis() <= clock.millis()) {
            Outgoing one = due.remove();
            Optional<Receiver> receiver = receiverOf(one);
            if (receiver.isPresent()) {
                sent = true;
                send(receiver.get(), one);
            } else {
                nobodys.add(one.at(clock.instant().plus(AGAIN_AFTER)));
            }
        }
        due.addAll(nobodys);
        return sent;
    }

    private Optional<Receiver> receiverOf(Outgoing one) {
        return receivers.entrySet().stream()
                .filter(entry -> one.system().isEmpty()
                        || one.system().equals(entry.getKey().system()))
                .filter(entry -> entry.getValue().size() < WINDOW)
                .min(Comparator.comparingInt(entry -> entry.getValue().size()))
                .map(Map.Entry::getKey);
    }

    private void send(Receiver receiver, Outgoing one) {
        try {
            int sequence = receiver.deliver(one);
            receivers
                    .getOrDefault(receiver, new HashMap<>())
                    .put(sequence, new Sent(one, clock.instant().plus(ANSWER_PATIENCE)));
        } catch (IOException gone) {
            LOG.debug("a receiver is gone: {}", gone.getMessage());
            due.add(one.at(clock.instant().plus(AGAIN_AFTER)));
        }
    }

    @Override
    public void close() {
        locked(() -> closed = true);
        try {
            thread.join(ANSWER_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
