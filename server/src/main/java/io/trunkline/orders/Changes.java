package io.trunkline.orders;

import io.trunkline.accounts.Accounts;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
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
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The rules of orders on a subscription that is there. */
@Component
class Changes {
    private final Accounts accounts;
    private final Subscriptions subscriptions;
    private final ProductRules products;
    private final OrderEndings endings;
    private final Clock clock;

    Changes(Accounts accounts, Subscriptions subscriptions, ProductRules products, OrderEndings endings, Clock clock) {
        this.accounts = accounts;
        this.subscriptions = subscriptions;
        this.products = products;
        this.endings = endings;
        this.clock = clock;
    }

    /**
     * The order that a request means, with what its subscription holds at present.
     *
     * @throws Refusal with all violations, or because of what state the subscription is in
     */
    Order plan(Sql sql, Caller caller, ChangeRequest request, Body body, String correlationId) {
        OrganizationId organization = caller.organization();
        Planned planned = planned(sql, organization, request, body);
        Subscription subscription = planned.subscription();
        nothingElse(sql, request, subscription.id(), new OrderEndings.Asking(caller, correlationId));
        // Read again: an order that was in flight before may have changed it meanwhile.
        Subscription now =
                subscriptions.find(sql, organization, subscription.id()).orElseThrow(Refusal::notFound);
        requireState(request.type(), now);
        Instant at = clock.instant();
        return new Order(
                organization,
                OrderId.create(at),
                request.type(),
                Order.Status.PENDING,
                now.account(),
                now.id(),
                now.subscriber(),
                Optional.empty(),
                request.delivery().flatMap(DeliveryRequest::type),
                request.type() == Order.Type.CHANGE_SIM_PROFILE
                        ? Optional.empty()
                        : profile(sql, organization, now.id()).map(SimProfile::iccid),
                subscriptions.phoneNumbers(sql, organization, now.id()),
                request.reason(),
                planned.change(),
                Optional.empty(),
                Optional.empty(),
                List.of(new Order.Milestone(Order.Milestone.ACCEPTED, at)),
                correlationId,
                at,
                at);
    }

    /** The profile that the subscription shows. */
    Optional<SimProfile> profile(Sql sql, OrganizationId organization, SubscriptionId id) {
        return Optional.ofNullable(
                subscriptions.simProfiles(sql, organization, List.of(id)).get(id));
    }

    private record Planned(Subscription subscription, Optional<ProductChange> change) {}

    private Planned planned(Sql sql, OrganizationId organization, ChangeRequest request, Body body) {
        List<Violation> violations = body.violations();
        Optional<Subscription> found = request.subscription().flatMap(id -> subscriptions.find(sql, organization, id));
        if (request.subscription().isPresent() && found.isEmpty()) {
            violations.add(Violation.pointer(
                    "/subscription_id",
                    Violation.Code.NOT_FOUND,
                    "there is no subscription " + request.subscription().get()));
        }
        request.account()
                .flatMap(account -> fault(sql, organization, account, found))
                .ifPresent(violations::add);
        Optional<ProductChange> change = found.flatMap(
                line -> request.products().map(asked -> products.change(sql, organization, line, asked, violations)));
        body.check();
        return new Planned(found.orElseThrow(), change);
    }

    private Optional<Violation> fault(
            Sql sql, OrganizationId organization, AccountId account, Optional<Subscription> subscription) {
        if (accounts.find(sql, organization, account).isEmpty()) {
            return Optional.of(
                    Violation.pointer("/account_id", Violation.Code.NOT_FOUND, "there is no account " + account));
        }
        return subscription
                .filter(found -> !found.account().equals(account))
                .map(found -> Violation.pointer(
                        "/account_id",
                        Violation.Code.MISMATCH,
                        "the subscription " + found.id() + " belongs to another account, not to " + account));
    }

    /** A lost phone cannot wait: what is in flight gives way to it where it can. */
    private void nothingElse(Sql sql, ChangeRequest request, SubscriptionId id, OrderEndings.Asking asking) {
        OrganizationId organization = asking.caller().organization();
        Optional<Order> inFlight = OrderStore.inFlight(sql, organization, id);
        if (inFlight.isEmpty()) {
            return;
        }
        boolean urgent = request.type() == Order.Type.SUSPEND_SUBSCRIPTION
                && request.reason().equals(Optional.of(Order.Reason.LOST_OR_STOLEN))
                && inFlight.get().type() != Order.Type.ACTIVATE_SUBSCRIPTION;
        if (!urgent) {
            throw inFlight(Optional.of(inFlight.get().id()));
        }
        boolean _ = endings.cancel(
                organization,
                inFlight.get().id(),
                new Order.CancelReason(
                        Order.CancelReason.SUPERSEDED, "the subscription is suspended because it is lost or stolen"),
                asking);
    }

    /** Why a second order is refused. */
    static Refusal inFlight(Optional<OrderId> first) {
        Problem problem = Problem.of(
                ErrorCode.ORDER_IN_FLIGHT,
                first.map(id -> "the order " + id + " of this subscription is in flight")
                        .orElse("another order of this subscription is in flight"));
        return first.map(id -> problem.withLink("order", Order.path(id)))
                .orElse(problem)
                .refusal();
    }

    private static void requireState(Order.Type type, Subscription subscription) {
        if (!type.allowed().contains(subscription.status())) {
            String expected = type.allowed().stream()
                    .map(Subscription.Status::text)
                    .sorted()
                    .collect(Collectors.joining(" or "));
            throw Problem.of(
                            ErrorCode.SUBSCRIPTION_STATE_CONFLICT,
                            "the subscription " + subscription.id() + " is "
                                    + subscription.status().text() + ", " + type.text() + " needs one that is "
                                    + expected)
                    .withLink("subscription", Subscription.path(subscription.id()))
                    .refusal();
        }
    }
}
