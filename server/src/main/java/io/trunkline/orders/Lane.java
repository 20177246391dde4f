package io.trunkline.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The work for one neighbour: so many orders at a time, and a circuit. */
final class Lane {
    private final Neighbour neighbour;
    private final int most;
    private final Semaphore slots;
    private final Optional<Circuit> circuit;
    private final AtomicBoolean full = new AtomicBoolean();

    Lane(Neighbour neighbour, int most, Optional<Circuit> circuit) {
        this.neighbour = neighbour;
        this.most = most;
        this.slots = new Semaphore(most);
        this.circuit = circuit;
    }

    Neighbour neighbour() {
        return neighbour;
    }

    Optional<Circuit> circuit() {
        return circuit;
    }

    int inFlight() {
        return most - slots.availablePermits();
    }

    /** A place in the lane; to be closed. One that may not call is good for what is overdue: it can be given up. */
    final class Pass implements AutoCloseable {
        private final boolean mayCall;
        /** It tries for all whether the neighbour answers again. */
        private final boolean probe;

        private boolean heard;

        private Pass(boolean mayCall) {
            this.mayCall = mayCall;
            this.probe = mayCall && circuit.isPresent() && circuit.get().isOpen();
        }

        boolean mayCall() {
            return mayCall;
        }

        Lane lane() {
            return Lane.this;
        }

        /** What the call that this pass is for has shown. */
        void heard(Circuit.Heard what) {
            if (mayCall && what != Circuit.Heard.NOTHING) {
                heard = true;
                circuit.ifPresent(one -> one.ended(what));
            }
        }

        @Override
        public void close() {
            if (probe && !heard) {
                circuit.ifPresent(one -> one.ended(Circuit.Heard.NOTHING));
            }
            slots.release();
        }
    }

    /** One place to make a call, if there is one within this time; while the circuit is open there is none. */
    Optional<Pass> enter(Duration wait) throws InterruptedException {
        boolean open = circuit.isPresent() && circuit.get().isOpen();
        if (open || !slots.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        return Optional.of(new Pass(true));
    }

    /** As many places as there are, at most so many: all of them may call, or none. */
    List<Pass> enter(int wanted) {
        var passes = new ArrayList<Pass>();
        full.set(slots.availablePermits() <= wanted);
        while (passes.size() < wanted && slots.tryAcquire()) {
            boolean admitted = circuit.isEmpty() || circuit.get().admits();
            if (!admitted && !passes.isEmpty() && passes.getFirst().mayCall()) {
                slots.release();
                return passes;
            }
            passes.add(new Pass(admitted));
        }
        return passes;
    }

    /** Whether places have run out since this was asked last. */
    boolean wasFull() {
        return full.compareAndSet(true, false);
    }

    /** Waits until nothing is under way, and lets nothing begin. */
    boolean drain(long nanos) throws InterruptedException {
        return slots.tryAcquire(most, nanos, TimeUnit.NANOSECONDS);
    }

    /** After a drain: work may begin again. */
    void reopen() {
        slots.release(most);
    }
}
