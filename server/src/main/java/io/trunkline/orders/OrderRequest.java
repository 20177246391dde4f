package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.TemplateId;
import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.web.Body;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final Shape.Length NAME = new Shape.Length(1, 100);
    private static final Shape.Length REMARK = new Shape.Length(0, 100);
    /** RFC 5321 4.5.3.1.3, less the angle brackets. */
    private static final Shape.Length ADDRESS = new Shape.Length(3, 254);

    private static final Shape.Length TO_COUNT = new Shape.Length(1, 10);
    private static final Shape.Length CC_COUNT = new Shape.Length(0, 10);
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

    static OrderRequest read(Body body) {
        Shape order = body.shape();
        order.oneOf("type", true, Order.Type.ACTIVATE_SUBSCRIPTION.text());
        Optional<AccountId> account = order.matching("account_id", true, "^acc_[0-9A-Z]{26}$", AccountId::parse);
        Optional<TemplateId> template = order.matching("template_id", false, "^otpl_[0-9A-Z]{26}$", TemplateId::parse);
        Optional<Shape> subscriber = order.object("subscriber", true);
        boolean existing = subscriber.isPresent() && subscriber.get().has("id");
        Optional<SubscriberId> id = subscriber
                .filter(_ -> existing)
                .flatMap(shape -> shape.matching("id", true, "^sbr_[0-9A-Z]{26}$", SubscriberId::parse));
        Optional<Subscriber.Person> person = subscriber.filter(_ -> !existing).flatMap(OrderRequest::person);
        subscriber.ifPresent(Shape::end);
        Optional<Shape> profile = order.object("sim_profile", true);
        profile.ifPresent(shape -> shape.oneOf("sim_type", true, "esim"));
        Optional<Shape> delivery = profile.flatMap(shape -> shape.object("delivery", true));
        profile.ifPresent(Shape::end);
        Optional<Delivery.Type> deliveryType = delivery.flatMap(shape -> shape.oneOf("type", true, "email", "api"))
                .map(Delivery.Type::of);
        boolean byMail = deliveryType.equals(Optional.of(Delivery.Type.EMAIL));
        List<String> to = delivery.filter(_ -> byMail)
                .flatMap(shape -> shape.texts("to", true, TO_COUNT, ADDRESS, OrderRequest::addressFault))
                .orElse(List.of());
        List<String> cc = delivery.filter(_ -> byMail)
                .flatMap(shape -> shape.texts("cc", false, CC_COUNT, ADDRESS, OrderRequest::addressFault))
                .orElse(List.of());
        if (deliveryType.isPresent()) {
            // Which fields a delivery has depends on its type: of an unknown one nothing can be said.
            delivery.ifPresent(Shape::end);
        }
        order.end();
        return new OrderRequest(account, template, id, person, deliveryType, to, cc);
    }

    private static Optional<Subscriber.Person> person(Shape shape) {
        Optional<String> firstName = shape.text("first_name", true, NAME);
        Optional<String> lastName = shape.text("last_name", true, NAME);
        Optional<String> email = shape.text("email", true, ADDRESS);
        email.flatMap(OrderRequest::addressFault)
                .ifPresent(fault -> shape.refuse("email", Violation.Code.PATTERN, fault));
        Optional<String> employeeId = shape.text("employee_id", false, REMARK);
        Optional<String> group = shape.text("group", false, REMARK);
        Optional<String> locale = shape.matching(
                "locale",
                false,
                LOCALE.pattern(),
                text -> LOCALE.matcher(text).matches() ? Optional.of(text) : Optional.empty());
        if (firstName.isEmpty() || lastName.isEmpty() || email.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Subscriber.Person(
                firstName.get(),
                lastName.get(),
                email.get(),
                employeeId.orElse(null),
                group.orElse(null),
                locale.orElse(null)));
    }

    private static Optional<String> addressFault(String address) {
        boolean holds = OutgoingMail.isAddress(address);
        return holds ? Optional.empty() : Optional.of("expected a mail address such as name@example.com");
    }
}
