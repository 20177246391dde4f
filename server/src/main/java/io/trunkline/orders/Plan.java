package io.trunkline.orders;

import io.trunkline.catalog.OrderTemplate;
import io.trunkline.ids.OrganizationId;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
import java.time.Instant;
import java.util.Optional;

/**
 * What a valid request means, nothing of it written yet.
 *
 * @param newPerson whether the person is to be made
 * @param delivery of an order that makes a SIM profile
 * @param template of an activation
 * @param line that is there already
 * @param profile that the line shows
 */
record Plan(
        Order order,
        Subscriber subscriber,
        boolean newPerson,
        Optional<Delivery> delivery,
        Optional<OrderTemplate> template,
        Optional<Subscription> line,
        Optional<SimProfile> profile) {

    /** Where a request comes from, and when. */
    record Origin(OrganizationId organization, String correlationId, Instant at) {}

    /** The order as it is shown once this is written. */
    OrderView view() {
        return new OrderView(
                order, subscriber, profile.filter(one -> order.iccid().equals(Optional.of(one.iccid()))), delivery);
    }
}
