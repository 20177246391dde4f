package io.trunkline.usage;

import java.util.Optional;

/**
 * A line of a feed, as far as it could be read by itself.
 *
 * @param number counted from 1, with the header
 * @param original as it came, the beginning of one that is too long
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FeedLine(long number, byte[] original, Read read) {
    /** What became of it. */
    sealed interface Read {
        /** By what the record is known among those of its source; empty where that cannot be read. */
        Optional<String> recordId();

        record Good(FeedRecord record) implements Read {
            @Override
            public Optional<String> recordId() {
                return Optional.of(record.recordId());
            }
        }

        record Bad(FeedReason reason, Optional<String> recordId) implements Read {}
    }

    Optional<String> recordId() {
        return read.recordId();
    }
}
