package io.trunkline.orders;

import static io.trunkline.subscriptions.Subscription.Status.ACTIVE;
import static io.trunkline.subscriptions.Subscription.Status.PENDING;
import static io.trunkline.subscriptions.Subscription.Status.SUSPENDED;
import static io.trunkline.subscriptions.Subscription.Status.TERMINATED;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.subscriptions.PhoneNumber;
import io.trunkline.subscriptions.Subscription;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An order to make or change a subscription.
 *
 * @param deliveryType of an order that has an activation code to deliver
 * @param iccid as soon as one is reserved
 * @param phoneNumbers as soon as they are reserved
 * @param changes of an order that changes products
 * @param previous of an order that changes the SIM, once the new one is reserved: whose place that takes
 * @param cancelReason why it was canceled
 * @param requestedAt when it is to start; empty: at once
 * @param scheduled whether it waits for that
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
        Optional<Delivery.Type> deliveryType,
        Optional<Iccid> iccid,
        List<PhoneNumber> phoneNumbers,
        Optional<Reason> reason,
        Optional<ProductChange> changes,
        Optional<Iccid> previous,
        Optional<CancelReason> cancelReason,
        Optional<Instant> requestedAt,
        boolean scheduled,
        List<Milestone> milestones,
        String correlationId,
        Instant createdAt,
        Instant updatedAt) {

    /** What an order does. */
    enum Type {
        ACTIVATE_SUBSCRIPTION(ACTIVE, "subscription.activated"),
        CHANGE_SIM_PROFILE("subscription.sim_profile_changed"),
        SUSPEND_SUBSCRIPTION(SUSPENDED, "subscription.suspended"),
        RESUME_SUBSCRIPTION(ACTIVE, "subscription.resumed"),
        TERMINATE_SUBSCRIPTION(TERMINATED, "subscription.terminated"),
        CHANGE_PRODUCTS("subscription.products_changed");

        private final Optional<Subscription.Status> outcome;
        private final String event;

        Type(Subscription.Status outcome, String event) {
            this.outcome = Optional.of(outcome);
            this.event = event;
        }

        Type(String event) {
            this.outcome = Optional.empty();
            this.event = event;
        }

        /** In which state its subscription has to be. */
        Set<Subscription.Status> allowed() {
            return switch (this) {
                case ACTIVATE_SUBSCRIPTION -> Set.of(PENDING);
                case SUSPEND_SUBSCRIPTION -> Set.of(ACTIVE);
                case RESUME_SUBSCRIPTION -> Set.of(SUSPENDED);
                case CHANGE_SIM_PROFILE, TERMINATE_SUBSCRIPTION, CHANGE_PRODUCTS -> Set.of(ACTIVE, SUSPENDED);
            };
        }

        /** In which state its subscription is once it is completed; empty: as before. */
        Optional<Subscription.Status> outcome() {
            return outcome;
        }

        /** What has happened to its subscription then. */
        String event() {
            return event;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All of them, as requests name them. */
        static String[] texts() {
            return Arrays.stream(values()).map(Type::text).toArray(String[]::new);
        }

        static Type of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Why it is ordered. */
    enum Reason {
        LOST_OR_STOLEN,
        TEMPORARY_LEAVE,
        INVESTIGATION,
        DEVICE_CHANGE,
        LEFT_ORGANIZATION,
        OTHER;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Reason of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        static String[] texts() {
            return Arrays.stream(values()).map(Reason::text).toArray(String[]::new);
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
        static final String HLR_REFUSED = "hlr_refused";
        static final String HLR_UNREACHABLE = "hlr_unreachable";
        /** Somebody asked for that. */
        static final String REQUESTED = "requested";
        /** Another order could not wait. */
        static final String SUPERSEDED = "superseded";

        /** When its time had come, what it names was no longer as it has to be. */
        static final String NO_LONGER_VALID = "no_longer_valid";

        static final String INTERNAL_ERROR = "internal_error";
    }

    /** Something that an order has come by. */
    record Milestone(String name, Instant at) {
        static final String ACCEPTED = "accepted";
        static final String STARTED = "started";
        static final String RESERVED = "reserved";
        static final String PROFILE_ORDERED = "profile_ordered";
        static final String LINE_PROVISIONED = "line_provisioned";
        static final String LINE_BARRED = "line_barred";
        static final String LINE_RESTORED = "line_restored";
        static final String LINE_REMOVED = "line_removed";
        static final String SERVICES_SET = "services_set";
        static final String PRODUCTS_CHANGED = "products_changed";
        static final String PREVIOUS_CUT_OFF = "previous_cut_off";
        static final String REVOKED = "revoked";
        static final String NUMBER_MOVED = "number_moved";
        static final String PREVIOUS_REMOVED = "previous_removed";
        static final String PROFILE_RELEASED = "profile_released";
        static final String PROFILE_WITHDRAWN = "profile_withdrawn";
        static final String PROFILE_NOT_WITHDRAWN = "profile_not_withdrawn";
        static final String COMPLETED = "completed";
        static final String CANCELED = "canceled";
        static final String DELIVERED = "delivered";
        static final String DELIVERY_FAILED = "delivery_failed";
        static final String DELIVERY_BOUNCED = "delivery_bounced";
    }

    /** Whether it changes a SIM that is in the wrong hands. */
    boolean isForLostSim() {
        return type == Type.CHANGE_SIM_PROFILE && reason.equals(Optional.of(Reason.LOST_OR_STOLEN));
    }

    /** Whether the line has gone over to its new SIM, and the old one is off it. */
    boolean isMoved() {
        return milestones.stream().anyMatch(milestone -> milestone.name().equals(Milestone.PREVIOUS_REMOVED));
    }

    /** Whether it can be canceled: the point of no return is where it is completed. */
    boolean isCancelable() {
        return status == Status.PENDING;
    }

    static String path(OrderId id) {
        return "/enterprise/orders/" + id;
    }
}
