package io.trunkline.orders;

import io.trunkline.catalog.Catalog;
import io.trunkline.catalog.OrderTemplate;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.Iccid;
import io.trunkline.network.Outcome;
import io.trunkline.network.smdp.CancelOrder;
import io.trunkline.network.smdp.ConfirmOrder;
import io.trunkline.network.smdp.DownloadOrder;
import io.trunkline.network.smdp.FunctionCall;
import io.trunkline.network.smdp.MatchingIds;
import io.trunkline.network.smdp.SmdpPlus;
import io.trunkline.network.smdp.SmdpSettings;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Correlation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/** Takes the steps of an activation: what each does, and where it leads. {@link OrderStep} shows the table. */
@Component
class OrderSteps {
    private static final Logger log = LoggerFactory.getLogger(OrderSteps.class);
    /**
     * What a repeated DownloadOrder or ConfirmOrder is told when the first one took effect: the reservation is ours
     * alone, so nobody else can have caused it.
     */
    private static final Set<String> DONE_BEFORE = Set.of("8.2.1/3.3", "8.2.6/3.3");
    /** The SM-DP+ does not know the profile, or it is used up: giving it out again would fail again. */
    private static final String PROFILE_FAULT = "8.2.1/";

    private final Database database;
    private final Catalog catalog;
    private final Subscriptions subscriptions;
    private final Stock stock;
    private final SmdpPlus smdp;
    private final SmdpSettings smdpSettings;
    private final MatchingIds matchingIds = new MatchingIds();
    private final OrderEndings endings;
    private final ActivationDelivery delivery;
    private final OrderSettings settings;
    private final Clock clock;

    OrderSteps(
            Database database,
            Catalog catalog,
            Subscriptions subscriptions,
            Stock stock,
            SmdpPlus smdp,
            SmdpSettings smdpSettings,
            OrderEndings endings,
            ActivationDelivery delivery,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.catalog = catalog;
        this.subscriptions = subscriptions;
        this.stock = stock;
        this.smdp = smdp;
        this.smdpSettings = smdpSettings;
        this.endings = endings;
        this.delivery = delivery;
        this.settings = settings;
        this.clock = clock;
    }

    /** Takes one step. What it returns follows at once, under the same lease; empty: later, or never. */
    Optional<OrderWork.Due> take(OrderWork.Due due) {
        Order order = OrderStore.find(database.owner(), due.organization(), due.order())
                .orElseThrow(() -> new IllegalStateException("work is left for " + due.order() + ", which is gone"));
        MDC.put(Correlation.LOG_KEY, order.correlationId());
        return switch (due.step()) {
            case RESERVE -> reserve(due, order);
            case DOWNLOAD_ORDER -> downloadOrder(due, order);
            case CONFIRM_ORDER -> confirmOrder(due, order);
            case DELIVER -> deliver(due, order);
            case CANCEL_ORDER -> cancelOrder(due, order);
        };
    }

    /** Something has run out: the transaction is undone, and the order canceled in the next. */
    private static final class Exhausted extends RuntimeException {
        private final String what;

        Exhausted(String what) {
            super(what, null, false, false);
            this.what = what;
        }
    }

    private Optional<OrderWork.Due> reserve(OrderWork.Due due, Order order) {
        try {
            return Optional.of(database.inOwnerTransaction(sql -> reserved(sql, due, order)));
        } catch (Exhausted e) {
            var reason = new Order.CancelReason(Order.CancelReason.STOCK_EXHAUSTED, e.what);
            endings.cancel(due, order, reason, OrderEndings.Held.NOTHING);
            return Optional.empty();
        }
    }

    private OrderWork.Due reserved(Sql sql, OrderWork.Due due, Order order) {
        OrderTemplate template = template(sql, order);
        return switch (stock.reserve(sql, order.organization(), order.id(), order.subscription(), template)) {
            case Stock.Reservation.Exhausted(String what) -> throw new Exhausted(what);
            case Stock.Reservation.Made(var profile, var numbers) -> {
                subscriptions.hold(sql, order.organization(), order.subscription(), profile, matchingIds.next());
                OrderStore.reserved(sql, order, profile.iccid(), numbers, clock.instant());
                yield next(sql, due, OrderStep.DOWNLOAD_ORDER);
            }
        };
    }

