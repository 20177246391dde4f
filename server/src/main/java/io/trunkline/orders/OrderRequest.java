package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.TemplateId;
import io.trunkline.subscribers.PersonFields;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.web.Shape;
import java.util.List;
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
        Optional<Delivery.Type> deliveryType,
        List<String> to,
        List<String> cc) {

    private static final Shape.Length TO_COUNT = new Shape.Length(1, 10);
    private static final Shape.Length CC_COUNT = new Shape.Length(0, 10);

    static OrderRequest read(Shape order) {
        Optional<AccountId> account = order.matching("account_id", true, "^acc_[0-9A-Z]{26}$", AccountId::parse);
        Optional<TemplateId> template = order.matching("template_id", false, "^otpl_[0-9A-Z]{26}$", TemplateId::parse);
        Optional<Shape> subscriber = order.object("subscriber", true);
        boolean existing = subscriber.isPresent() && subscriber.get().has("id");
        Optional<SubscriberId> id = subscriber
                .filter(_ -> existing)
                .flatMap(shape -> shape.matching("id", true, "^sbr_[0-9A-Z]{26}$", SubscriberId::parse));
        Optional<Subscriber.Person> person = subscriber.filter(_ -> !existing).flatMap(PersonFields::read);
        subscriber.ifPresent(Shape::end);
        Optional<Shape> profile = order.object("sim_profile", true);
        profile.ifPresent(shape -> shape.oneOf("sim_type", true, "esim"));
        Optional<Shape> delivery = profile.flatMap(shape -> shape.object("delivery", true));
        profile.ifPresent(Shape::end);
        Optional<Delivery.Type> deliveryType = delivery.flatMap(shape -> shape.oneOf("type", true, "email", "api"))
                .map(Delivery.Type::of);
        boolean byMail = deliveryType.equals(Optional.of(Delivery.Type.EMAIL));
        List<String> to = delivery.filter(_ -> byMail)
                .flatMap(shape -> shape.texts("to", true, TO_COUNT, PersonFields.ADDRESS, PersonFields::addressFault))
                .orElse(List.of());
        List<String> cc = delivery.filter(_ -> byMail)
                .flatMap(shape -> shape.texts("cc", false, CC_COUNT, PersonFields.ADDRESS, PersonFields::addressFault))
                .orElse(List.of());
        if (deliveryType.isPresent()) {
            // Which fields a delivery has depends on its type: of an unknown one nothing can be said.
            delivery.ifPresent(Shape::end);
        }
        order.end();
        return new OrderRequest(account, template, id, person, deliveryType, to, cc);
    }
}
