package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.network.Outcome;
import io.trunkline.network.hlr.HlrCode;
import io.trunkline.network.smdp.FunctionCall;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** The two ends of an order, with what must be recorded of each. */
@Component
class OrderEndings {
    /** Who acts when nobody asks. */
    static final String ACTOR = "order-worker";

    private final Database database;
    private final Subscriptions subscriptions;
    private final Stock stock;
    private final Events events;
    private final Audit audit;
    private final StepActs acts;
    private final OrderMeters meters;
    private final Clock clock;

    OrderEndings(
            Database database,
            Subscriptions subscriptions,
            Stock stock,
            Events events,
            Audit audit,
            StepActs acts,
            OrderMeters meters,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.stock = stock;
        this.events = events;
        this.audit = audit;
        this.acts = acts;
        this.meters = meters;
        this.clock = clock;
    }

    /** What of the stock is to blame for a refusal: given out again it would be refused again. */
    enum Fault {
        NONE,
        PROFILE,
        NUMBERS;

        /** What the SM-DP+ says of a profile (SGP.22 5.2.6). */
        private static final String OF_PROFILE = "8.2.1/";

        static Fault of(Outcome.Rejected<?> rejected) {
            String code = rejected.code();
            if (code.equals(HlrCode.NUMBER_IN_USE.code())) {
                return NUMBERS;
            }
            boolean ofProfile = code.startsWith(OF_PROFILE)
                    || code.equals(HlrCode.IMSI_IN_USE.code())
                    || code.equals(LineActs.NO_KEYS);
            return ofProfile ? PROFILE : NONE;
        }
    }

    /**
     * Within the transaction of its last step.
     *
     * @param before in which state the subscription was
     */
    void complete(Sql sql, Order order, Subscription.Status before) {
        Instant now = clock.instant();
        OrderStore.completed(sql, order, now);
        tell(
                sql,
                order,
                Order.Status.COMPLETED,
                Optional.empty(),
                json -> json.text("subscription_id", order.subscription().text()));
        tellOfSubscription(
                sql, order, order.type().event(), before, order.type().outcome().orElse(before));
    }

    /** The transaction that {@link #complete} was part of is committed. */
    void completed() {
        meters.ended(Order.Status.COMPLETED, "none");
    }

    /**
     * Cancels the order, since a step has failed.
     *
     * @param from the last step that has taken effect, or may have: from there on it is taken back
     */
    void cancel(OrderWork.Due due, Order order, Order.CancelReason reason, Optional<OrderStep> from, Fault fault) {
        database.inOwnerTransaction(sql -> {
            takeBack(sql, due, order, from, clock.instant());
            end(sql, order, reason, Optional.empty());
            switch (fault) {
                case PROFILE -> stock.retireProfile(sql, order.id());
                case NUMBERS -> stock.quarantineNumbers(sql, order.id());
                case NONE -> {
                    // Whatever is the matter, it is not what was taken from the stock.
                }
            }
            setAside(sql, order, from);
            return order;
        });
        meters.ended(Order.Status.CANCELED, reason.code());
    }

    /** Who asks for an end. */
    record Asking(Caller caller, String correlationId) {}

    /**
     * Cancels the order because somebody asks for it, also while a step of it is under way: what that still does is
     * taken back once it has surely ended.
     *
     * @return whether it could be canceled: it was pending
     */
    boolean cancel(OrganizationId organization, OrderId id, Order.CancelReason reason, Asking asking) {
        boolean canceled = database.inOwnerTransaction(sql -> {
            Optional<OrderWork.Held> held = OrderWork.hold(sql, organization, id);
            Optional<Order> pending = OrderStore.find(sql, organization, id).filter(Order::isCancelable);
            if (held.isEmpty() || pending.isEmpty()) {
                return false;
            }
            Order order = pending.get();
            OrderWork.Due due = held.get().due();
            Optional<OrderStep> from =
                    due.inDoubt() ? Optional.of(due.step()) : Workflow.of(order).before(due.step());
            takeBack(sql, due, order, from, held.get().freeAt());
            end(sql, order, reason, Optional.of(asking));
            setAside(sql, order, from);
            return true;
        });
        if (canceled) {
            meters.ended(Order.Status.CANCELED, reason.code());
        }
        return canceled;
    }

