package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.TemplateId;
import io.trunkline.subscribers.PersonFields;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.web.Shape;
import java.time.Instant;
import java.util.Optional;

/**
 * What a request for an order says. Whatever is not valid is noted in the body's violations and absent here; the rules
 * that need to look things up add theirs, and only then is the request refused.
 *
 * @param subscriber an existing person, or
 * @param person a new one
 */
record OrderRequest(
        Optional<AccountId> account,
        Optional<TemplateId> template,
        Optional<SubscriberId> subscriber,
        Optional<Subscriber.Person> person,
        DeliveryRequest delivery,
        Optional<Instant> requestedAt)
        implements Request {

    @Override
    public Order.Type type() {
        return Order.Type.ACTIVATE_SUBSCRIPTION;
    }

    static OrderRequest read(Shape order, Optional<Instant> requestedAt) {
        Optional<AccountId> account = order.matching("account_id", true, "^acc_[0-9A-Z]{26}$", AccountId::parse);
        Optional<TemplateId> template = order.matching("template_id", false, "^otpl_[0-9A-Z]{26}$", TemplateId::parse);
        Optional<Shape> subscriber = order.object("subscriber", true);
        boolean existing = subscriber.isPresent() && subscriber.get().has("id");
        Optional<SubscriberId> id = subscriber
                .filter(_ -> existing)
                .flatMap(shape -> shape.matching("id", true, "^sbr_[0-9A-Z]{26}$", SubscriberId::parse));
        Optional<Subscriber.Person> person = subscriber.filter(_ -> !existing).flatMap(PersonFields::read);
        subscriber.ifPresent(Shape::end);
        DeliveryRequest delivery = DeliveryRequest.read(order);
        order.end();
        return new OrderRequest(account, template, id, person, delivery, requestedAt);
    }
}
