package io.trunkline.orders;

import io.trunkline.ids.Eid;
import io.trunkline.ids.Id;
import io.trunkline.subscribers.PersonFields;
import io.trunkline.web.Shape;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a request says of a new SIM profile: how its activation code is to reach the person.
 *
 * @param type absent where the request names none that there is
 * @param to mail addresses; empty unless by mail
 * @param cc mail addresses; empty unless by mail
 * @param eid the device; empty unless by push
 */
record DeliveryRequest(Optional<Delivery.Type> type, List<String> to, List<String> cc, Optional<Eid> eid) {
    private static final Shape.Length TO_COUNT = new Shape.Length(1, 10);
    private static final Shape.Length CC_COUNT = new Shape.Length(0, 10);
    private static final String EID = "^\\d{32}$ with check digits that hold (SGP.29: mod 97 = 1)";

    /** The delivery that a valid request asks for. */
    Delivery delivery(Instant at) {
        return new Delivery(
                Id.newValue(at),
                type.orElseThrow(),
                to,
                cc,
                eid,
                Delivery.State.PENDING,
                Optional.empty(),
                Delivery.Said.NOTHING,
                List.of());
    }

    /** Reads {@code sim_profile} of an order. */
    static DeliveryRequest read(Shape order) {
        Optional<Shape> profile = order.object("sim_profile", true);
        profile.ifPresent(shape -> shape.oneOf("sim_type", true, "esim"));
        Optional<Shape> delivery = profile.flatMap(shape -> shape.object("delivery", true));
        profile.ifPresent(Shape::end);
        return delivery.map(DeliveryRequest::readDelivery)
                .orElseGet(() -> new DeliveryRequest(Optional.empty(), List.of(), List.of(), Optional.empty()));
    }

    /** Reads the delivery itself. */
    static DeliveryRequest readDelivery(Shape fields) {
        Optional<Delivery.Type> type =
                fields.oneOf("type", true, Delivery.Type.texts()).map(Delivery.Type::of);
        if (type.isEmpty()) {
            // Which fields a delivery has depends on its type: of an unknown one nothing can be said.
            return new DeliveryRequest(type, List.of(), List.of(), Optional.empty());
        }
        DeliveryRequest read = switch (type.get()) {
            case EMAIL ->
                new DeliveryRequest(type, addresses(fields, "to", true), addresses(fields, "cc", false), none());
            case API -> new DeliveryRequest(type, List.of(), List.of(), none());
            case PUSH -> new DeliveryRequest(type, List.of(), List.of(), fields.matching("eid", true, EID, Eid::parse));
        };
        fields.end();
        return read;
    }

    private static Optional<Eid> none() {
        return Optional.empty();
    }

    private static List<String> addresses(Shape delivery, String name, boolean required) {
        return delivery.texts(
                        name,
                        required,
                        required ? TO_COUNT : CC_COUNT,
                        PersonFields.ADDRESS,
                        PersonFields::addressFault)
                .orElse(List.of());
    }
}
