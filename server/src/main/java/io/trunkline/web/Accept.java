package io.trunkline.web;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;

/** Chooses a representation (RFC 9110 12.5.1): the most specific range decides an offer's weight. */
final class Accept {
    private Accept() {}

    static Optional<MediaType> best(List<MediaType> wanted, List<MediaType> offered) {
        return offered.stream()
                .filter(offer -> weight(offer, wanted) > 0)
                .max(Comparator.<MediaType>comparingDouble(offer -> weight(offer, wanted))
                        .thenComparingInt(offer -> specificity(offer, wanted))
                        .thenComparingInt(offer -> -offered.indexOf(offer)));
    }

    private static double weight(MediaType offer, List<MediaType> wanted) {
        return match(offer, wanted).map(MediaType::getQualityValue).orElse(0.0);
    }

    private static int specificity(MediaType offer, List<MediaType> wanted) {
        return match(offer, wanted).map(Accept::specificity).orElse(0);
    }

    private static Optional<MediaType> match(MediaType offer, List<MediaType> wanted) {
        return wanted.stream().filter(range -> range.includes(offer)).max(Comparator.comparingInt(Accept::specificity));
    }

    private static int specificity(MediaType range) {
        return range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
    }
}
