package io.trunkline.usage;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.web.Json;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The filters of items, as an export is asked for with them and tells them.
 *
 * @param from the first day
 * @param to the last day
 */
record UsageExportFilters(
        Optional<LocalDate> from,
        Optional<LocalDate> to,
        Optional<AccountId> account,
        Optional<SubscriptionId> subscription,
        Optional<SubscriberId> subscriber,
        Optional<UsageFilter.Msisdn> msisdn,
        List<UsageItem.Type> types,
        Optional<Direction> direction,
        List<CostType> costTypes) {
    static final UsageExportFilters NONE = new UsageExportFilters(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of());

    /** Reads what came, or what {@link #write} has written. */
    static UsageExportFilters read(Shape shape) {
        var filters = new UsageExportFilters(
                shape.matching("from_date", false, UsageItemResource.DAY, UsageItemResource::day),
                shape.matching("to_date", false, UsageItemResource.DAY, UsageItemResource::day),
                shape.matching("account_id", false, "^acc_[0-9A-Z]{26}$", AccountId::parse),
                shape.matching("subscription_id", false, "^sub_[0-9A-Z]{26}$", SubscriptionId::parse),
                shape.matching("subscriber_id", false, "^sbr_[0-9A-Z]{26}$", SubscriberId::parse),
                shape.matching("msisdn", false, UsageItemResource.NUMBER_OF_PARTY, UsageItemResource::msisdn),
                shape.anyOf("type", "voice", "data", "sms").stream()
                        .map(text -> UsageItem.Type.valueOf(upper(text)))
                        .toList(),
                shape.oneOf("direction", false, "inbound", "outbound").map(text -> Direction.valueOf(upper(text))),
                shape.anyOf("cost_type", "free", "in_bundle", "out_of_bundle").stream()
                        .map(text -> CostType.valueOf(upper(text)))
                        .toList());
        shape.end();
        filters.from
                .filter(first -> filters.to.isPresent() && first.isAfter(filters.to.get()))
                .ifPresent(first -> shape.refuse(
                        "from_date",
                        Violation.Code.RANGE,
                        first + " is after to_date, which is " + filters.to.orElseThrow()));
        return filters;
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    /** Those that are given. */
    void write(Json json) {
        from.ifPresent(day -> json.text("from_date", day.toString()));
        to.ifPresent(day -> json.text("to_date", day.toString()));
        account.ifPresent(id -> json.text("account_id", id.text()));
        subscription.ifPresent(id -> json.text("subscription_id", id.text()));
        subscriber.ifPresent(id -> json.text("subscriber_id", id.text()));
        msisdn.ifPresent(number -> json.text("msisdn", number.digits()));
        texts(json, "type", types);
        direction.ifPresent(one -> json.text("direction", one.text()));
        texts(json, "cost_type", costTypes);
    }

    private static void texts(Json json, String name, List<? extends UsageItem.Coded> values) {
        if (!values.isEmpty()) {
            json.texts(name, values.stream().map(UsageItem.Coded::text).toList());
        }
    }

    /** Before when the last of its days ends; empty where it has no last day. */
    Optional<Instant> before() {
        return to.map(day -> UsageItemResource.startOf(day.plusDays(1)));
    }

    /** The items that were there up to a number of the order of processing. */
    UsageFilter asOf(long number) {
        return new UsageFilter(
                from.map(UsageItemResource::startOf),
                before(),
                account,
                subscription,
                subscriber,
                msisdn,
                types,
                direction,
                costTypes,
                Optional.of(number));
    }
}
