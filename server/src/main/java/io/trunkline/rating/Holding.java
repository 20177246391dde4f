package io.trunkline.rating;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import java.time.Instant;

/** A product that a line has at the moment. */
public record Holding(ProductId product, AccountId account, Instant activatedAt, Terms terms) {
    /** What a moment's usage is counted against. */
    Pot pot(Tariff.Allowance allowance, Cycle.Span period) {
        return new Pot(
                allowance.pooled(),
                allowance.pooled() ? account.value() : product.value(),
                terms.offering(),
                allowance.key(),
                period.from(),
                period.to());
    }
}
