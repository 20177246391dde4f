package io.trunkline.usage;

import io.trunkline.database.Slice;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.web.Exchange;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import io.trunkline.web.Refusal;
import io.trunkline.web.Violation;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.USAGE)
class UsageItemResource {
    static final String DAY = "^([0-9]{4})-(?:[0-9]{2})-([0-9]{2})$ or is no day";
    static final String NUMBER_OF_PARTY = "^\\d{7,15}$";

    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern MSISDN = Pattern.compile("[0-9]{7,15}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{0,18}");

    private final Usage usage;

    UsageItemResource(Usage usage) {
        this.usage = usage;
    }

    @GetMapping("/enterprise/usage/items")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        UsageFilter filter = filter(parameters);
        Optional<Long> processedAfter =
                parameters.matching("processed-after", "^\\d{0,18}$", UsageItemResource::number);
        Page page = exchange.page(caller.organization());
        parameters.check();
        UsageItemShape shape = shape(exchange);
        if (processedAfter.isPresent()) {
            Slice.Key after =
                    page.slice().from().map(Slice.From::key).orElseGet(() -> UsageStore.after(processedAfter.get()));
            return exchange.stream(
                    "items",
                    page,
                    sink -> usage.processed(
                            caller.organization(), filter, after, page.slice().limit(), sink),
                    shape);
        }
        return exchange.stream(
                "items", page, sink -> usage.list(caller.organization(), filter, page.slice(), sink), shape);
    }

    @GetMapping("/enterprise/usage/items/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        UsageItemId known = UsageItemId.parse(id).orElseThrow(Refusal::notFound);
        UsageItemShape shape = shape(exchange);
        return exchange.resource(json -> {
            if (!usage.find(caller.organization(), known, row -> shape.write(json, row))) {
                throw Refusal.notFound();
            }
        });
    }

    private static UsageItemShape shape(Exchange exchange) {
        return new UsageItemShape(exchange.preferences().applies("msisdn", "string"));
    }

    /** Which items a request asks for. */
    static UsageFilter filter(Parameters parameters) {
        Optional<LocalDate> from = date(parameters, "from-date");
        Optional<LocalDate> to = date(parameters, "to-date");
        if (from.isPresent() && to.isPresent() && from.get().isAfter(to.get())) {
            parameters.refuse(
                    "from-date", Violation.Code.RANGE, from.get() + " is after to-date, which is " + to.get());
        }
        return new UsageFilter(
                from.map(UsageItemResource::startOf),
                to.map(day -> startOf(day.plusDays(1))),
                parameters.matching("account-id", "^acc_[0-9A-Z]{26}$", AccountId::parse),
                parameters.matching("subscription-id", "^sub_[0-9A-Z]{26}$", SubscriptionId::parse),
                parameters.matching("subscriber-id", "^sbr_[0-9A-Z]{26}$", SubscriberId::parse),
                parameters.matching("msisdn", NUMBER_OF_PARTY, UsageItemResource::msisdn),
                parameters.anyOf("type", "voice", "data", "sms").stream()
                        .map(text -> UsageItem.Type.valueOf(upper(text)))
                        .toList(),
                parameters.oneOf("direction", "inbound", "outbound").map(text -> Direction.valueOf(upper(text))),
                parameters.anyOf("cost-type", "free", "in_bundle", "out_of_bundle").stream()
                        .map(text -> CostType.valueOf(upper(text)))
                        .toList(),
                Optional.empty());
    }

    static Optional<UsageFilter.Msisdn> msisdn(String text) {
        return Optional.of(text)
                .filter(digits -> MSISDN.matcher(digits).matches())
                .map(UsageFilter.Msisdn::new);
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    private static Optional<LocalDate> date(Parameters parameters, String name) {
        return parameters.matching(name, DAY, UsageItemResource::day);
    }

    /** Empty where it is no day. */
    static Optional<LocalDate> day(String text) {
        if (!DATE.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static Instant startOf(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** 0, before all numbers, for the empty text. */
    private static Optional<Long> number(String text) {
        return NUMBER.matcher(text).matches()
                ? Optional.of(text.isEmpty() ? 0 : Long.parseLong(text))
                : Optional.empty();
    }
}
