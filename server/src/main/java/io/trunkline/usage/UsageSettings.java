package io.trunkline.usage;

import java.time.Duration;
import java.time.Period;
import java.util.List;

/**
 * The limits of the room.
 *
 * @param examinedRows most rows that a page of items looks at for its filters; beyond it the page is short
 * @param retention how long items are kept, from the start of what they tell of
 * @param monthsAhead how many months after the present one are ready for items
 * @param partitionsEvery how often it is seen to that they are
 * @param foldEvery how often the sums that batches have brought are put together
 * @param retentionEvery how often what is past the retention is forgotten
 * @param closesAfter how long after its end a month is closed, so that its items never change
 * @param amounts at which costs of a line in a month an event is raised, in minor units; none: nobody is told
 * @param sequencerPoll how often batches are given their numbers
 */
record UsageSettings(
        int examinedRows,
        Period retention,
        int monthsAhead,
        Duration partitionsEvery,
        Duration foldEvery,
        Duration retentionEvery,
        Duration closesAfter,
        List<Long> amounts,
        Duration sequencerPoll) {
    UsageSettings {
        if (examinedRows < 1_000) {
            throw new IllegalArgumentException(
                    "trunkline.usage.examined-rows is " + examinedRows + ", expected at least 1000");
        }
        if (amounts.stream().anyMatch(amount -> amount <= 0)) {
            throw new IllegalArgumentException("trunkline.usage.amounts is " + amounts + ", expected more than 0");
        }
        if (closesAfter.isNegative()) {
            throw new IllegalArgumentException(
                    "trunkline.usage.closes-after is " + closesAfter + ", expected 0 or more");
        }
        if (monthsAhead < 1 || monthsAhead > 24) {
            throw new IllegalArgumentException("trunkline.usage.months-ahead is " + monthsAhead + ", expected 1 to 24");
        }
        if (retention.toTotalMonths() < 1) {
            throw new IllegalArgumentException("trunkline.usage.retention is " + retention + ", expected at least P1M");
        }
    }
}
