package io.trunkline.rating;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** An allowance that a product gives at a moment, in the order in which they are consumed. */
public record Allotment(Holding holding, Tariff.Allowance allowance, Pot pot) {
    /** Those of a line's products. */
    public static List<Allotment> at(List<Holding> products, Instant moment) {
        return products.stream()
                .flatMap(holding -> {
                    Cycle.Span period = holding.terms().cycle().at(moment, holding.activatedAt());
                    return holding.terms().of(period, holding.activatedAt()).stream()
                            .map(version -> new Given(holding, version, period));
                })
                .sorted(Comparator.comparingInt((Given given) -> given.version().order())
                        .thenComparing(given -> given.holding().activatedAt())
                        .thenComparing(given -> given.holding().product().text()))
                .flatMap(given -> given.version().allowances().stream()
                        .map(allowance -> new Allotment(
                                given.holding(), allowance, given.holding().pot(allowance, given.period()))))
                .toList();
    }

    private record Given(Holding holding, Tariff version, Cycle.Span period) {}
}
