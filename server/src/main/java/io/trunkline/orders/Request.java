package io.trunkline.orders;

import io.trunkline.ids.AccountId;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** A request for an order, of any type. What is not valid is noted in the violations of its shape, and absent here. */
sealed interface Request permits OrderRequest, ChangeRequest {
    /** How far ahead an order can be scheduled. */
    Duration AHEAD = Duration.ofDays(90);

    Order.Type type();

    Optional<AccountId> account();

    /** When it is to start; empty: at once. */
    Optional<Instant> requestedAt();

    static Request read(Shape order, Instant now) {
        // Of an order of no known type nothing else could be said: it is read as the most usual one.
        Order.Type type = order.oneOf("type", true, Order.Type.texts())
                .map(Order.Type::of)
                .orElse(Order.Type.ACTIVATE_SUBSCRIPTION);
        Optional<Instant> requestedAt = requestedAt(order, now);
        return type == Order.Type.ACTIVATE_SUBSCRIPTION
                ? OrderRequest.read(order, requestedAt)
                : ChangeRequest.read(order, type, requestedAt);
    }

    private static Optional<Instant> requestedAt(Shape order, Instant now) {
        Optional<Instant> time =
                order.matching("requested_at", false, "RFC 3339, e.g. 2027-01-31T08:00:00.000Z", Request::time);
        Instant last = now.plus(AHEAD);
        return time.filter(at -> {
            boolean holds = at.isAfter(now) && !at.isAfter(last);
            if (!holds) {
                order.refuse(
                        "requested_at",
                        Violation.Code.RANGE,
                        at + " is not after " + now.truncatedTo(ChronoUnit.MILLIS) + " and at most " + AHEAD.toDays()
                                + " days later");
            }
            return holds;
        });
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