    private Optional<OrderWork.Due> downloadOrder(OrderWork.Due due, Order order) {
        Outcome<?> outcome = smdp.downloadOrder(DownloadOrder.of(iccid(order)), call(due, order));
        return switch (outcome) {
            case Outcome.Accepted<?> _ -> ordered(due, order);
            case Outcome.Rejected<?> rejected when doneBefore(due, rejected) -> ordered(due, order);
            case Outcome.Rejected<?> rejected
            when rejected.retryable() -> retry(due, order, due.inDoubt(), rejected.detail());
            case Outcome.Rejected<?> rejected -> refused(due, order, rejected, due.inDoubt());
            case Outcome.Unknown<?>(String reason) -> retry(due, order, true, reason);
        };
    }

    private Optional<OrderWork.Due> ordered(OrderWork.Due due, Order order) {
        return Optional.of(database.inOwnerTransaction(sql -> {
            OrderStore.reached(sql, order, Order.Milestone.PROFILE_ORDERED, clock.instant());
            return next(sql, due, OrderStep.CONFIRM_ORDER);
        }));
    }

    private Optional<OrderWork.Due> confirmOrder(OrderWork.Due due, Order order) {
        String matchingId = subscriptions.matchingId(database.owner(), order.organization(), order.subscription());
        Outcome<SmdpPlus.Confirmed> outcome =
                smdp.confirmOrder(ConfirmOrder.released(iccid(order), matchingId), call(due, order));
        return switch (outcome) {
            case Outcome.Accepted<SmdpPlus.Confirmed>(var confirmed) -> completed(due, order, confirmed.smdpAddress());
            case Outcome.Rejected<SmdpPlus.Confirmed> rejected
            when doneBefore(due, rejected) -> completed(due, order, smdpSettings.defaultSmdpAddress());
            case Outcome.Rejected<SmdpPlus.Confirmed> rejected
            when rejected.retryable() -> retry(due, order, due.inDoubt(), rejected.detail());
            case Outcome.Rejected<SmdpPlus.Confirmed> rejected -> refused(due, order, rejected, true);
            case Outcome.Unknown<SmdpPlus.Confirmed>(String reason) -> retry(due, order, true, reason);
        };
    }

    /** Past the point of no return: the profile is released, the line starts. */
    private Optional<OrderWork.Due> completed(OrderWork.Due due, Order order, String smdpAddress) {
        Optional<OrderWork.Due> next = database.inOwnerTransaction(sql -> {
            Subscription subscription = subscriptions
                    .find(sql, order.organization(), order.subscription())
                    .orElseThrow(() -> new IllegalStateException(order.id() + " has no subscription"));
            subscriptions.activate(
                    sql,
                    order.organization(),
                    subscription,
                    iccid(order),
                    smdpAddress,
                    order.phoneNumbers(),
                    template(sql, order));
            stock.use(sql, order.id());
            endings.complete(sql, order);
            if (delivery.isDone(sql, order)) {
                OrderWork.done(sql, due);
                return Optional.empty();
            }
            Instant now = clock.instant();
            return Optional.of(OrderWork.advance(
                    sql, due, OrderStep.DELIVER, now.plus(settings.mailLease()), now.plus(settings.mailDeadline())));
        });
        endings.completed();
        return next;
    }

    private Optional<OrderWork.Due> deliver(OrderWork.Due due, Order order) {
        delivery.attempt(due, order, pause(due))
                .ifPresent(reason -> log.warn("the mail of {} waits: {}", order.id(), reason));
        return Optional.empty();
    }

    /** Undoes what may have been ordered. It is tried until it is known; then what was parked is free again. */
    private Optional<OrderWork.Due> cancelOrder(OrderWork.Due due, Order order) {
        Outcome<?> outcome = smdp.cancelOrder(
                new CancelOrder(iccid(order), null, CancelOrder.FinalStatus.AVAILABLE), call(due, order));
        switch (outcome) {
            case Outcome.Accepted<?> _ ->
                database.inOwnerTransaction(sql -> {
                    stock.free(sql, order.id(), true);
                    OrderWork.done(sql, due);
                    return order;
                });
            case Outcome.Rejected<?> rejected -> postponeUndo(due, order, rejected.code() + ": " + rejected.detail());
            case Outcome.Unknown<?>(String reason) -> postponeUndo(due, order, reason);
        }
        return Optional.empty();
    }

