package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrderId;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The rules of orders on a subscription that is there. */
@Component
class Changes {
    private final ProductRules products;

    Changes(ProductRules products) {
        this.products = products;
    }

    /** The order that a request means, with what its line holds at present; empty, with violations, where it cannot. */
    Optional<Plan> plan(Facts facts, ChangeRequest request, Plan.Origin origin, List<Violation> violations) {
        Optional<Subscription> found = request.subscription().flatMap(facts::line);
        if (request.subscription().isPresent() && found.isEmpty()) {
            violations.add(Violation.pointer(
                    "/subscription_id",
                    Violation.Code.NOT_FOUND,
                    "there is no subscription " + request.subscription().get()));
        }
        request.account().flatMap(account -> fault(facts, account, found)).ifPresent(violations::add);
        Optional<ProductChange> change =
                found.flatMap(line -> request.products().map(asked -> products.change(facts, line, asked, violations)));
        if (!violations.isEmpty()) {
            return Optional.empty();
        }
        Subscription line = found.orElseThrow();
        Subscriber subscriber = facts.person(line.subscriber())
                .orElseThrow(() -> new IllegalStateException(line.id() + " lacks its person"));
        Optional<ProductChange> kept =
                request.requestedAt().isPresent() ? request.products().map(ProductRequest::asAsked) : change;
        return Optional.of(new Plan(
                order(facts, request, line, kept, origin),
                subscriber,
                false,
                request.delivery().map(asked -> asked.delivery(origin.at())),
                Optional.empty(),
                found,
                facts.profile(line.id())));
    }

    private static Order order(
            Facts facts, ChangeRequest request, Subscription line, Optional<ProductChange> change, Plan.Origin origin) {
        return new Order(
                origin.organization(),
                OrderId.create(origin.at()),
                request.type(),
                Order.Status.PENDING,
                line.account(),
                line.id(),
                line.subscriber(),
                Optional.empty(),
                request.delivery().flatMap(DeliveryRequest::type),
                request.type() == Order.Type.CHANGE_SIM_PROFILE
                        ? Optional.empty()
                        : facts.profile(line.id()).map(SimProfile::iccid),
                facts.numbers().getOrDefault(line.id(), List.of()),
                request.reason(),
                change,
                Optional.empty(),
                Optional.empty(),
                request.requestedAt(),
                request.requestedAt().isPresent(),
                List.of(new Order.Milestone(Order.Milestone.ACCEPTED, origin.at())),
                origin.correlationId(),
                origin.at(),
                origin.at());
    }

    private static Optional<Violation> fault(Facts facts, AccountId account, Optional<Subscription> subscription) {
        if (facts.account(account).isEmpty()) {
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

    /** The order in flight that has to give way to this one, and can. */
    Optional<Order> givesWay(Facts facts, ChangeRequest request) {
        return request.subscription()
                .filter(_ -> request.isUrgent())
                .flatMap(facts::inFlight)
                .filter(first -> first.type() != Order.Type.ACTIVATE_SUBSCRIPTION);
    }

    /** What the state of the line forbids. Of a scheduled order that is looked at when it starts. */
    Optional<Problem> conflict(Facts facts, ChangeRequest request) {
        Optional<Subscription> line = request.subscription().flatMap(facts::line);
        if (request.requestedAt().isPresent()) {
            // No other order brings it back.
            return line.filter(one -> one.status() == Subscription.Status.TERMINATED)
                    .map(one -> stateConflict(request.type(), one));
        }
        Optional<Order> first = request.subscription().flatMap(facts::inFlight);
        if (first.isPresent() && givesWay(facts, request).isEmpty()) {
            return Optional.of(inFlight(first.map(Order::id)));
        }
        return line.filter(one -> !request.type().allowed().contains(one.status()))
                .map(one -> stateConflict(request.type(), one));
    }

    /** Why a second order is refused. */
    static Problem inFlight(Optional<OrderId> first) {
        Problem problem = Problem.of(
                ErrorCode.ORDER_IN_FLIGHT,
                first.map(id -> "the order " + id + " of this subscription is in flight")
                        .orElse("another order of this subscription is in flight"));
        return first.map(id -> problem.withLink("order", Order.path(id))).orElse(problem);
    }

    private static Problem stateConflict(Order.Type type, Subscription subscription) {
        String expected =
                type.allowed().stream().map(Subscription.Status::text).sorted().collect(Collectors.joining(" or "));
        return Problem.of(
                        ErrorCode.SUBSCRIPTION_STATE_CONFLICT,
                        "the subscription " + subscription.id() + " is "
                                + subscription.status().text() + ", " + type.text() + " needs one that is " + expected)
                .withLink("subscription", Subscription.path(subscription.id()));
    }
}
