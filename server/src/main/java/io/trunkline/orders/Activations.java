package io.trunkline.orders;

import io.trunkline.accounts.Account;
import io.trunkline.catalog.OrderTemplate;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.web.Violation;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The rules of orders for a new subscription. */
@Component
class Activations {
    private final Hlr hlr;

    Activations(Hlr hlr) {
        this.hlr = hlr;
    }

    /** What the request means; empty, with violations, where it cannot be. */
    Optional<Plan> plan(Facts facts, OrderRequest request, Plan.Origin origin, List<Violation> violations) {
        Optional<Account> account = request.account().flatMap(id -> account(facts, id, violations));
        Optional<OrderTemplate> template = template(facts, account, request, violations);
        Optional<Subscriber> existing = request.subscriber().flatMap(id -> subscriber(facts, id, violations));
        template.flatMap(this::unsupported).ifPresent(violations::add);
        if (!violations.isEmpty()) {
            return Optional.empty();
        }
        Subscriber subscriber = existing.orElseGet(() -> new Subscriber(
                SubscriberId.create(origin.at()), request.person().orElseThrow()));
        var order = new Order(
                origin.organization(),
                OrderId.create(origin.at()),
                Order.Type.ACTIVATE_SUBSCRIPTION,
                Order.Status.PENDING,
                account.orElseThrow().id(),
                SubscriptionId.create(origin.at()),
                subscriber.id(),
                Optional.of(template.orElseThrow().id()),
                request.delivery().type(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                request.requestedAt(),
                request.requestedAt().isPresent(),
                List.of(new Order.Milestone(Order.Milestone.ACCEPTED, origin.at())),
                origin.correlationId(),
                origin.at(),
                origin.at());
        return Optional.of(new Plan(
                order,
                subscriber,
                existing.isEmpty(),
                Optional.of(request.delivery().delivery(origin.at())),
                template,
                Optional.empty(),
                Optional.empty()));
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

    private static Optional<Account> account(Facts facts, AccountId id, List<Violation> violations) {
        Optional<Account> account = facts.account(id);
        if (account.isEmpty()) {
            violations.add(Violation.pointer("/account_id", Violation.Code.NOT_FOUND, "there is no account " + id));
        } else if (account.get().status() == Account.Status.CLOSED) {
            violations.add(Violation.pointer(
                    "/account_id", Violation.Code.STATE, "the account " + id + " is closed, expected an active one"));
            return Optional.empty();
        }
        return account;
    }

    private static Optional<OrderTemplate> template(
            Facts facts, Optional<Account> account, OrderRequest request, List<Violation> violations) {
        if (request.template().isPresent()) {
            TemplateId id = request.template().get();
            Optional<OrderTemplate> template = account.isPresent()
                    ? facts.offered().usable(account.get().id(), id)
                    : facts.offered().known(id);
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
                facts.offered().defaultOf(account.get().id());
        if (template.isEmpty()) {
            violations.add(Violation.pointer(
                    "/template_id",
                    Violation.Code.REQUIRED,
                    "template_id is required: the account has no default template"));
        }
        return template;
    }

    private static Optional<Subscriber> subscriber(Facts facts, SubscriberId id, List<Violation> violations) {
        Optional<Subscriber> subscriber = facts.person(id);
        if (subscriber.isEmpty()) {
            violations.add(
                    Violation.pointer("/subscriber/id", Violation.Code.NOT_FOUND, "there is no subscriber " + id));
        }
        return subscriber;
    }
}
