package io.trunkline.rating;

import io.trunkline.ids.ProductId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What one record is charged. The rules are numbered as in docs/rating.md. */
public final class Rating {
    private static final long MICROS = 1_000_000;

    /** Rule 6: those that are consumed first come first. The order is that of the version that gives the allowances. */
    private static final Comparator<Given> IN_ORDER = Comparator.comparingInt(
                    (Given given) -> given.version().order())
            .thenComparing(given -> given.holding().activatedAt())
            .thenComparing(given -> given.holding().product().text());

    private Rating() {}

    /** What is left of a pot before the record. */
    @FunctionalInterface
    public interface Remaining {
        long of(Pot pot, Holding holding);
    }

    /** Whether it costs something, and out of what it was taken. */
    public enum CostType {
        FREE,
        IN_BUNDLE,
        OUT_OF_BUNDLE
    }

    /** What a part has taken from a pot. */
    public record Taken(Pot pot, long quantity) {}

    /**
     * A part of a record that is charged alike, to one product.
     *
     * @param quantity its share of the record's
     * @param charged after rounding
     * @param micros in millionths of a minor unit
     */
    public record Part(
            CostType type,
            ProductId product,
            long quantity,
            long charged,
            long micros,
            String currency,
            List<Taken> taken) {}

    /** Products with what they give in the period of a moment. */
    private record Given(Holding holding, Cycle.Span period, Tariff version) {
        static List<Given> of(List<Holding> holdings, Chargeable usage) {
            var given = new ArrayList<Given>(holdings.size());
            for (Holding holding : holdings) {
                Cycle.Span period = holding.terms().cycle().at(usage.startedAt(), holding.activatedAt());
                Optional<Tariff> version = holding.terms().of(period, holding.activatedAt());
                if (version.isPresent()) {
                    given.add(new Given(holding, period, version.get()));
                }
            }
            return given;
        }

        List<Pot> pots(Chargeable usage) {
            var pots = new ArrayList<Pot>(version.allowances().size());
            for (Tariff.Allowance allowance : version.allowances()) {
                if (allowance.conditions().match(usage)) {
                    pots.add(holding.pot(allowance, period));
                }
            }
            return pots;
        }
    }

    /** From which pots a record may be taken, so that they can be looked up together. */
    public static List<Pot> pots(Chargeable usage, Holding plan, List<Holding> products) {
        if (usage.emergency() || rate(usage, plan).map(Tariff.Rate::free).orElse(true)) {
            return List.of();
        }
        var pots = new LinkedHashSet<Pot>();
        Given.of(products, usage).forEach(given -> pots.addAll(given.pots(usage)));
        return List.copyOf(pots);
    }

    private static Optional<Tariff.Rate> rate(Chargeable usage, Holding plan) {
        return plan.terms().at(usage.startedAt()).flatMap(version -> version.rate(usage));
    }

    /**
     * Splits and prices a record.
     *
     * @param plan the one plan among the products, all of them active when the usage began
     * @return its parts in order; none where no rate applies
     */
    public static List<Part> rate(Chargeable usage, Holding plan, List<Holding> products, Remaining remaining) {
        Optional<Tariff> version = plan.terms().at(usage.startedAt());
        if (usage.emergency()) { // rule 2
            return version.or(() -> plan.terms().versions().stream().findFirst())
                    .map(tariff -> List.of(free(usage, plan, usage.quantity(), tariff.currency())))
                    .orElse(List.of());
        }
        Optional<Tariff.Rate> rate = version.flatMap(tariff -> tariff.rate(usage)); // rule 3
        if (rate.isEmpty()) {
            return List.of();
        }
        long toCharge = rounded(usage, rate.get());
        String currency = version.orElseThrow().currency();
        if (rate.get().free()) { // rule 5
            return List.of(free(usage, plan, toCharge, currency));
        }
        List<Part> parts = consume(usage, products, toCharge, currency, remaining);
        long left = toCharge - parts.stream().mapToLong(Part::charged).sum();
        if (left > 0 || parts.isEmpty()) {
            Optional<Long> micros = micros(left, rate.get());
            if (micros.isEmpty()) {
                return List.of();
            }
            parts.add(new Part(CostType.OUT_OF_BUNDLE, plan.product(), 0, left, micros.get(), currency, List.of()));
        }
        return split(usage.quantity(), parts);
    }