    private void postponeUndo(OrderWork.Due due, Order order, String reason) {
        log.warn("{} stays parked with the numbers of {}: {}", iccid(order), order.id(), reason);
        OrderWork.postpone(database.owner(), due, true, clock.instant().plus(pause(due)));
    }

    private Optional<OrderWork.Due> retry(OrderWork.Due due, Order order, boolean inDoubt, String reason) {
        Instant again = clock.instant().plus(pause(due));
        if (again.isAfter(due.deadline())) {
            var why = new Order.CancelReason(
                    Order.CancelReason.SMDP_UNREACHABLE,
                    "the SM-DP+ did not carry out " + due.step().text() + " in time, at last: " + reason);
            boolean untouched = due.step() == OrderStep.DOWNLOAD_ORDER && !inDoubt;
            endings.cancel(due, order, why, untouched ? OrderEndings.Held.RESERVED : OrderEndings.Held.IN_DOUBT);
        } else {
            log.info("{} tries {} again at {}: {}", order.id(), due.step(), again, reason);
            OrderWork.postpone(database.owner(), due, inDoubt, again);
        }
        return Optional.empty();
    }

    /** Doubles from attempt to attempt; spread, so that many orders do not come back at once. */
    private Duration pause(OrderWork.Due due) {
        long doubled = settings.firstRetry().toMillis() << Math.min(due.attempt() - 1, 20);
        long millis = Math.min(doubled, settings.longestRetry().toMillis());
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    private OrderWork.Due next(Sql sql, OrderWork.Due due, OrderStep step) {
        Instant now = clock.instant();
        return OrderWork.advance(sql, due, step, now.plus(settings.lease()), now.plus(settings.stepDeadline()));
    }

    private OrderTemplate template(Sql sql, Order order) {
        return order.template()
                .flatMap(id -> catalog.template(sql, order.organization(), id))
                .orElseThrow(() -> new IllegalStateException(order.id() + " has no template"));
    }

    private static boolean doneBefore(OrderWork.Due due, Outcome.Rejected<?> rejected) {
        return due.inDoubt() && DONE_BEFORE.contains(rejected.code());
    }

    /** The SM-DP+ will not do it, now or later. */
    private Optional<OrderWork.Due> refused(
            OrderWork.Due due, Order order, Outcome.Rejected<?> rejected, boolean mayBeOrdered) {
        var reason = new Order.CancelReason(
                Order.CancelReason.SMDP_REFUSED, "the SM-DP+ answered " + rejected.code() + ": " + rejected.detail());
        boolean faulty = rejected.code().startsWith(PROFILE_FAULT);
        OrderEndings.Held held = mayBeOrdered
                ? (faulty ? OrderEndings.Held.FAULTY_IN_DOUBT : OrderEndings.Held.IN_DOUBT)
                : (faulty ? OrderEndings.Held.FAULTY_PROFILE : OrderEndings.Held.RESERVED);
        endings.cancel(due, order, reason, held);
        return Optional.empty();
    }

    /** A step failed in a way that nobody foresaw: it is tried until its deadline, as if nobody had answered. */
    void failed(OrderWork.Due due) {
        Optional<Order> found = OrderStore.find(database.owner(), due.organization(), due.order());
        if (found.isEmpty() || !clock.instant().isAfter(due.deadline())) {
            return;
        }
        Order order = found.get();
        var reason = new Order.CancelReason(
                Order.CancelReason.INTERNAL_ERROR,
                "the platform could not carry out " + due.step().text());
        switch (due.step()) {
            case RESERVE -> endings.cancel(due, order, reason, OrderEndings.Held.NOTHING);
            case DOWNLOAD_ORDER, CONFIRM_ORDER -> endings.cancel(due, order, reason, OrderEndings.Held.IN_DOUBT);
            case DELIVER -> delivery.giveUp(due, order);
            case CANCEL_ORDER -> {
                // What is parked stays parked until the SM-DP+ confirms.
            }
        }
    }

    /** The same function call identifier for every attempt of a step: it is the same call. */
    private static FunctionCall call(OrderWork.Due due, Order order) {
        return new FunctionCall(due.order().text() + "-" + due.step().text(), order.correlationId());
    }

    private static Iccid iccid(Order order) {
        return order.iccid().orElseThrow(() -> new IllegalStateException(order.id() + " has reserved no profile"));
    }
}
