package io.trunkline.orders;

import io.trunkline.accounts.Account;
import io.trunkline.accounts.Accounts;
import io.trunkline.catalog.Catalog;
import io.trunkline.catalog.OrderTemplate;
import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscribers.Subscribers;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Body;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import io.trunkline.web.Violation;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What can be done with orders. */
@Component
class Orders {
    private final Database database;
    private final Accounts accounts;
    private final Catalog catalog;
    private final Subscribers subscribers;
    private final Subscriptions subscriptions;
    private final Changes changes;
    private final OrderEndings endings;
    private final Hlr hlr;
    private final OrderView.Reader views;
    private final Events events;
    private final Audit audit;
    private final OrderSettings settings;
    private final Clock clock;

    Orders(
            Database database,
            Accounts accounts,
            Catalog catalog,
            Subscribers subscribers,
            Subscriptions subscriptions,
            Changes changes,
            OrderEndings endings,
            Hlr hlr,
            OrderView.Reader views,
            Events events,
            Audit audit,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.catalog = catalog;
        this.subscribers = subscribers;
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.endings = endings;
        this.hlr = hlr;
        this.views = views;
        this.events = events;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** The order as it is shown. */
    Optional<OrderView> find(OrganizationId organization, OrderId id) {
        Sql sql = database.of(organization);
        return OrderStore.findShown(sql, organization, id)
                .flatMap(shown ->
                        views.read(sql, organization, List.of(shown)).stream().findFirst());
    }

    /** Newest first. */
    Slice.Rows<OrderView> list(OrganizationId organization, OrderStore.Filter filter, Slice slice) {
        Sql sql = database.of(organization);
        Slice.Rows<OrderStore.Shown> rows = OrderStore.list(sql, organization, filter, slice);
        return rows.with(views.read(sql, organization, rows.rows()));
    }

    /** What a valid request means. */
    private record Plan(Account account, OrderTemplate template, Optional<Subscriber> existing) {}

    /**
     * Takes an order on: one transaction, no outside call. Its subscription exists from here on, pending.
     *
     * @throws Refusal with all violations, those of the shape and those of the rules
     */
    OrderView place(Sql sql, Caller caller, OrderRequest request, Body body, String correlationId) {
        OrganizationId organization = caller.organization();
        Plan plan = plan(sql, organization, request, body);
        Instant now = clock.instant();
        Subscriber subscriber = plan.existing()
                .orElseGet(() -> subscribers.create(
                        sql, caller, correlationId, request.person().orElseThrow()));
        SubscriptionId subscription = subscriptions.create(
                sql,
                organization,
                plan.account().id(),
                subscriber.id(),
                plan.template().smsSender());
        var order = new Order(
                organization,
                OrderId.create(now),
                Order.Type.ACTIVATE_SUBSCRIPTION,
                Order.Status.PENDING,
                plan.account().id(),
                subscription,
                subscriber.id(),
                Optional.of(plan.template().id()),
                request.delivery().type(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(new Order.Milestone(Order.Milestone.ACCEPTED, now)),
                correlationId,
                now,
                now);
        OrderStore.insert(sql, order, caller.clientId());
        Delivery delivery = addDelivery(sql, order, request.delivery());
        begin(sql, caller, order);
        return new OrderView(order, subscriber, Optional.empty(), Optional.of(delivery));
    }

    /**
     * The same on a subscription that is there.
     *
     * @throws Refusal with all violations, or because of the state that things are in
     */
    OrderView place(Sql sql, Caller caller, ChangeRequest request, Body body, String correlationId) {
        Order order = changes.plan(sql, caller, request, body, correlationId);
        Subscriber subscriber = subscribers
                .find(sql, order.organization(), order.subscriber())
                .orElseThrow(() -> new IllegalStateException(order.subscription() + " lacks its person"));
        OrderStore.insert(sql, order, caller.clientId());
        Optional<Delivery> delivery = request.delivery().map(asked -> addDelivery(sql, order, asked));
        begin(sql, caller, order);
        return new OrderView(
                order,
                subscriber,
                changes.profile(sql, order.organization(), order.subscription())
                        .filter(profile -> order.iccid().equals(Optional.of(profile.iccid()))),
                delivery);
    }

    private void begin(Sql sql, Caller caller, Order order) {
        OrderStep first = Workflow.of(order).first();
        Instant deadline = order.createdAt().plus(settings.deadline(first.neighbour()));
        OrderWork.add(sql, order, first, order.createdAt(), deadline);
        record(sql, caller, order);
    }

    /** Two orders on one subscription were placed at the same time: the refusal of this one. */
    Refusal secondOf(OrganizationId organization, ChangeRequest request) {
        return Changes.inFlight(request.subscription()
                .flatMap(id -> OrderStore.inFlight(database.of(organization), organization, id))
                .map(Order::id));
    }

    /**
     * Cancels the order while that is possible. One that is canceled already stays what it is.
     *
     * @throws Refusal where there is none, or it is completed
     */
    OrderView cancel(Caller caller, OrderId id, String correlationId) {
        OrganizationId organization = caller.organization();
        Order order =
                OrderStore.find(database.of(organization), organization, id).orElseThrow(Refusal::notFound);
        boolean canceled = order.isCancelable()
                && endings.cancel(
                        organization,
                        id,
                        new Order.CancelReason(Order.CancelReason.REQUESTED, "its cancellation was asked for"),
                        new OrderEndings.Asking(caller, correlationId));
        OrderView view = find(organization, id).orElseThrow(Refusal::notFound);
        if (!canceled && view.order().status() == Order.Status.COMPLETED) {
            throw Problem.of(ErrorCode.ORDER_NOT_CANCELABLE, "the order " + id + " is completed")
                    .withLink("order", Order.path(id))
                    .refusal();
        }
        return view;
    }

    private Delivery addDelivery(Sql sql, Order order, DeliveryRequest request) {
        UUID id = Id.newValue(order.createdAt());
        OrderStore.insertDelivery(
                sql,
                order,
                new OrderStore.KeptDelivery(
                        order.id(),
                        id,
                        order.subscriber(),
                        order.deliveryType().orElseThrow(),
                        views.sealed(sql, order.organization(), order.subscriber(), id, request),
                        request.eid(),
                        Delivery.State.PENDING,
                        "<" + id + "@trunkline.invalid>",
                        0,
                        Optional.empty(),
                        order.createdAt()));
        return new Delivery(
                id,
                order.deliveryType().orElseThrow(),
                request.to(),
                request.cc(),
                request.eid(),
                Delivery.State.PENDING);
    }

    private void record(Sql sql, Caller caller, Order order) {
        events.raise(
                sql,
                order.organization(),
                "order.accepted",
                "order/" + order.id(),
                order.correlationId(),
                json -> json.text("type", order.type().text())
                        .text("account_id", order.account().text())
                        .text("subscription_id", order.subscription().text())
                        .text("reason", order.reason().map(Order.Reason::text).orElse(null)));
        audit.record(
                sql,
                Audit.Entry.change(
                        caller,
                        "order.placed",
                        "order/" + order.id(),
                        order.correlationId(),
                        Optional.empty(),
                        Optional.of(json -> json.text("status", order.status().text())
                                .text("type", order.type().text())
                                .text("account_id", order.account().text())
                                .text("subscription_id", order.subscription().text())
                                .text("subscriber_id", order.subscriber().text())
                                .text(
                                        "template_id",
                                        order.template().map(Object::toString).orElse(null)))));
    }

    private Plan plan(Sql sql, OrganizationId organization, OrderRequest request, Body body) {
        List<Violation> violations = body.violations();
        Optional<Account> account = request.account().flatMap(id -> account(sql, organization, id, violations));
        Optional<OrderTemplate> template = template(sql, organization, account, request, violations);
        Optional<Subscriber> existing =
                request.subscriber().flatMap(id -> subscriber(sql, organization, id, violations));
        template.flatMap(this::unsupported).ifPresent(violations::add);
        body.check();
        return new Plan(account.orElseThrow(), template.orElseThrow(), existing);
    }

    /** What the HLR cannot keep apart is refused before anything is ordered. */
    private Optional<Violation> unsupported(OrderTemplate template) {
        int numbers = template.phoneNumbers().stream()
                .mapToInt(OrderTemplate.Numbers::count)
                .sum();
        return hlr.capabilities()
                .refusal(LineActs.ofTemplate(template.services()), numbers)
                .map(code -> Violation.pointer(
                        "/template_id",
                        Violation.Code.UNSUPPORTED,
                        "the template " + template.id() + " cannot be ordered: " + code.text() + " (" + code.code()
                                + ")"));
    }

    private Optional<Account> account(Sql sql, OrganizationId organization, AccountId id, List<Violation> violations) {
        Optional<Account> account = accounts.find(sql, organization, id);
        if (account.isEmpty()) {
            violations.add(Violation.pointer("/account_id", Violation.Code.NOT_FOUND, "there is no account " + id));
        } else if (account.get().status() == Account.Status.CLOSED) {
            violations.add(Violation.pointer(
                    "/account_id", Violation.Code.STATE, "the account " + id + " is closed, expected an active one"));
            return Optional.empty();
        }
        return account;
    }

    private Optional<OrderTemplate> template(
            Sql sql,
            OrganizationId organization,
            Optional<Account> account,
            OrderRequest request,
            List<Violation> violations) {
        if (request.template().isPresent()) {
            TemplateId id = request.template().get();
            Optional<OrderTemplate> template = account.isPresent()
                    ? catalog.usable(sql, organization, account.get().id(), id)
                    : catalog.template(sql, organization, id);
            if (template.isEmpty()) {
                violations.add(Violation.pointer(
                        "/template_id",
                        Violation.Code.NOT_FOUND,
                        "there is no template " + id + (account.isPresent() ? " for this account" : "")));
            }
            return template;
        }
        if (account.isEmpty()
                || violations.stream().anyMatch(violation -> violation.name().equals("/template_id"))) {
            return Optional.empty();
        }
        Optional<OrderTemplate> template =
                catalog.defaultOf(sql, organization, account.get().id());
        if (template.isEmpty()) {
            violations.add(Violation.pointer(
                    "/template_id",
                    Violation.Code.REQUIRED,
                    "template_id is required: the account has no default template"));
        }
        return template;
    }

    private Optional<Subscriber> subscriber(
            Sql sql, OrganizationId organization, SubscriberId id, List<Violation> violations) {
        Optional<Subscriber> subscriber = subscribers.find(sql, organization, id);
        if (subscriber.isEmpty()) {
            violations.add(
                    Violation.pointer("/subscriber/id", Violation.Code.NOT_FOUND, "there is no subscriber " + id));
        }
        return subscriber;
    }
}