    private static Part free(Chargeable usage, Holding plan, long charged, String currency) {
        return new Part(CostType.FREE, plan.product(), usage.quantity(), charged, 0, currency, List.of());
    }

    /** Rule 4. */
    static long rounded(Chargeable usage, Tariff.Rate rate) {
        long quantity = usage.quantity();
        if (quantity == 0) {
            return 0;
        }
        if (usage.continued()) {
            return Math.ceilDiv(quantity, rate.next()) * rate.next();
        }
        return quantity <= rate.first()
                ? rate.first()
                : rate.first() + Math.ceilDiv(quantity - rate.first(), rate.next()) * rate.next();
    }

    /** Rule 6: a part for each product that gives something, its quantity still to be shared out. */
    private static List<Part> consume(
            Chargeable usage, List<Holding> products, long toCharge, String currency, Remaining remaining) {
        var parts = new ArrayList<Part>();
        var takenOf = new HashMap<Pot, Long>();
        long left = toCharge;
        List<Given> inOrder = Given.of(products, usage);
        inOrder.sort(IN_ORDER);
        for (Given given : inOrder) {
            List<Pot> pots = given.pots(usage);
            var taken = new ArrayList<Taken>();
            for (Pot pot : pots) {
                long most = remaining.of(pot, given.holding()) - takenOf.getOrDefault(pot, 0L);
                long gives = Math.min(left, Math.max(0, most));
                if (gives > 0) {
                    taken.add(new Taken(pot, gives));
                    takenOf.merge(pot, gives, Long::sum);
                    left -= gives;
                }
            }
            if (!taken.isEmpty() || (toCharge == 0 && parts.isEmpty() && !pots.isEmpty())) {
                long charged = taken.stream().mapToLong(Taken::quantity).sum();
                parts.add(new Part(
                        CostType.IN_BUNDLE, given.holding().product(), 0, charged, 0, currency, List.copyOf(taken)));
            }
        }
        return parts;
    }

    /** Rule 7: the record's quantity goes to the parts in order, and the last one takes the rest. */
    private static List<Part> split(long quantity, List<Part> parts) {
        var shared = new ArrayList<Part>();
        long left = quantity;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            long own = i == parts.size() - 1 ? left : Math.min(left, part.charged());
            left -= own;
            shared.add(new Part(
                    part.type(), part.product(), own, part.charged(), part.micros(), part.currency(), part.taken()));
        }
        return shared;
    }

    /** Rule 8; empty where the cost is beyond what can be counted. */
    static Optional<Long> micros(long charged, Tariff.Rate rate) {
        BigInteger per = BigInteger.valueOf(rate.per());
        BigInteger twice = BigInteger.valueOf(charged)
                .multiply(BigInteger.valueOf(rate.price()))
                .multiply(BigInteger.valueOf(2 * MICROS));
        BigInteger micros = twice.add(per).divide(per.shiftLeft(1));
        return micros.bitLength() < Long.SIZE ? Optional.of(micros.longValueExact()) : Optional.empty();
    }

    /** Rule 10: the size of a pool is the sum of what the products give that are active at any time of its month. */
    public static long poolSize(Pot pot, Terms terms, List<Member> members) {
        long size = 0;
        for (Member member : members) {
            if (member.isActiveIn(pot.period())) {
                long own = terms.size(pot.allowance(), pot.period(), member.activatedAt(), true);
                size = size > Long.MAX_VALUE - own ? Long.MAX_VALUE : size + own;
            }
        }
        return size;
    }

    /** The size of an allowance of one product. */
    public static long size(Pot pot, Holding holding) {
        return holding.terms().size(pot.allowance(), pot.period(), holding.activatedAt(), false);
    }

    /**
     * A product of a pool's account.
     *
     * @param terminatedAt empty while it is active
     */
    public record Member(Instant activatedAt, Optional<Instant> terminatedAt) {
        boolean isActiveIn(Cycle.Span period) {
            return activatedAt.isBefore(period.to())
                    && terminatedAt.map(end -> end.isAfter(period.from())).orElse(true);
        }
    }

    /** The sums of what was taken, by pot. */
    public static Map<Pot, Long> sums(Stream<Taken> taken) {
        var sums = new HashMap<Pot, Long>();
        taken.forEach(one -> sums.merge(one.pot(), one.quantity(), Long::sum));
        return sums;
    }
}
