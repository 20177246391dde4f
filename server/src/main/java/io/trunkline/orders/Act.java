package io.trunkline.orders;

import io.trunkline.database.Sql;
import io.trunkline.network.Outcome;
import io.trunkline.network.smdp.FunctionCall;

/** What a step does, and what takes it back. Both may be done twice. */
record Act(Doing does, Doing undo) {
    /** One of the two: it asks the neighbour, if there is one, outside of any transaction. */
    @FunctionalInterface
    interface Doing {
        /** Accepted with what is written in the transaction that records that it is done. */
        Outcome<Written> on(Order order, Attempt attempt);
    }

    /** What is written when it is done. */
    @FunctionalInterface
    interface Written {
        void in(Sql sql);

        /** Nothing. */
        Written NOTHING = _ -> {};
    }

    /**
     * One attempt.
     *
     * @param call the same for every attempt of a step: it is the same call
     * @param inDoubt whether an earlier attempt may have taken effect
     * @param known of the order, by the steps before it
     */
    record Attempt(FunctionCall call, boolean inDoubt, Known known) {
        static Attempt of(OrderWork.Due due, Known known) {
            Order order = known.order();
            return new Attempt(
                    new FunctionCall(order.id().text() + "-" + due.what(), order.correlationId()),
                    due.inDoubt(),
                    known);
        }
    }

    /** Nothing has to be asked of anybody. */
    static Outcome<Written> accepted(Written written) {
        return new Outcome.Accepted<>(written);
    }

    /** Of a step that leaves nothing to take back, or that another undo takes back. */
    static Outcome<Written> nothing(Order order, Attempt attempt) {
        return accepted(Written.NOTHING);
    }

    /** What is written shows that the order cannot be: the transaction is undone, and the order canceled. */
    static final class Impossible extends RuntimeException {
        private final transient Order.CancelReason reason;
        private final boolean perhapsLater;

        private Impossible(Order.CancelReason reason, boolean perhapsLater) {
            super(reason.detail(), null, false, false);
            this.reason = reason;
            this.perhapsLater = perhapsLater;
        }

        /** There is nothing left to take; but another order may be about to give something back. */
        static Impossible exhausted(String what) {
            return new Impossible(new Order.CancelReason(Order.CancelReason.STOCK_EXHAUSTED, what), true);
        }

        /** Whether it is worth looking again. */
        boolean perhapsLater() {
            return perhapsLater;
        }

        Order.CancelReason reason() {
            return reason;
        }
    }
}
