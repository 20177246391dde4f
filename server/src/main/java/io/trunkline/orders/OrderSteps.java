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
    private final OrderSettings settings;
    private final Clock clock;

    OrderSteps(
            Database database,
            Subscriptions subscriptions,
            StepActs acts,
            OrderEndings endings,
            ActivationDelivery delivery,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.acts = acts;
        this.endings = endings;
        this.delivery = delivery;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Takes one step, or takes it back. What it returns follows at once, under the same lease; empty: later, or never.
     */
    Optional<OrderWork.Due> take(OrderWork.Due due, Lane.Pass pass) {
        Order order = OrderStore.find(database.owner(), due.organization(), due.order())
                .orElseThrow(() -> new IllegalStateException("work is left for " + due.order() + ", which is gone"));
        MDC.put(Correlation.LOG_KEY, order.correlationId());
        if (!pass.mayCall()) {
            return later(due, order, due.inDoubt(), due.step().neighbour().words() + " does not answer");
        }
        if (due.step() == OrderStep.DELIVER) {
            delivery.attempt(due, order, pause(due))
                    .ifPresent(reason -> log.warn("the mail of {} waits: {}", order.id(), reason));
            return Optional.empty();
        }
        Act act = acts.of(due.step());
        Act.Doing doing = due.undoing() ? act.undo() : act.does();
        Outcome<Act.Written> outcome = doing.on(order, Act.Attempt.of(due, order));
        pass.heard(heard(outcome));
        return due.undoing() ? takenBack(due, order, outcome) : taken(due, order, outcome);
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
            when rejected.retryable() || Workflow.of(order.type()).isAfterwards(due.step()) ->
                later(due, order, due.inDoubt(), rejected.code() + ": " + rejected.detail());
            case Outcome.Rejected<Act.Written> rejected -> refused(due, order, rejected);
            case Outcome.Unknown<Act.Written>(String reason) -> later(due, order, true, reason);
        };
    }

    private Optional<OrderWork.Due> done(OrderWork.Due due, Order order, Act.Written written) {
        Workflow workflow = Workflow.of(order.type());
        try {
            if (workflow.completesWith(due.step())) {
                return completed(due, order, written);
            }
            return database.inOwnerTransaction(sql -> {
                Optional<OrderWork.Due> next = follow(sql, due, workflow.after(due.step()));
                written.in(sql);
                return next;
            });
        } catch (Act.Impossible e) {
            endings.cancel(due, order, e.reason(), workflow.before(due.step()), OrderEndings.Fault.NONE);
            return Optional.empty();
        }
    }

    /** Past the point of no return. */
    private Optional<OrderWork.Due> completed(OrderWork.Due due, Order order, Act.Written written) {
        Optional<OrderWork.Due> next = database.inOwnerTransaction(sql -> {
            Optional<OrderStep> after =
                    Workflow.of(order.type()).after(due.step()).filter(step -> isNeeded(sql, step, order));
            Optional<OrderWork.Due> follows = follow(sql, due, after);
            Subscription.Status before = subscriptions
                    .find(sql, order.organization(), order.subscription())
                    .map(Subscription::status)
                    .orElseThrow(() -> new IllegalStateException(order.id() + " has no subscription"));
            written.in(sql);
            endings.complete(sql, order, before);
            if (after.isEmpty() && order.deliveryType().isPresent()) {
                delivery.handedOver(sql, order);
            }
            return follows;
        });
        endings.completed();
        return next;
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
            case RESERVE, DOWNLOAD_ORDER, PROVISION, CONFIRM_ORDER, BAR, UNBAR, REMOVE_LINE -> true;
        };
    }

    /** First of all: without the lease nothing else is written either. */
    private Optional<OrderWork.Due> follow(Sql sql, OrderWork.Due due, Optional<OrderStep> next) {
        if (next.isEmpty()) {
            OrderWork.done(sql, due);
            return Optional.empty();
        }
        Instant now = clock.instant();
        Neighbour neighbour = next.get().neighbour();
        return Optional.of(OrderWork.advance(
                sql, due, next.get(), now.plus(settings.lease(neighbour)), now.plus(settings.deadline(neighbour))));
    }

    /** It is tried until it is known; then what was taken before it is taken back. */
    private Optional<OrderWork.Due> takenBack(OrderWork.Due due, Order order, Outcome<Act.Written> outcome) {
        return switch (outcome) {
            case Outcome.Accepted<Act.Written>(var written) ->
                database.inOwnerTransaction(sql -> {
                    Workflow.Back back = Workflow.of(order.type())
                            .back(Workflow.of(order.type()).before(due.step()));
                    Optional<OrderWork.Due> next = follow(sql, due, back.next());
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
        Optional<OrderStep> from =
                nothingOfOurs ? Workflow.of(order.type()).before(due.step()) : Optional.of(due.step());
        endings.cancel(due, order, reason, from, OrderEndings.Fault.of(rejected));
        return Optional.empty();
    }

    /** Once more after a pause; at its deadline the step is given up, unless nothing unwinds any more. */
    private Optional<OrderWork.Due> later(OrderWork.Due due, Order order, boolean inDoubt, String reason) {
        Instant again = clock.instant().plus(pause(due));
        boolean endless = due.undoing() || Workflow.of(order.type()).isAfterwards(due.step());
        if (endless || !again.isAfter(due.deadline())) {
            log.info("{} tries {} again at {}: {}", order.id(), due.what(), again, reason);
            OrderWork.postpone(database.owner(), due, inDoubt, again);
            return Optional.empty();
        }
        var why = new Order.CancelReason(
                due.step().neighbour() == Neighbour.HLR
                        ? Order.CancelReason.HLR_UNREACHABLE
                        : Order.CancelReason.SMDP_UNREACHABLE,
                due.step().neighbour().words() + " did not carry out "
                        + due.step().text() + " in time, at last: " + reason);
        giveUp(due, order, why, inDoubt);
        return Optional.empty();
    }

    private void giveUp(OrderWork.Due due, Order order, Order.CancelReason reason, boolean inDoubt) {
        Optional<OrderStep> from =
                inDoubt ? Optional.of(due.step()) : Workflow.of(order.type()).before(due.step());
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
            delivery.giveUp(due, order);
        } else if (!Workflow.of(order.type()).isAfterwards(due.step())) {
            var reason = new Order.CancelReason(
                    Order.CancelReason.INTERNAL_ERROR,
                    "the platform could not carry out " + due.step().text());
            giveUp(due, order, reason, due.step().neighbour() != Neighbour.NONE);
        }
    }
}
