package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.security.Caller;
import io.trunkline.web.Body;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What can be done with orders. */
@Component
class Orders {
    private final Database database;
    private final Facts.Reader facts;
    private final Rules rules;
    private final ProductRules products;
    private final Placing placing;
    private final OrderEndings endings;
    private final OrderView.Reader views;
    private final Clock clock;

    Orders(
            Database database,
            Facts.Reader facts,
            Rules rules,
            ProductRules products,
            Placing placing,
            OrderEndings endings,
            OrderView.Reader views,
            Clock clock) {
        this.database = database;
        this.facts = facts;
        this.rules = rules;
        this.products = products;
        this.placing = placing;
        this.endings = endings;
        this.views = views;
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

    /**
     * Takes an order on: one transaction, no outside call. Its subscription exists from here on; a new one is pending.
     *
     * @throws Refusal with all violations, those of the shape and those of the rules, or because of the state that
     *     things are in
     */
    OrderView place(Sql sql, Request request, Body body, OrderEndings.Asking asking) {
        OrganizationId organization = asking.caller().organization();
        Facts known = facts.read(sql, organization, List.of(request));
        Plan plan = plan(known, request, body, asking);
        Optional<Order> first = rules.givesWay(known, request);
        if (first.isPresent()) {
            boolean _ = endings.cancel(
                    organization,
                    first.get().id(),
                    new Order.CancelReason(
                            Order.CancelReason.SUPERSEDED,
                            "the subscription is suspended because it is lost or stolen"),
                    asking);
            // What was in flight may have changed the line meanwhile.
            known = facts.read(sql, organization, List.of(request));
            plan = plan(known, request, body, asking);
        }
        rules.conflict(known, request).ifPresent(problem -> {
            throw problem.refusal();
        });
        placing.write(sql, List.of(plan), asking, false);
        return plan.view();
    }

    /**
     * What the order would do; nothing is written.
     *
     * @throws Refusal as {@link #place} would
     */
    OrderPreview preview(Request request, Body body, OrderEndings.Asking asking) {
        OrganizationId organization = asking.caller().organization();
        return database.inTransaction(organization, sql -> {
            Facts known = facts.read(sql, organization, List.of(request));
            Plan plan = plan(known, request, body, asking);
            rules.conflict(known, request).ifPresent(problem -> {
                throw problem.refusal();
            });
            Optional<ProductChange> change = plan.line()
                    .flatMap(line -> request instanceof ChangeRequest asked
                            ? asked.products().map(wanted -> products.change(known, line, wanted, body.violations()))
                            : Optional.empty());
            return new OrderPreview(plan, change, rules.givesWay(known, request));
        });
    }

    private Plan plan(Facts known, Request request, Body body, OrderEndings.Asking asking) {
        var origin = new Plan.Origin(asking.caller().organization(), asking.correlationId(), clock.instant());
        Optional<Plan> plan = rules.plan(known, request, origin, body.violations());
        body.check();
        return plan.orElseThrow();
    }

    /** Two orders on one subscription were placed at the same time: the refusal of this one. */
    Refusal secondOf(OrganizationId organization, ChangeRequest request) {
        return Changes.inFlight(request.subscription()
                        .flatMap(
                                id -> OrderStore.inFlight(database.of(organization), organization, List.of(id)).stream()
                                        .findFirst())
                        .map(Order::id))
                .refusal();
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
}
