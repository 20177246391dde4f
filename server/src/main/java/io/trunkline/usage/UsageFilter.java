package io.trunkline.usage;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which items a list holds.
 *
 * @param from started at or after
 * @param before started before
 * @param msisdn of either party, in digits
 * @param types one of these; empty: any
 * @param costTypes one of these; empty: any
 * @param asOf processed up to this number of the order of processing
 */
record UsageFilter(
        Optional<Instant> from,
        Optional<Instant> before,
        Optional<AccountId> account,
        Optional<SubscriptionId> subscription,
        Optional<SubscriberId> subscriber,
        Optional<Msisdn> msisdn,
        List<UsageItem.Type> types,
        Optional<UsageItem.Direction> direction,
        List<UsageItem.CostType> costTypes,
        Optional<Long> asOf) {

    boolean isEmpty() {
        return Stream.of(from, before, account, subscription, subscriber, msisdn, direction, asOf)
                        .allMatch(Optional::isEmpty)
                && types.isEmpty()
                && costTypes.isEmpty();
    }

    /** A number that a party can have: no international number begins with a zero. */
    record Msisdn(String digits) {
        /** As the table has it; a number that begins with a zero is nobody's. */
        long value() {
            return digits.startsWith("0") ? 0 : Long.parseLong(digits);
        }
    }
}
