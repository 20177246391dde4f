package io.trunkline.usage;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of lines. */
record FeedCounts(long accepted, long repeated, List<Quarantined> quarantined) {
    static final FeedCounts NONE = new FeedCounts(0, 0, List.of());

    /** A line that was put aside. */
    record Quarantined(long line, @Nullable String recordId, FeedReason reason) {}

    FeedCounts plus(FeedCounts more) {
        return new FeedCounts(
                accepted + more.accepted,
                repeated + more.repeated,
                Stream.concat(quarantined.stream(), more.quarantined.stream()).toList());
    }
}
