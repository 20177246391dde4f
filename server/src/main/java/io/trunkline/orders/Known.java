package io.trunkline.orders;

import io.trunkline.catalog.OrderTemplate;
import io.trunkline.ids.Imsi;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of an order that follow each other under one lease know: nobody else changes it meanwhile, but for the
 * order's milestones, so that what one of them has read or taken need not be read by the next. Used by one thread; what
 * a transaction has put here is forgotten with it when it fails, since nothing follows then.
 */
final class Known {
    private Order order;
    private @Nullable OrderTemplate template;
    private @Nullable Reserved reserved;

    Known(Order order) {
        this.order = order;
    }

    /** The profile that the order has taken from the stock, as the next steps need it. */
    record Reserved(Imsi imsi, String matchingId) {
        /** Without the MatchingID: whoever has it has the profile. */
        @Override
        public String toString() {
            return "Reserved[imsi=" + imsi + "]";
        }
    }

    Order order() {
        return order;
    }

    /** It has its profile and its numbers. */
    void reserved(Order as, Reserved what) {
        order = as;
        reserved = what;
    }

    /** Empty where another lease saw the reservation: it is to be read. */
    Optional<Reserved> reserved() {
        return Optional.ofNullable(reserved);
    }

    /** Read by whoever needs it first. */
    OrderTemplate template(Supplier<OrderTemplate> read) {
        OrderTemplate known = template;
        if (known == null) {
            known = read.get();
            template = known;
        }
        return known;
    }
}
