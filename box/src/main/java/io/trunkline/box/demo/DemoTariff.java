package io.trunkline.box.demo;

import io.trunkline.usage.UsageItem;
import io.trunkline.usage.UsageItem.Charge;
import io.trunkline.usage.UsageItem.CostType;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the demo's usage costs: allowances of a month, then prices, in the order in which things happened. */
final class DemoTariff {
    static final String CURRENCY = "EUR";
    static final Set<String> EU = Set.of("AT", "BE", "DE", "ES", "FR", "IE", "IT", "NL", "PT");

    private static final long GIGABYTE = 1_000_000_000L;
    private static final long MICROS = 1_000_000;
    private static final long TALK_SECONDS = 500 * 60;
    private static final long BLOCK_BYTES = 1_024;
    private static final Price HOME_CALL = new Price(12, 60);
    private static final Price FAR_CALL = new Price(45, 60);
    private static final Price HOME_DATA = new Price(300, GIGABYTE);
    private static final Price FAR_DATA = new Price(4, 1_000_000);
    private static final Price HOME_SMS = new Price(8, 1);
    private static final Price FAR_SMS = new Price(20, 1);

    private final Map<Allowance, Long> used = new HashMap<>();

    /** What is left is counted by line, product and month. */
    private record Allowance(DemoLine line, String offering, UsageItem.Type type, YearMonth month) {}

    /** Minor units for so many seconds, bytes or messages. */
    private record Price(long amount, long per) {
        long micros(long charged) {
            return Math.floorDiv(charged * amount * MICROS + per / 2, per);
        }
    }

    /** A part of an event that is charged alike, to a product of this name. */
    record Part(String offering, long quantity, Charge charge) {}

    /** The parts of an event, their quantities adding up to its own. */
    List<Part> charge(DemoEvent happened, YearMonth month) {
        UsageItem.Event event = happened.event();
        DemoLine line = happened.line();
        long charged = rounded(event);
        boolean far = event.roaming() && !isNear(event.country());
        boolean inbound = event.direction() == UsageItem.Direction.INBOUND;
        if (happened.onNet() || happened.emergency() || (inbound && !far && event.type() != UsageItem.Type.DATA)) {
            return List.of(part(line, event.quantity(), CostType.FREE, charged, 0));
        }
        boolean abroad = !inbound && !happened.to().isEmpty() && !isNear(happened.to(), line);
        if (far || abroad) {
            Price price = price(event.type(), true);
            return List.of(part(line, event.quantity(), CostType.OUT_OF_BUNDLE, charged, price.micros(charged)));
        }
        return consume(happened, month, charged);
    }

    private List<Part> consume(DemoEvent happened, YearMonth month, long charged) {
        UsageItem.Event event = happened.event();
        DemoLine line = happened.line();
        var parts = new ArrayList<Part>();
        long left = charged;
        long quantity = event.quantity();
        var offerings = new ArrayList<String>();
        if (event.roaming() && line.hasProduct(DemoCatalog.EU_ROAMING)) {
            offerings.add(DemoCatalog.EU_ROAMING);
        }
        offerings.add(line.plan());
        for (String offering : offerings) {
            long given = Math.min(left, remaining(new Allowance(line, offering, event.type(), month)));
            if (given > 0 || (charged == 0 && parts.isEmpty())) {
                used.merge(new Allowance(line, offering, event.type(), month), given, Long::sum);
                left -= given;
                long own = left == 0 ? quantity : Math.min(quantity, given);
                quantity -= own;
                parts.add(new Part(offering, own, new Charge(CostType.IN_BUNDLE, given, 0, CURRENCY)));
            }
        }
        if (left > 0) {
            Price price = price(event.type(), false);
            parts.add(part(line, quantity, CostType.OUT_OF_BUNDLE, left, price.micros(left)));
        }
        return parts;
    }

    private long remaining(Allowance allowance) {
        return Math.max(0, size(allowance) - used.getOrDefault(allowance, 0L));
    }

    private static long size(Allowance allowance) {
        return switch (allowance.type()) {
            case VOICE ->
                switch (allowance.offering()) {
                    case DemoCatalog.BUSINESS_10 -> TALK_SECONDS;
                    case DemoCatalog.UNLIMITED -> Long.MAX_VALUE;
                    default -> 0;
                };
            case SMS ->
                switch (allowance.offering()) {
                    case DemoCatalog.BUSINESS_10, DemoCatalog.UNLIMITED -> Long.MAX_VALUE;
                    default -> 0;
                };
            case DATA ->
                switch (allowance.offering()) {
                    case DemoCatalog.BUSINESS_10 -> 10 * GIGABYTE;
                    case DemoCatalog.UNLIMITED -> Long.MAX_VALUE;
                    default -> 5 * GIGABYTE;
                };
        };
    }

    private static Price price(UsageItem.Type type, boolean far) {
        return switch (type) {
            case VOICE -> far ? FAR_CALL : HOME_CALL;
            case SMS -> far ? FAR_SMS : HOME_SMS;
            case DATA -> far ? FAR_DATA : HOME_DATA;
        };
    }

    private static Part part(DemoLine line, long quantity, CostType type, long charged, long micros) {
        return new Part(line.plan(), quantity, new Charge(type, charged, micros, CURRENCY));
    }

    /** Calls by the second from a minute on, data by the kilobyte. */
    private static long rounded(UsageItem.Event event) {
        long quantity = event.quantity();
        return switch (event.type()) {
            case VOICE -> quantity == 0 ? 0 : Math.max(60, quantity);
            case SMS -> quantity;
            case DATA -> Math.ceilDiv(quantity, BLOCK_BYTES) * BLOCK_BYTES;
        };
    }

    private static boolean isNear(@Nullable String country) {
        return country != null && EU.contains(country);
    }

    private static boolean isNear(String country, DemoLine line) {
        return country.equals(line.home()) || country.equals("GB") || isNear(country);
    }
}
