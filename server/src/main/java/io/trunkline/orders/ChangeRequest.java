package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Shape;
import java.time.Instant;
import java.util.Optional;

/**
 * What a request for an order on a subscription says that is there. As with {@link OrderRequest}, whatever is not valid
 * is noted in the body's violations and absent here.
 *
 * @param delivery of the new SIM profile; empty unless the SIM is changed
 * @param products empty unless products are changed
 */
record ChangeRequest(
        Order.Type type,
        Optional<AccountId> account,
        Optional<SubscriptionId> subscription,
        Optional<Order.Reason> reason,
        Optional<DeliveryRequest> delivery,
        Optional<ProductRequest> products,
        Optional<Instant> requestedAt)
        implements Request {

    /** A suspension of a lost phone cannot wait: what is in flight gives way to it where it can. */
    boolean isUrgent() {
        return type == Order.Type.SUSPEND_SUBSCRIPTION
                && reason.equals(Optional.of(Order.Reason.LOST_OR_STOLEN))
                && requestedAt.isEmpty();
    }

    static ChangeRequest read(Shape order, Order.Type type, Optional<Instant> requestedAt) {
        Optional<AccountId> account = order.matching("account_id", true, "^acc_[0-9A-Z]{26}$", AccountId::parse);
        Optional<SubscriptionId> subscription =
                order.matching("subscription_id", true, "^sub_[0-9A-Z]{26}$", SubscriptionId::parse);
        Optional<Order.Reason> reason = takesReason(type)
                ? order.oneOf("reason", false, Order.Reason.texts()).map(Order.Reason::of)
                : Optional.empty();
        Optional<DeliveryRequest> delivery =
                type == Order.Type.CHANGE_SIM_PROFILE ? Optional.of(DeliveryRequest.read(order)) : Optional.empty();
        Optional<ProductRequest> products =
                type == Order.Type.CHANGE_PRODUCTS ? Optional.of(ProductRequest.read(order)) : Optional.empty();
        order.end();
        return new ChangeRequest(type, account, subscription, reason, delivery, products, requestedAt);
    }

    private static boolean takesReason(Order.Type type) {
        return switch (type) {
            case CHANGE_SIM_PROFILE, SUSPEND_SUBSCRIPTION, TERMINATE_SUBSCRIPTION -> true;
            case ACTIVATE_SUBSCRIPTION, RESUME_SUBSCRIPTION, CHANGE_PRODUCTS -> false;
        };
    }
}
