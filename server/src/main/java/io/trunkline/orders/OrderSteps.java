package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.network.Outcome;
import io.trunkline.network.hlr.HlrCode;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Correlation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/** Takes the steps of {@link Workflow}, forward and back: what follows from each outcome. */
@Component
class OrderSteps {
    private static final Logger log = LoggerFactory.getLogger(OrderSteps.class);
    /** No call was made, or it was broken off by us: nothing is learnt of the neighbour. */
    private static final Set<String> OURS = Set.of("busy", "interrupted", LineActs.NO_KEYS);
    /** The neighbour could not be spoken to. */
    private static final Set<String> AWAY = Set.of("unreachable", "tls");

    private final Database database;
    private final Subscriptions subscriptions;
    private final StepActs acts;
    private final OrderEndings endings;
    private final ActivationDelivery delivery;
    private final SimMoves moves;
    private final ScheduledStart start;
    private final OrderSettings settings;
    private final Clock clock;

    OrderSteps(
            Database database,
            Subscriptions subscriptions,
            StepActs acts,
            OrderEndings endings,
            ActivationDelivery delivery,
            SimMoves moves,
            ScheduledStart start,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.acts = acts;
        this.endings = endings;
        this.delivery = delivery;
        this.moves = moves;
        this.start = start;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A step to take.
     *
     * @param known by the steps before it; null where this is the first one under its lease
     */
    record Task(OrderWork.Due due, @Nullable Known known) {}

    /**
     * Takes one step, or takes it back. What it returns follows at once, under the same lease; empty: later, or never.
     */
    Optional<Task> take(Task task, Lane.Pass pass) {
        OrderWork.Due due = task.due();
        Known known = Optional.ofNullable(task.known())
                .or(() -> OrderStore.find(database.owner(), due.organization(), due.order())
                        .map(Known::new))
                .orElseThrow(() -> new IllegalStateException("work is left for " + due.order() + ", which is gone"));
        // An order that has just started is another one than was placed: it has what the line has now.
        return take(due, known, pass).map(next -> new Task(next, due.step() == OrderStep.START ? null : known));
    }

    private Optional<OrderWork.Due> take(OrderWork.Due due, Known known, Lane.Pass pass) {
        Order order = known.order();
        MDC.put(Correlation.LOG_KEY, order.correlationId());
        if (!pass.mayCall()) {
            return later(due, order, due.inDoubt(), due.step().neighbour().words() + " does not answer");
        }
        if (due.step() == OrderStep.DELIVER) {
            return deliver(due, order);
        }
        if (due.step() == OrderStep.START) {
            return started(due, order);
        }
        if (!due.undoing() && due.step() == Workflow.of(order).first() && !moves.isSettledFor(order)) {
            return later(due, order, due.inDoubt(), "the number has yet to move to the line's new SIM");
        }
        Act act = acts.of(due.step());
        Act.Doing doing = due.undoing() ? act.undo() : act.does();
        Outcome<Act.Written> outcome = doing.on(order, Act.Attempt.of(due, known));
        pass.heard(heard(outcome));
        return due.undoing() ? takenBack(due, order, outcome) : taken(due, order, outcome);
    }

    private Optional<OrderWork.Due> started(OrderWork.Due due, Order order) {
        switch (start.begin(due, order)) {
            case ScheduledStart.Outcome.Started(var next) -> {
                return Optional.of(next);
            }
            case ScheduledStart.Outcome.Refused(var reason) ->
                endings.cancel(due, order, reason, Optional.empty(), OrderEndings.Fault.NONE);
            case ScheduledStart.Outcome.Waits(var reason) -> {
                Instant again = clock.instant().plus(pause(due));
                if (again.isAfter(due.deadline())) {
                    endings.cancel(due, order, reason, Optional.empty(), OrderEndings.Fault.NONE);
                } else {
                    OrderWork.postpone(database.owner(), due, false, again);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<OrderWork.Due> deliver(OrderWork.Due due, Order order) {
        var following = new Following(due, order);
        delivery.attempt(due, order, pause(due), following)
                .ifPresent(reason -> log.warn("the mail of {} waits: {}", order.id(), reason));
        return following.next;
    }

    /** What comes after a mail, in the transaction that records its end. */
    private final class Following implements Consumer<Sql> {
        private final OrderWork.Due due;
        private final Order order;
        private Optional<OrderWork.Due> next = Optional.empty();

        Following(OrderWork.Due due, Order order) {
            this.due = due;
            this.order = order;
        }

        @Override
        public void accept(Sql sql) {
            Optional<OrderStep> after = order.isMoved()
                    // It was sent once more.
                    ? Optional.empty()
                    : needed(sql, order, Workflow.of(order).after(due.step()));
            next = follow(sql, due, order, after);
        }
    }

    private static Circuit.Heard heard(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Accepted<?> _ -> Circuit.Heard.ALIVE;
            case Outcome.Unknown<?> _ -> Circuit.Heard.FAILED;
            case Outcome.Rejected<?> rejected when AWAY.contains(rejected.code()) -> Circuit.Heard.FAILED;
            case Outcome.Rejected<?> rejected when OURS.contains(rejected.code()) -> Circuit.Heard.NOTHING;
            case Outcome.Rejected<?> _ -> Circuit.Heard.ALIVE;
        };
    }

    private Optional<OrderWork.Due> taken(OrderWork.Due due, Order order, Outcome<Act.Written> outcome) {
        return switch (outcome) {
            case Outcome.Accepted<Act.Written>(var written) -> done(due, order, written);
            case Outcome.Rejected<Act.Written> rejected
            when isWithdrawalRefusedForGood(due, rejected) -> done(due, order, notWithdrawn(order, rejected));
            case Outcome.Rejected<Act.Written> rejected
            when rejected.retryable() || Workflow.of(order).isAfterwards(due.step()) ->
                later(due, order, due.inDoubt(), rejected.code() + ": " + rejected.detail());
            case Outcome.Rejected<Act.Written> rejected -> refused(due, order, rejected);
            case Outcome.Unknown<Act.Written>(String reason) -> later(due, order, true, reason);
        };
    }

    /** Nobody uses the profile any more: if the SM-DP+ has refused until the deadline, it is left to the operator. */
    private boolean isWithdrawalRefusedForGood(OrderWork.Due due, Outcome.Rejected<?> rejected) {
        return (due.step() == OrderStep.WITHDRAW_PROFILE || due.step() == OrderStep.WITHDRAW_PREVIOUS)
                && !rejected.retryable()
                && clock.instant().isAfter(due.deadline());
    }

    private Act.Written notWithdrawn(Order order, Outcome.Rejected<?> rejected) {
        log.warn("the SM-DP+ keeps a profile of {}: {}: {}", order.id(), rejected.code(), rejected.detail());
        return sql -> OrderStore.reached(sql, order, Order.Milestone.PROFILE_NOT_WITHDRAWN, clock.instant());
    }

    private Optional<OrderWork.Due> done(OrderWork.Due due, Order order, Act.Written written) {
        Workflow workflow = Workflow.of(order);
        try {
            if (workflow.completesWith(due.step())) {
                return completed(due, order, written);
            }
            return database.inOwnerTransaction(sql -> {
                Optional<OrderWork.Due> next = follow(sql, due, order, needed(sql, order, workflow.after(due.step())));
                written.in(sql);
                return next;
            });
        } catch (Act.Impossible e) {
            if (e.perhapsLater() && due.attempt() < settings.stockAttempts()) {
                return later(due, order, false, e.reason().detail());
            }
            endings.cancel(due, order, e.reason(), workflow.before(due.step()), OrderEndings.Fault.NONE);
            return Optional.empty();
        }
    }

    /** Past the point of no return. */
    private Optional<OrderWork.Due> completed(OrderWork.Due due, Order order, Act.Written written) {
        Optional<OrderWork.Due> next = database.inOwnerTransaction(sql -> {
            Optional<OrderStep> after = needed(sql, order, Workflow.of(order).after(due.step()));
            Optional<OrderWork.Due> follows = follow(sql, due, order, after);
            Subscription.Status before = before(sql, order);
            written.in(sql);
            endings.complete(sql, order, before);
            if (order.deliveryType().filter(type -> type != Delivery.Type.EMAIL).isPresent()) {
                delivery.handedOver(sql, order);
            }
            return follows;
        });
        endings.completed();
        return next;
    }

    private Subscription.Status before(Sql sql, Order order) {
        return order.type() == Order.Type.ACTIVATE_SUBSCRIPTION
                ? Subscription.Status.PENDING
                : subscriptions
                        .get(sql, order.organization(), order.subscription())
                        .status();
    }

    /** The step, or the first one after it that there is something to do for. */
    private Optional<OrderStep> needed(Sql sql, Order order, Optional<OrderStep> step) {
        Optional<OrderStep> needed = step;
        while (needed.isPresent() && !isNeeded(sql, needed.get(), order)) {
            needed = Workflow.of(order).after(needed.get());
        }
        return needed;
    }

    private boolean isNeeded(Sql sql, OrderStep step, Order order) {
        return switch (step) {
            case DELIVER -> order.deliveryType().equals(Optional.of(Delivery.Type.EMAIL));
            case WITHDRAW_PROFILE ->
                Optional.ofNullable(subscriptions
                                .simProfiles(sql, order.organization(), List.of(order.subscription()))
                                .get(order.subscription()))
                        .map(SimProfile::state)
                        .filter(state -> state != SimProfile.State.INSTALLED && state != SimProfile.State.DELETED)
                        .isPresent();
            case WITHDRAW_PREVIOUS -> {
                SimProfile.State state =
                        subscriptions.state(sql, order.organization(), order.subscription(), MoveActs.previous(order));
                yield state != SimProfile.State.INSTALLED;
            }
            case START, RESERVE, DOWNLOAD_ORDER, PROVISION, CONFIRM_ORDER, BAR, UNBAR, REMOVE_LINE -> true;
            case SET_SERVICES, CHANGE_PRODUCTS, CUT_OFF_PREVIOUS, MOVE_NUMBER, REMOVE_PREVIOUS -> true;
        };
    }

    /** First of all: without the lease nothing else is written either. */
    private Optional<OrderWork.Due> follow(Sql sql, OrderWork.Due due, Order order, Optional<OrderStep> next) {
        if (next.isEmpty()) {
            OrderWork.done(sql, due);
            return Optional.empty();
        }
        Instant now = clock.instant();
        Neighbour neighbour = next.get().neighbour();
        OrderWork.Due follows = OrderWork.advance(
                sql, due, next.get(), now.plus(settings.lease(neighbour)), now.plus(settings.deadline(neighbour)));
        Optional<Instant> rests = next.get() == OrderStep.MOVE_NUMBER ? moves.waitsUntil(sql, order) : Optional.empty();
        if (rests.isPresent()) {
            OrderWork.rest(sql, follows, rests.get());
            return Optional.empty();
        }
        return Optional.of(follows);
    }

    /** It is tried until it is known; then what was taken before it is taken back. */
    private Optional<OrderWork.Due> takenBack(OrderWork.Due due, Order order, Outcome<Act.Written> outcome) {
        return switch (outcome) {
            case Outcome.Accepted<Act.Written>(var written) ->
                database.inOwnerTransaction(sql -> {
                    Workflow.Back back =
                            Workflow.of(order).back(Workflow.of(order).before(due.step()));
                    Optional<OrderWork.Due> next = follow(sql, due, order, back.next());
                    written.in(sql);
                    endings.takeBackOwn(sql, order, back.own());
                    return next;
                });
            case Outcome.Rejected<Act.Written> rejected ->
                later(due, order, true, rejected.code() + ": " + rejected.detail());
            case Outcome.Unknown<Act.Written>(String reason) -> later(due, order, true, reason);
        };
    }

    /** The neighbour will not do it, now or later. */
    private Optional<OrderWork.Due> refused(OrderWork.Due due, Order order, Outcome.Rejected<?> rejected) {
        var reason = new Order.CancelReason(
                due.step().neighbour() == Neighbour.HLR
                        ? Order.CancelReason.HLR_REFUSED
                        : Order.CancelReason.SMDP_REFUSED,
                due.step().neighbour().words() + " answered " + rejected.code() + ": " + rejected.detail());
        // The IMSI is there with another number: that is not ours, whatever became of an earlier attempt.
        boolean nothingOfOurs = !due.inDoubt() || rejected.code().equals(HlrCode.IMSI_IN_USE.code());
        Optional<OrderStep> from = nothingOfOurs ? Workflow.of(order).before(due.step()) : Optional.of(due.step());
        endings.cancel(due, order, reason, from, OrderEndings.Fault.of(rejected));
        return Optional.empty();
    }

    /** Once more after a pause; at its deadline the step is given up, unless nothing unwinds any more. */
    private Optional<OrderWork.Due> later(OrderWork.Due due, Order order, boolean inDoubt, String reason) {
        Instant again = clock.instant().plus(pause(due));
        boolean endless = due.undoing() || Workflow.of(order).isAfterwards(due.step());
        if (endless || !again.isAfter(due.deadline())) {
            log.info("{} tries {} again at {}: {}", order.id(), due.what(), again, reason);
            OrderWork.postpone(database.owner(), due, inDoubt, again);
            return Optional.empty();
        }
        giveUp(due, order, late(due.step(), reason), inDoubt);
        return Optional.empty();
    }

    private static Order.CancelReason late(OrderStep step, String reason) {
        Neighbour neighbour = step.neighbour();
        // What a step of our own waits for is the move of an earlier order, which is the HLR's.
        String what = neighbour == Neighbour.NONE
                ? step.text() + " did not begin"
                : neighbour.words() + " did not carry out " + step.text();
        return new Order.CancelReason(
                neighbour == Neighbour.SMDP ? Order.CancelReason.SMDP_UNREACHABLE : Order.CancelReason.HLR_UNREACHABLE,
                what + " in time, at last: " + reason);
    }

    private void giveUp(OrderWork.Due due, Order order, Order.CancelReason reason, boolean inDoubt) {
        Optional<OrderStep> from =
                inDoubt ? Optional.of(due.step()) : Workflow.of(order).before(due.step());
        endings.cancel(due, order, reason, from, OrderEndings.Fault.NONE);
    }

    /** Doubles from attempt to attempt; spread, so that many orders do not come back at once. */
    private Duration pause(OrderWork.Due due) {
        long doubled = settings.firstRetry().toMillis() << Math.clamp(due.attempt() - 1, 0, 20);
        long millis = Math.min(doubled, settings.longestRetry().toMillis());
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    /** A step failed in a way that nobody foresaw: it is tried until its deadline, as if nobody had answered. */
    void failed(OrderWork.Due due) {
        Optional<Order> found = OrderStore.find(database.owner(), due.organization(), due.order());
        if (found.isEmpty() || due.undoing() || !clock.instant().isAfter(due.deadline())) {
            return;
        }
        Order order = found.get();
        if (due.step() == OrderStep.DELIVER) {
            delivery.giveUp(order, new Following(due, order));
        } else if (!Workflow.of(order).isAfterwards(due.step())) {
            var reason = new Order.CancelReason(
                    Order.CancelReason.INTERNAL_ERROR,
                    "the platform could not carry out " + due.step().text());
            giveUp(due, order, reason, due.step().neighbour() != Neighbour.NONE);
        }
    }
}
