package io.trunkline.rating;

import io.trunkline.ids.OfferingId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * An offering through time.
 *
 * @param cycle the same in all versions
 * @param versions oldest first
 */
public record Terms(OfferingId offering, boolean plan, Cycle cycle, List<Tariff> versions) {
    /** The version that is valid then; empty before the first one. */
    public Optional<Tariff> at(Instant moment) {
        // For each record several times: without a stream.
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (!versions.get(i).validFrom().isAfter(moment)) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    /** The version of whose allowances a product has in a period: that of the later one of both beginnings. */
    public Optional<Tariff> of(Cycle.Span period, Instant activation) {
        return at(activation.isAfter(period.from()) ? activation : period.from());
    }

    /** What a product gives in a period of one allowance; nothing where its version has no such allowance. */
    public long size(String allowance, Cycle.Span period, Instant activation, boolean pooled) {
        Optional<Tariff> version = of(period, activation);
        return version.flatMap(tariff -> tariff.allowance(allowance))
                .filter(found -> found.pooled() == pooled)
                .map(found -> size(version.orElseThrow(), found, period, activation))
                .orElse(0L);
    }

    private long size(Tariff version, Tariff.Allowance allowance, Cycle.Span period, Instant activation) {
        if (!version.proRata() || !(cycle instanceof Cycle.CalendarMonth) || !activation.isAfter(period.from())) {
            return allowance.quantity();
        }
        LocalDate first = activation.atOffset(ZoneOffset.UTC).toLocalDate();
        YearMonth month = YearMonth.from(first);
        if (!activation.isBefore(period.to())) {
            return 0;
        }
        long days = month.lengthOfMonth() - first.getDayOfMonth() + 1L;
        return Math.multiplyExact(allowance.quantity(), days) / month.lengthOfMonth();
    }
}
