package io.trunkline.subscriptions;

import java.time.Duration;
import java.util.List;

/**
 * The limits of the stock.
 *
 * @param quarantine how long a number rests after its line has ended, before it is given to somebody else
 * @param poll how often the stock is counted, and numbers are looked for whose rest is over
 * @param numbers how few free numbers of a country are worth a warning each
 * @param profiles the same for the free profiles of a type
 */
record StockSettings(Duration quarantine, Duration poll, List<Long> numbers, List<Long> profiles) {
    StockSettings {
        numbers = thresholds(numbers);
        profiles = thresholds(profiles);
    }

    private static List<Long> thresholds(List<Long> given) {
        if (given.stream().anyMatch(threshold -> threshold < 1)) {
            throw new IllegalArgumentException(
                    "thresholds of the stock are 1 or more (1: the last one is gone), got " + given);
        }
        return given.stream().distinct().sorted().toList();
    }
}
