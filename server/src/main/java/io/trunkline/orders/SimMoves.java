package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * When a line goes over to its new SIM: at once where the old one is lost, else when the new profile is reported
 * installed, or has not been for long. An order that comes before that first finishes the move; another change of the
 * SIM revokes it instead, as long as nobody has installed the profile.
 */
@Component
class SimMoves {
    private final Database database;
    private final Subscriptions subscriptions;
    private final Stock stock;
    private final ActivationDelivery deliveries;
    private final Events events;
    private final OrderSettings settings;
    private final Clock clock;

    SimMoves(
            Database database,
            Subscriptions subscriptions,
            Stock stock,
            ActivationDelivery deliveries,
            Events events,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.stock = stock;
        this.deliveries = deliveries;
        this.events = events;
        this.settings = settings;
        this.clock = clock;
    }

    /** When the number moves unless the new profile is reported installed before; empty: right now. */
    Optional<Instant> waitsUntil(Sql sql, Order order) {
        return order.isForLostSim() || isInstalled(sql, order)
                ? Optional.empty()
                : Optional.of(clock.instant().plus(settings.simChangeWait()));
    }

    private boolean isInstalled(Sql sql, Order order) {
        SimProfile.State state =
                subscriptions.state(sql, order.organization(), order.subscription(), ProfileActs.iccid(order));
        return state == SimProfile.State.INSTALLED;
    }

    /** A device has installed the new profile of this order. */
    void installed(OrganizationId organization, OrderId id) {
        database.inOwnerTransaction(sql -> {
            // Waits for whoever is about to write that the move comes next.
            Optional<OrderWork.Held> held = OrderWork.hold(sql, organization, id);
            held.map(OrderWork.Held::due)
                    .filter(due -> due.step() == OrderStep.MOVE_NUMBER && !due.undoing() && due.lease() == null)
                    .ifPresent(due -> hurry(sql, due));
            return held;
        });
    }

    private void hurry(Sql sql, OrderWork.Due due) {
        Instant now = clock.instant();
        OrderWork.hurry(
                sql, due, OrderStep.MOVE_NUMBER, now, now.plus(settings.deadline(OrderStep.MOVE_NUMBER.neighbour())));
    }

    /** Whether an order that is about to take its first step on the line can: no earlier one has a move left. */
    boolean isSettledFor(Order order) {
        return !concerns(order) || database.inOwnerTransaction(sql -> settle(sql, order));
    }

    private static boolean concerns(Order order) {
        return switch (order.type()) {
            case ACTIVATE_SUBSCRIPTION -> false;
            case CHANGE_PRODUCTS -> order.changes().map(ProductChange::atHlr).orElse(false);
            case CHANGE_SIM_PROFILE, SUSPEND_SUBSCRIPTION, RESUME_SUBSCRIPTION, TERMINATE_SUBSCRIPTION -> true;
        };
    }

    private boolean settle(Sql sql, Order order) {
        Optional<OrderWork.Held> held = OrderWork.earlierMove(sql, order);
        if (held.isEmpty()) {
            return true;
        }
        OrderWork.Due due = held.get().due();
        if (due.lease() != null) {
            // A step of it is under way.
            return false;
        }
        Order earlier = OrderStore.find(sql, due.organization(), due.order())
                .orElseThrow(() -> new IllegalStateException("work is left for " + due.order() + ", which is gone"));
        boolean begun = due.step() == OrderStep.REMOVE_PREVIOUS
                || (due.step() == OrderStep.MOVE_NUMBER && (due.inDoubt() || due.attempt() > 0));
        if (begun) {
            return false;
        }
        if (due.step() == OrderStep.DELIVER) {
            // The code can still be fetched as long as the profile is the line's.
            deliveries.supersede(sql, due, earlier);
        }
        if (earlier.isMoved()) {
            // It was only sent once more.
            OrderWork.done(sql, due);
            return true;
        }
        if (revokes(sql, order, earlier)) {
            revoke(sql, due, earlier);
            return true;
        }
        hurry(sql, due);
        return false;
    }

    private boolean revokes(Sql sql, Order order, Order earlier) {
        return order.type() == Order.Type.CHANGE_SIM_PROFILE
                && !order.isForLostSim()
                && !earlier.isForLostSim()
                && !isInstalled(sql, earlier);
    }

    /** The old SIM stays the line's; what was made for the new one is taken back, as if its order had been canceled. */
    private void revoke(Sql sql, OrderWork.Due due, Order earlier) {
        Instant now = clock.instant();
        Workflow.Back back = Workflow.of(earlier).back(Optional.of(OrderStep.CONFIRM_ORDER));
        OrderWork.takeBack(
                sql,
                due,
                back.next().orElseThrow(() -> new IllegalStateException(earlier.id() + " has nothing to take back")),
                now);
        stock.parkUsedProfile(sql, earlier.id());
        subscriptions.letGo(sql, earlier.organization(), earlier.subscription(), ProfileActs.iccid(earlier));
        OrderStore.reached(sql, earlier, Order.Milestone.REVOKED, now);
        events.raise(
                sql,
                earlier.organization(),
                "subscription.sim_profile_change_revoked",
                "subscription/" + earlier.subscription(),
                earlier.correlationId(),
                json -> json.text("order_id", earlier.id().text())
                        .text("iccid", ProfileActs.iccid(earlier).digits()));
    }
}
