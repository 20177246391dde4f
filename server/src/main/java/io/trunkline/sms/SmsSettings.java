package io.trunkline.sms;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * How texts are sent.
 *
 * @param lease how long a server has for what it has taken, before another one takes it
 * @param poll how often it is looked for what is due, when nothing wakes
 * @param firstRetry after a refusal for now; doubled with each further one
 * @param validity how long a text is tried, where its request says nothing
 * @param receiptPatience after the end of its validity, for a receipt that is still to come
 * @param policy of what may have been sent, and may not
 * @param retention how long words are kept
 * @param stopWords those with which a person wants no more texts from a number, in capitals
 * @param startWords those with which they want them again
 */
record SmsSettings(
        Duration lease,
        Duration poll,
        Duration firstRetry,
        Duration longestRetry,
        Duration validity,
        Duration receiptPatience,
        Policy policy,
        Duration retention,
        Set<String> stopWords,
        Set<String> startWords) {
    static final Duration LONGEST_VALIDITY = Duration.ofDays(7);
    static final Duration SHORTEST_VALIDITY = Duration.ofMinutes(1);
    static final Duration LATEST_START = Duration.ofDays(7);

    SmsSettings {
        if (validity.compareTo(SHORTEST_VALIDITY) < 0 || validity.compareTo(LONGEST_VALIDITY) > 0) {
            throw new IllegalArgumentException("trunkline.sms.validity is " + validity + ", expected PT1M to P7D");
        }
        stopWords = Set.copyOf(stopWords);
        startWords = Set.copyOf(startWords);
    }

    /** What happens to a submission whose outcome nobody knows. */
    enum Policy {
        /** It is made again, and the text may arrive twice. */
        AT_LEAST_ONCE,
        /** It is not, and the recipient's state is {@code unknown} until a receipt says otherwise. */
        AT_MOST_ONCE;

        static Policy of(String word) {
            return valueOf(word.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
