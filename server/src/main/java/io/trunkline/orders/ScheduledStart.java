package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.web.Problem;
import io.trunkline.web.Violation;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The start of an order that was placed for a later time. Until then it reserves nothing and is in nobody's way; now
 * the rules are held against it once more.
 */
@Component
class ScheduledStart {
    private final Database database;
    private final Facts.Reader facts;
    private final Rules rules;
    private final Events events;
    private final OrderSettings settings;
    private final Clock clock;

    ScheduledStart(
            Database database, Facts.Reader facts, Rules rules, Events events, OrderSettings settings, Clock clock) {
        this.database = database;
        this.facts = facts;
        this.rules = rules;
        this.events = events;
        this.settings = settings;
        this.clock = clock;
    }

    /** What has come of it. */
    sealed interface Outcome {
        /** It is in flight; its first step follows. */
        record Started(OrderWork.Due next) implements Outcome {}

        /** Something of the line has to end before; it may be tried again. */
        record Waits(Order.CancelReason reason) implements Outcome {}

        record Refused(Order.CancelReason reason) implements Outcome {}
    }

    Outcome begin(OrderWork.Due due, Order order) {
        try {
            return database.inOwnerTransaction(sql -> begin(sql, due, order));
        } catch (DatabaseException e) {
            if (e.violates("one_order_in_flight")) {
                return new Outcome.Waits(reason(Changes.inFlight(Optional.empty())));
            }
            throw e;
        }
    }

    private Outcome begin(Sql sql, OrderWork.Due due, Order order) {
        OrderWork.expectHeld(sql, due);
        Request request = request(order);
        Facts now = facts.read(sql, order.organization(), List.of(request));
        Instant at = clock.instant();
        var violations = new ArrayList<Violation>();
        var origin = new Plan.Origin(order.organization(), order.correlationId(), at);
        Optional<Plan> plan = rules.plan(now, request, origin, violations);
        if (plan.isEmpty()) {
            String details =
                    String.join("; ", violations.stream().map(Violation::detail).toList());
            return new Outcome.Refused(new Order.CancelReason(Order.CancelReason.NO_LONGER_VALID, details));
        }
        if (OrderWork.isBeingTakenBack(sql, order)) {
            return new Outcome.Waits(reason(Changes.inFlight(Optional.empty())));
        }
        Optional<Problem> conflict = rules.conflict(now, request);
        if (conflict.isPresent()) {
            boolean passes = now.inFlight().containsKey(order.subscription());
            return passes ? new Outcome.Waits(reason(conflict.get())) : new Outcome.Refused(reason(conflict.get()));
        }
        return new Outcome.Started(start(sql, due, order, plan.get().order(), at));
    }

    private OrderWork.Due start(Sql sql, OrderWork.Due due, Order order, Order planned, Instant at) {
        Order started = OrderStore.started(sql, order, planned, at);
        events.raise(
                sql,
                order.organization(),
                "order.started",
                "order/" + order.id(),
                order.correlationId(),
                json -> json.text("subscription_id", order.subscription().text()));
        OrderStep first = Workflow.of(started).first();
        return OrderWork.advance(
                sql,
                due,
                first,
                at.plus(settings.lease(first.neighbour())),
                at.plus(settings.deadline(first.neighbour())));
    }

    private static Order.CancelReason reason(Problem problem) {
        return new Order.CancelReason(problem.code().code(), problem.detail());
    }

    /** What was asked for, to start now. */
    private static Request request(Order order) {
        var delivery = new DeliveryRequest(order.deliveryType(), List.of(), List.of(), Optional.empty());
        if (order.type() == Order.Type.ACTIVATE_SUBSCRIPTION) {
            return new OrderRequest(
                    Optional.of(order.account()),
                    order.template(),
                    Optional.of(order.subscriber()),
                    Optional.empty(),
                    delivery,
                    Optional.empty());
        }
        return new ChangeRequest(
                order.type(),
                Optional.of(order.account()),
                Optional.of(order.subscription()),
                order.reason(),
                order.deliveryType().map(_ -> delivery),
                order.changes().map(ProductRequest::of),
                Optional.empty());
    }
}