    /** First of all, for it holds off everybody else who would record something of this order. */
    private void takeBack(Sql sql, OrderWork.Due due, Order order, Optional<OrderStep> from, Instant notBefore) {
        Optional<OrderStep> next = Workflow.of(order).back(from).next();
        Instant now = clock.instant();
        if (next.isPresent()) {
            OrderWork.takeBack(sql, due, next.get(), notBefore.isAfter(now) ? notBefore : now);
        } else {
            OrderWork.done(sql, due);
        }
    }

    /** What a neighbour may have is parked until it confirms that it has not; the rest is taken back at once. */
    private void setAside(Sql sql, Order order, Optional<OrderStep> from) {
        Workflow.Back back = Workflow.of(order).back(from);
        if (back.next().isPresent()) {
            stock.park(sql, order.id());
        }
        takeBackOwn(sql, order, back.own());
    }

    /** Takes back what needs nobody but us. */
    void takeBackOwn(Sql sql, Order order, List<OrderStep> steps) {
        for (OrderStep step : steps) {
            var call = new FunctionCall(order.id().text() + "-undo_" + step.text(), order.correlationId());
            switch (acts.of(step).undo().on(order, new Act.Attempt(call, true, new Known(order)))) {
                case Outcome.Accepted<Act.Written>(var written) -> written.in(sql);
                case Outcome.Rejected<Act.Written> _, Outcome.Unknown<Act.Written> _ ->
                    throw new IllegalStateException(step + " of " + order.id() + " asks a neighbour for its undo");
            }
        }
    }

    private void end(Sql sql, Order order, Order.CancelReason reason, Optional<Asking> asking) {
        Instant now = clock.instant();
        OrderStore.canceled(sql, order, reason, now);
        var delivery = OrderStore.deliveries(sql, order.organization(), List.of(order.id()))
                .get(order.id());
        if (delivery != null) {
            OrderStore.deliveryFailed(
                    sql, order.organization(), delivery.id(), "order_canceled", Optional.empty(), now);
        }
        tell(
                sql,
                order,
                Order.Status.CANCELED,
                asking,
                json -> json.text("code", reason.code()).text("detail", reason.detail()));
        if (order.type() == Order.Type.CHANGE_SIM_PROFILE) {
            order.iccid()
                    .ifPresent(iccid -> subscriptions.letGo(sql, order.organization(), order.subscription(), iccid));
        }
        if (order.type() == Order.Type.ACTIVATE_SUBSCRIPTION) {
            subscriptions.abandon(sql, order.organization(), order.subscription(), order.iccid());
            tellOfSubscription(
                    sql, order, "subscription.terminated", Subscription.Status.PENDING, Subscription.Status.TERMINATED);
        }
    }

    /** Raises an event, and notes in the audit that the order has left its pending state. */
    private void tell(Sql sql, Order order, Order.Status status, Optional<Asking> asking, Consumer<Json> content) {
        String what = "order." + status.text();
        String subject = "order/" + order.id();
        events.raise(sql, order.organization(), what, subject, order.correlationId(), content);
        Optional<Consumer<Json>> before = Optional.of(json -> json.text("status", Order.Status.PENDING.text()));
        Optional<Consumer<Json>> after = Optional.of(json -> content.accept(json.text("status", status.text())));
        audit.record(
                sql,
                asking.map(by -> Audit.Entry.change(by.caller(), what, subject, by.correlationId(), before, after))
                        .orElseGet(() -> Audit.Entry.bySystem(
                                ACTOR, order.organization(), what, subject, order.correlationId(), before, after)));
    }

    /** The same for the subscription. */
    private void tellOfSubscription(
            Sql sql, Order order, String what, Subscription.Status before, Subscription.Status after) {
        String subject = "subscription/" + order.subscription();
        Consumer<Json> content = json -> json.text("account_id", order.account().text())
                .text("order_id", order.id().text())
                .text("reason", order.reason().map(Order.Reason::text).orElse(null));
        events.raise(sql, order.organization(), what, subject, order.correlationId(), content);
        audit.record(
                sql,
                Audit.Entry.bySystem(
                        ACTOR,
                        order.organization(),
                        what,
                        subject,
                        order.correlationId(),
                        Optional.of(json -> json.text("status", before.text())),
                        Optional.of(json -> content.accept(json.text("status", after.text())))));
    }
}
