package io.trunkline.orders;

import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscribers.Subscribers;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Writes what plans mean: people, lines, orders, deliveries, work; one statement per table, however many plans. */
@Component
class Placing {
    private final Subscribers subscribers;
    private final PersonKeys keys;
    private final Subscriptions subscriptions;
    private final Events events;
    private final Audit audit;
    private final OrderSettings settings;

    Placing(
            Subscribers subscribers,
            PersonKeys keys,
            Subscriptions subscriptions,
            Events events,
            Audit audit,
            OrderSettings settings) {
        this.subscribers = subscribers;
        this.keys = keys;
        this.subscriptions = subscriptions;
        this.events = events;
        this.audit = audit;
        this.settings = settings;
    }

    /**
     * Takes them on.
     *
     * @param bulk whether they are a batch: what is ordered singly goes before them
     */
    void write(Sql sql, List<Plan> plans, OrderEndings.Asking asking, boolean bulk) {
        Caller caller = asking.caller();
        OrganizationId organization = caller.organization();
        PersonKeys.Opened opened = people(sql, plans, asking).and(keysOfOthers(sql, organization, plans));
        subscriptions.create(
                sql,
                organization,
                plans.stream().flatMap(plan -> line(plan).stream()).toList());
        OrderStore.insert(sql, plans.stream().map(Plan::order).toList(), caller.clientId());
        OrderStore.insertDeliveries(
                sql,
                plans.stream()
                        .flatMap(plan -> plan.delivery().map(delivery -> kept(plan, delivery, opened)).stream())
                        .toList());
        OrderWork.add(sql, work(plans, bulk));
        record(sql, plans.stream().map(Plan::order).toList(), asking);
    }

    private PersonKeys.Opened people(Sql sql, List<Plan> plans, OrderEndings.Asking asking) {
        List<Subscriber> people =
                plans.stream().filter(Plan::newPerson).map(Plan::subscriber).toList();
        return subscribers.create(sql, asking.caller(), asking.correlationId(), people);
    }

    private PersonKeys.Opened keysOfOthers(Sql sql, OrganizationId organization, List<Plan> plans) {
        Set<SubscriberId> people = plans.stream()
                .filter(plan -> !plan.newPerson()
                        && plan.delivery().filter(Delivery::hasRecipients).isPresent())
                .map(plan -> plan.subscriber().id())
                .collect(Collectors.toSet());
        return keys.keys(sql, organization, people);
    }

    private static Optional<Subscriptions.New> line(Plan plan) {
        Order order = plan.order();
        return plan.template()
                .map(template -> new Subscriptions.New(
                        order.subscription(), order.account(), order.subscriber(), template.smsSender()));
    }

    private static OrderStore.NewDelivery kept(Plan plan, Delivery delivery, PersonKeys.Opened opened) {
        Order order = plan.order();
        return new OrderStore.NewDelivery(
                order,
                DeliveryStore.begun(
                        order,
                        delivery,
                        OrderView.Reader.sealed(opened, order.subscriber(), delivery),
                        order.createdAt()));
    }

    /** In their order, which those of a batch keep: each is due a moment after the one before it. */
    private List<OrderWork.New> work(List<Plan> plans, boolean bulk) {
        var work = new ArrayList<OrderWork.New>();
        for (Plan plan : plans) {
            work.add(first(plan.order(), ChronoUnit.MICROS.getDuration().multipliedBy(work.size()), bulk));
        }
        return work;
    }

    private OrderWork.New first(Order order, Duration later, boolean bulk) {
        OrderStep first =
                order.scheduled() ? OrderStep.START : Workflow.of(order).first();
        Instant start = order.requestedAt().orElse(order.createdAt()).plus(later);
        return new OrderWork.New(order, first, start, start.plus(settings.deadline(first.neighbour())), bulk);
    }

    private void record(Sql sql, List<Order> orders, OrderEndings.Asking asking) {
        events.raise(
                sql,
                asking.caller().organization(),
                "order.accepted",
                asking.correlationId(),
                orders.stream()
                        .map(order -> new Events.Event("order/" + order.id(), told(order)))
                        .toList());
        audit.record(
                sql,
                orders.stream()
                        .map(order -> Audit.Entry.change(
                                asking.caller(),
                                "order.placed",
                                "order/" + order.id(),
                                asking.correlationId(),
                                Optional.empty(),
                                Optional.of(json -> audited(json, order))))
                        .toList());
    }

    private static Consumer<Json> told(Order order) {
        return json -> json.text("type", order.type().text())
                .text("account_id", order.account().text())
                .text("subscription_id", order.subscription().text())
                .text("reason", order.reason().map(Order.Reason::text).orElse(null))
                .time("requested_at", order.requestedAt().orElse(null));
    }

    private static void audited(Json json, Order order) {
        json.text("status", order.status().text())
                .text("type", order.type().text())
                .text("account_id", order.account().text())
                .text("subscription_id", order.subscription().text())
                .text("subscriber_id", order.subscriber().text())
                .text("template_id", order.template().map(Object::toString).orElse(null))
                .time("requested_at", order.requestedAt().orElse(null));
    }
}
