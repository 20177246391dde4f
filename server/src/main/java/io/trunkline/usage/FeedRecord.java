package io.trunkline.usage;

import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record of a feed, its values valid by themselves and written in one way.
 *
 * @param imsi digits
 * @param msisdn digits without a prefix
 * @param otherParty as it came, or as digits where it is a number; empty where it is withheld, and for data
 * @param otherNumber whether the other party is a number
 * @param network MCC and MNC, digits
 * @param country of the place; null where that is in no country
 * @param partial 0 where it is no part of a session
 */
record FeedRecord(
        String recordId,
        UsageItem.Type type,
        Direction direction,
        @Nullable Technology technology,
        Optional<String> imsi,
        Optional<String> msisdn,
        String otherParty,
        boolean otherNumber,
        String network,
        @Nullable String country,
        Instant startedAt,
        Instant endedAt,
        long quantity,
        String session,
        int partial) {
    private static final char SEPARATOR = '\u001f';

    /** A hash of what it says: of two that have the same id, the same one or not. */
    UUID content() {
        String all = ""
                + type.letter()
                + direction.letter()
                + (technology == null ? "" : technology.text())
                + SEPARATOR
                + imsi.orElse("")
                + SEPARATOR
                + msisdn.orElse("")
                + SEPARATOR
                + otherParty
                + SEPARATOR
                + network
                + SEPARATOR
                + country
                + SEPARATOR
                + startedAt.toEpochMilli()
                + SEPARATOR
                + endedAt.toEpochMilli()
                + SEPARATOR
                + quantity
                + SEPARATOR
                + session
                + SEPARATOR
                + partial;
        ByteBuffer hash = ByteBuffer.wrap(hash(all));
        return new UUID(hash.getLong(), hash.getLong());
    }

    static byte[] hash(String text) {
        return hash(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
