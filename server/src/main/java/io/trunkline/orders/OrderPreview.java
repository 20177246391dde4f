package io.trunkline.orders;

import io.trunkline.accounts.Account;
import io.trunkline.catalog.OrderTemplate;
import io.trunkline.catalog.ProductOffering;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.ProductId;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscriptions.Service;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.web.Json;
import java.util.List;
import java.util.Optional;

/**
 * What an order would do, were it placed: what it would reserve, and what it would change.
 *
 * @param change of an order that changes products, with the plan that another one would replace
 * @param givesWay the order in flight that it would cancel
 */
record OrderPreview(Plan plan, Optional<ProductChange> change, Optional<Order> givesWay) {
    void write(Json json) {
        Order order = plan.order();
        json.text("type", order.type().text())
                .text("account_id", order.account().text())
                .text(
                        "subscription_id",
                        plan.line().map(line -> line.id().text()).orElse(null))
                .text("template_id", order.template().map(Object::toString).orElse(null))
                .object("subscriber", this::writePerson)
                .text("reason", order.reason().map(Order.Reason::text).orElse(null))
                .time("requested_at", order.requestedAt().orElse(null))
                .object("reserves", this::writeReserved)
                .object("changes", this::writeChanged)
                .text("cancels", givesWay.map(first -> first.id().text()).orElse(null))
                .links(links -> {
                    links.link("account", Account.path(order.account()));
                    plan.line().ifPresent(line -> links.link("subscription", Subscription.path(line.id())));
                    if (!plan.newPerson()) {
                        links.link("subscriber", Subscriber.path(order.subscriber()));
                    }
                    givesWay.ifPresent(first -> links.link("cancels", Order.path(first.id())));
                    links.link("orders", "/enterprise/orders");
                });
    }

    private void writePerson(Json json) {
        Subscriber.Person person = plan.subscriber().person();
        json.text("id", plan.newPerson() ? null : plan.subscriber().id().text())
                .text("first_name", person.firstName())
                .text("last_name", person.lastName())
                .text("email", person.email())
                .text("employee_id", person.employeeId())
                .text("group", person.group())
                .text("locale", person.locale());
    }

    private void writeReserved(Json json) {
        plan.delivery()
                .ifPresentOrElse(
                        delivery -> json.object(
                                "sim_profile",
                                entry -> entry.text("sim_type", "esim").object("delivery", delivery::writeRequest)),
                        () -> json.none("sim_profile"));
        json.objects(
                "phone_numbers",
                plan.template().map(OrderTemplate::phoneNumbers).orElse(List.of()),
                (entry, numbers) -> entry.text("country", numbers.country())
                        .number("count", numbers.count())
                        .bool("is_primary", numbers.isPrimary()));
    }

    private void writeChanged(Json json) {
        Order.Type type = plan.order().type();
        Optional<Subscription.Status> before = plan.line().map(Subscription::status);
        Optional<Subscription.Status> after = type.outcome().or(() -> before);
        json.object(
                        "status",
                        entry -> entry.text(
                                        "from",
                                        before.map(Subscription.Status::text).orElse(null))
                                .text("to", after.map(Subscription.Status::text).orElse(null)))
                .object(
                        "products",
                        entry -> entry.texts("add", added())
                                .texts(
                                        "remove",
                                        change.stream()
                                                .flatMap(one ->
                                                        one.remove().stream().map(ProductId::text))
                                                .toList()))
                .objects(
                        "services",
                        services(),
                        (entry, service) -> entry.text("type", service.type()).bool("enabled", service.enabled()));
    }

    private List<String> added() {
        return plan.template()
                .map(template -> template.offerings().stream()
                        .map(ProductOffering::id)
                        .map(OfferingId::text)
                        .toList())
                .orElseGet(() -> change.stream()
                        .flatMap(one -> one.add().stream().map(OfferingId::text))
                        .toList());
    }

    private List<Service> services() {
        return plan.template()
                .map(template -> template.services().stream()
                        .map(service -> new Service(service.type(), service.enabled()))
                        .toList())
                .orElseGet(() -> change.map(ProductChange::services).orElse(List.of()));
    }
}
