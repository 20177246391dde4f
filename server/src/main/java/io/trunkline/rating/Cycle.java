package io.trunkline.rating;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;

/** How often an offering's allowances begin anew. */
public sealed interface Cycle {
    Cycle CALENDAR_MONTH = new CalendarMonth();

    /** The period that a moment is in, of a product that was activated then. */
    Span at(Instant moment, Instant activation);

    /** From, included, to, not included. */
    record Span(Instant from, Instant to) {}

    /** Of UTC. */
    record CalendarMonth() implements Cycle {
        @Override
        public Span at(Instant moment, Instant activation) {
            YearMonth month = YearMonth.from(moment.atOffset(ZoneOffset.UTC));
            return new Span(start(month), start(month.plusMonths(1)));
        }

        private static Instant start(YearMonth month) {
            return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
    }

    /** So many days of 24 hours, from the product's activation. */
    record Rolling(int days) implements Cycle {
        @Override
        public Span at(Instant moment, Instant activation) {
            Duration length = Duration.ofDays(days);
            long whole = Math.floorDiv(Duration.between(activation, moment).toMillis(), length.toMillis());
            Instant from = activation.plus(length.multipliedBy(whole));
            return new Span(from, from.plus(length));
        }
    }
}
