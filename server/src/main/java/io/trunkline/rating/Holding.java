package io.trunkline.rating;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import java.time.Instant;

/** A product that a line has at the moment. */
public record Holding(ProductId product, AccountId account, Instant activatedAt, Terms terms) {
    /** What a moment's usage is counted against. */
    Pot pot(Tariff.Allowance allowance, Cycle.Span period) {
        return pot(allowance.key(), allowance.pooled(), period);
    }

    /** The one that was counted against by this name at a moment. */
    public Pot pot(String allowance, boolean pooled, Instant moment) {
        return pot(allowance, pooled, terms.cycle().at(moment, activatedAt));
    }

    private Pot pot(String allowance, boolean pooled, Cycle.Span period) {
        return new Pot(
                pooled,
                pooled ? account.value() : product.value(),
                terms.offering(),
                allowance,
                period.from(),
                period.to());
    }
}
