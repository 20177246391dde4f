package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.security.Audit;
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
    private final OrderSettings settings;
    private final OrderMeters meters;
    private final Clock clock;

    OrderEndings(
            Database database,
            Subscriptions subscriptions,
            Stock stock,
            Events events,
            Audit audit,
            OrderSettings settings,
            OrderMeters meters,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.stock = stock;
        this.events = events;
        this.audit = audit;
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
    }

    /** What an order that ends holds. */
    enum Held {
        /** Nothing was reserved. */
        NOTHING,
        /** Profile and numbers, which no neighbour has heard of. */
        RESERVED,
        /** The same, but the profile itself is at fault: it is taken out of the stock. */
        FAULTY_PROFILE,
        /** The SM-DP+ may hold the profile for us: parked until it confirms that it does not. */
        IN_DOUBT,
        /** The same, and the profile is at fault: the numbers alone will be free again. */
        FAULTY_IN_DOUBT
    }

    /** Within the transaction that starts the line. */
    void complete(Sql sql, Order order) {
        Instant now = clock.instant();
        OrderStore.completed(sql, order, now);
        tell(
                sql,
                order,
                Order.Status.COMPLETED,
                json -> json.text("subscription_id", order.subscription().text()));
        tellOfSubscription(sql, order, "subscription.activated", Subscription.Status.ACTIVE);
    }

    /** The transaction that {@link #complete} was part of is committed. */
    void completed() {
        meters.ended(Order.Status.COMPLETED, "none");
    }

    /** Cancels the order; what is in doubt is undone afterwards. */
    void cancel(OrderWork.Due due, Order order, Order.CancelReason reason, Held held) {
        database.inOwnerTransaction(sql -> {
            Instant now = clock.instant();
            OrderStore.canceled(sql, order, reason, now);
            subscriptions.abandon(sql, order.organization(), order.subscription(), order.iccid());
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
                    json -> json.text("code", reason.code()).text("detail", reason.detail()));
            tellOfSubscription(sql, order, "subscription.terminated", Subscription.Status.TERMINATED);
            release(sql, due, order, held, now);
            return order;
        });
        meters.ended(Order.Status.CANCELED, reason.code());
    }

    private void release(Sql sql, OrderWork.Due due, Order order, Held held, Instant now) {
        switch (held) {
            case NOTHING -> OrderWork.done(sql, due);
            case RESERVED -> {
                stock.free(sql, order.id(), false);
                OrderWork.done(sql, due);
            }
            case FAULTY_PROFILE -> {
                stock.retireProfile(sql, order.id());
                stock.free(sql, order.id(), false);
                OrderWork.done(sql, due);
            }
            case IN_DOUBT -> undoLater(sql, due, order, now);
            case FAULTY_IN_DOUBT -> {
                stock.retireProfile(sql, order.id());
                undoLater(sql, due, order, now);
            }
        }
    }

    private void undoLater(Sql sql, OrderWork.Due due, Order order, Instant now) {
        stock.park(sql, order.id());
        OrderWork.turnTo(sql, due, OrderStep.CANCEL_ORDER, now, now.plus(settings.stepDeadline()));
    }

    /** Raises an event, and notes in the audit that the order has left its pending state. */
    private void tell(Sql sql, Order order, Order.Status status, Consumer<Json> content) {
        String what = "order." + status.text();
        events.raise(sql, order.organization(), what, "order/" + order.id(), order.correlationId(), content);
        audit.record(
                sql,
                Audit.Entry.bySystem(
                        ACTOR,
                        order.organization(),
                        what,
                        "order/" + order.id(),
                        order.correlationId(),
                        Optional.of(json -> json.text("status", Order.Status.PENDING.text())),
                        Optional.of(json -> content.accept(json.text("status", status.text())))));
    }

    /** The same for the subscription, which its first order makes or not. */
    private void tellOfSubscription(Sql sql, Order order, String what, Subscription.Status status) {
        String subject = "subscription/" + order.subscription();
        Consumer<Json> content = json -> json.text("account_id", order.account().text())
                .text("order_id", order.id().text());
        events.raise(sql, order.organization(), what, subject, order.correlationId(), content);
        audit.record(
                sql,
                Audit.Entry.bySystem(
                        ACTOR,
                        order.organization(),
                        what,
                        subject,
                        order.correlationId(),
                        Optional.of(json -> json.text("status", Subscription.Status.PENDING.text())),
                        Optional.of(json -> content.accept(json.text("status", status.text())))));
    }
}
