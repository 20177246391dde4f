package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.subscriptions.PhoneNumber;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An order to make or change a subscription.
 *
 * @param iccid as soon as one is reserved
 * @param phoneNumbers as soon as they are reserved
 * @param cancelReason why it was canceled
 * @param milestones what it has come by, oldest first
 */
record Order(
        OrganizationId organization,
        OrderId id,
        Type type,
        Status status,
        AccountId account,
        SubscriptionId subscription,
        SubscriberId subscriber,
        Optional<TemplateId> template,
        Delivery.Type deliveryType,
        Optional<Iccid> iccid,
        List<PhoneNumber> phoneNumbers,
        Optional<String> reason,
        Optional<CancelReason> cancelReason,
        List<Milestone> milestones,
        String correlationId,
        Instant createdAt,
        Instant updatedAt) {

    /** What an order does. */
    enum Type {
        ACTIVATE_SUBSCRIPTION;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Type of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Pending until it is completed or canceled; both are final. */
    enum Status {
        PENDING,
        COMPLETED,
        CANCELED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Why an order was canceled.
     *
     * @param code stable and machine readable
     */
    record CancelReason(String code, String detail) {
        static final String STOCK_EXHAUSTED = "stock_exhausted";
        static final String SMDP_REFUSED = "smdp_refused";
        static final String SMDP_UNREACHABLE = "smdp_unreachable";
        static final String INTERNAL_ERROR = "internal_error";
    }

    /** Something that an order has come by. */
    record Milestone(String name, Instant at) {
        static final String ACCEPTED = "accepted";
        static final String RESERVED = "reserved";
        static final String PROFILE_ORDERED = "profile_ordered";
        static final String PROFILE_RELEASED = "profile_released";
        static final String COMPLETED = "completed";
        static final String CANCELED = "canceled";
        static final String DELIVERED = "delivered";
        static final String DELIVERY_FAILED = "delivery_failed";
    }

    static String path(OrderId id) {
        return "/enterprise/orders/" + id;
    }
}
