package io.trunkline.rating;

import io.trunkline.ids.OfferingId;
import java.time.Instant;
import java.util.UUID;

/**
 * What is counted down together: an allowance of one product in one period, or, where it is pooled, of all products of
 * an account that are of the same offering.
 *
 * @param holder the product, or of a pool the account
 */
public record Pot(boolean pooled, UUID holder, OfferingId offering, String allowance, Instant from, Instant to) {
    /** Of what tells most of them apart: it is asked for many times a record. */
    @Override
    public int hashCode() {
        return (holder.hashCode() * 31 + allowance.hashCode()) * 31 + from.hashCode();
    }

    public Cycle.Span period() {
        return new Cycle.Span(from, to);
    }
}
