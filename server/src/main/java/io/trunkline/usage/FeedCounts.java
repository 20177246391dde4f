package io.trunkline.usage;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What became of lines.
 *
 * @param aside how many were put aside
 * @param quarantined those, or the first {@value #MOST_TOLD} of them
 */
record FeedCounts(long accepted, long repeated, long aside, List<Quarantined> quarantined) {
    /** A request may hold millions of lines, none of them good. */
    static final int MOST_TOLD = 10_000;

    static final FeedCounts NONE = new FeedCounts(0, 0, 0, List.of());

    /** A line that was put aside. */
    record Quarantined(long line, @Nullable String recordId, FeedReason reason) {}

    FeedCounts plus(FeedCounts more) {
        return new FeedCounts(
                accepted + more.accepted,
                repeated + more.repeated,
                aside + more.aside,
                Stream.concat(quarantined.stream(), more.quarantined.stream())
                        .limit(MOST_TOLD)
                        .toList());
    }
}
