package io.trunkline.rating;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One version of what an offering gives and costs.
 *
 * @param validFrom until the next version's
 * @param currency ISO 4217
 * @param order offerings are consumed in rising order
 * @param proRata whether a calendar month that a product begins in gives only a part
 * @param allowances in the order in which they are consumed
 * @param rates of plans only; the first match counts
 */
public record Tariff(
        Instant validFrom, String currency, int order, boolean proRata, List<Allowance> allowances, List<Rate> rates) {
    /** The same kinds of usage as everywhere; each has its unit. */
    public enum Type {
        VOICE,
        DATA,
        SMS
    }

    /** As the line sees it. */
    public enum Direction {
        INBOUND,
        OUTBOUND
    }

    /**
     * To what something applies; an empty set is no condition.
     *
     * @param zones of where the line is
     * @param destinations of the called number
     * @param onNet empty: whether or not the other party is of the same organization
     */
    public record Conditions(
            Set<Type> types,
            Set<Direction> directions,
            Set<String> zones,
            Set<String> destinations,
            Optional<Boolean> onNet) {
        public static final Conditions NONE = new Conditions(Set.of(), Set.of(), Set.of(), Set.of(), Optional.empty());

        boolean match(Chargeable usage) {
            return (types.isEmpty() || types.contains(usage.type()))
                    && (directions.isEmpty() || directions.contains(usage.direction()))
                    && isAmong(zones, usage.zone())
                    && isAmong(destinations, usage.destination())
                    && onNet.map(wanted -> wanted == usage.onNet()).orElse(true);
        }

        private static boolean isAmong(Set<String> wanted, Optional<String> zone) {
            return wanted.isEmpty() || zone.map(wanted::contains).orElse(false);
        }
    }

    /**
     * Usage that is paid for already.
     *
     * @param key unique within the offering
     * @param quantity of a whole period
     * @param pooled whether all products of an account share it
     */
    public record Allowance(String key, Conditions conditions, long quantity, boolean pooled) {}

    /**
     * What usage costs that no allowance covers.
     *
     * @param first the least that is charged
     * @param next steps after that
     * @param price minor units for each {@code per} of what is charged
     * @param free whether nothing is charged or consumed
     */
    public record Rate(Conditions conditions, long first, long next, long price, long per, boolean free) {}

    Optional<Rate> rate(Chargeable usage) {
        // For each record: without a stream.
        for (Rate rate : rates) {
            if (rate.conditions().match(usage)) {
                return Optional.of(rate);
            }
        }
        return Optional.empty();
    }

    public Optional<Allowance> allowance(String key) {
        for (Allowance allowance : allowances) {
            if (allowance.key().equals(key)) {
                return Optional.of(allowance);
            }
        }
        return Optional.empty();
    }
}
