package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.DeliveryId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Body;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Json;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** How the activation code of a line's profile went to the person, and sending it again while it can be used. */
@Component
class Deliveries {
    private final Database database;
    private final Subscriptions subscriptions;
    private final ActivationDelivery delivery;
    private final OrderView.Reader views;
    private final Audit audit;
    private final OrderSettings settings;
    private final Clock clock;

    Deliveries(
            Database database,
            Subscriptions subscriptions,
            ActivationDelivery delivery,
            OrderView.Reader views,
            Audit audit,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.delivery = delivery;
        this.views = views;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** A delivery as the history shows it. */
    record Entry(OrderStore.KeptDelivery kept, Delivery delivery) {
        void write(Json json) {
            json.text("id", new DeliveryId(kept.id()).text())
                    .text("order_id", kept.order().text());
            delivery.write(json);
            json.number("attempts", kept.attempts())
                    .time("created_at", kept.createdAt())
                    .time("updated_at", kept.updatedAt())
                    .links(links -> links.link("order", Order.path(kept.order())));
        }
    }

    /** Those of the profile that the line has, newest first. */
    Slice.Rows<Entry> list(OrganizationId organization, SubscriptionId subscription, Slice slice) {
        Sql sql = database.of(organization);
        SimProfile profile = profile(sql, organization, subscription);
        Slice.Rows<OrderStore.KeptDelivery> rows =
                DeliveryStore.list(sql, organization, subscription, profile.iccid(), slice);
        List<Delivery> shown = views.deliveries(sql, organization, rows.rows());
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < shown.size(); i++) {
            entries.add(new Entry(rows.rows().get(i), shown.get(i)));
        }
        return rows.with(entries);
    }

    private SimProfile profile(Sql sql, OrganizationId organization, SubscriptionId subscription) {
        return Optional.ofNullable(subscriptions
                        .simProfiles(sql, organization, List.of(subscription))
                        .get(subscription))
                .orElseThrow(Refusal::notFound);
    }

    /**
     * Sends the code once more, by whatever way is asked for.
     *
     * @throws Refusal with all violations, or because the profile is not in a state to be delivered
     */
    Entry again(Sql sql, Caller caller, SubscriptionId id, DeliveryRequest request, Body body, String correlationId) {
        OrganizationId organization = caller.organization();
        Subscription subscription = subscriptions.find(sql, organization, id).orElseThrow(Refusal::notFound);
        SimProfile profile = profile(sql, organization, id);
        body.check();
        requireCode(subscription, profile);
        Order order = OrderStore.makerOf(sql, organization, id, profile.iccid())
                .orElseThrow(() -> notDeliverable("no order made the profile " + profile.iccid()));
        Instant now = clock.instant();
        Delivery.State state =
                request.type().equals(Optional.of(Delivery.Type.EMAIL)) ? Delivery.State.PENDING : Delivery.State.SENT;
        if (state == Delivery.State.PENDING) {
            makeWay(sql, order, now);
        }
        request.eid().filter(eid -> !DeliveryStore.isAnnounced(sql, order, eid)).ifPresent(eid -> {
            throw notDeliverable(
                    "the SM-DP+ announces a profile when it releases it, and it has not announced this one to"
                            + " the EID " + eid);
        });
        Delivery asked = request.delivery(now);
        OrderStore.KeptDelivery kept = DeliveryStore.begun(
                order, asked, views.sealed(sql, order.organization(), order.subscriber(), asked), now);
        OrderStore.insertDeliveries(sql, List.of(new OrderStore.NewDelivery(order, kept)));
        if (state == Delivery.State.SENT) {
            delivery.handedOver(sql, order, kept);
        }
        audit.record(
                sql,
                Audit.Entry.change(
                        caller,
                        "activation_code.delivered_again",
                        "sim_profile/" + profile.iccid(),
                        correlationId,
                        Optional.empty(),
                        Optional.of(json -> json.text("delivery_id", new DeliveryId(kept.id()).text())
                                .text("type", kept.type().text()))));
        return new Entry(kept, asked.in(state));
    }

    private static void requireCode(Subscription subscription, SimProfile profile) {
        switch (profile.state()) {
            case RESERVED ->
                throw Problem.of(ErrorCode.NOT_RELEASED, "the SM-DP+ has not released the profile yet")
                        .refusal();
            case INSTALLED, DELETED, ERROR ->
                throw notDeliverable(
                        "the profile is " + profile.state().text() + " since " + Json.time(profile.stateAt()));
            case RELEASED, DOWNLOADED -> {
                if (subscription.status() == Subscription.Status.TERMINATED) {
                    throw Problem.of(
                                    ErrorCode.SUBSCRIPTION_STATE_CONFLICT,
                                    "the subscription " + subscription.id()
                                            + " is terminated, its profile is withdrawn")
                            .withLink("subscription", Subscription.path(subscription.id()))
                            .refusal();
                }
            }
        }
    }

    private static Refusal notDeliverable(String why) {
        return Problem.of(ErrorCode.PROFILE_NOT_DELIVERABLE, why + ": a new profile is ordered by change_sim_profile")
                .refusal();
    }

    /** The mail comes next of all that is left to do of the order; one that still waits gives way to it. */
    private void makeWay(Sql sql, Order order, Instant now) {
        OrderStep step = OrderStep.DELIVER;
        Instant deadline = now.plus(settings.deadline(step.neighbour()));
        Optional<OrderWork.Held> held = OrderWork.hold(sql, order.organization(), order.id());
        if (held.isEmpty()) {
            OrderWork.add(sql, List.of(new OrderWork.New(order, step, now, deadline, false)));
            return;
        }
        OrderWork.Due due = held.get().due();
        boolean untouched = due.step() == OrderStep.MOVE_NUMBER && due.attempt() == 0 && !due.inDoubt();
        if (due.undoing() || due.lease() != null || !(due.step() == step || untouched)) {
            throw busy(order);
        }
        if (due.step() == step) {
            delivery.supersede(sql, due, order);
        }
        OrderWork.hurry(sql, due, step, now, deadline);
    }

    /** Something of the order is being done at this very moment. */
    static Refusal busy(Order order) {
        return Problem.of(
                        ErrorCode.ORDER_IN_FLIGHT,
                        "the order " + order.id() + " is being worked on: its mail is being sent, or its number moves")
                .withLink("order", Order.path(order.id()))
                .withHeader("Retry-After", "1")
                .refusal();
    }

    /** Two were asked for at the same time: the refusal of this one. */
    Refusal secondOf(OrganizationId organization, SubscriptionId subscription) {
        Sql sql = database.of(organization);
        return OrderStore.makerOf(
                        sql,
                        organization,
                        subscription,
                        profile(sql, organization, subscription).iccid())
                .map(Deliveries::busy)
                .orElseGet(Refusal::notFound);
    }
}
