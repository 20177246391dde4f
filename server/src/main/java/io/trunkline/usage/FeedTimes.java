package io.trunkline.usage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Times of RFC 3339, kept to the millisecond: what is finer is cut off. Two of them stand in every line, so they are
 * read by place and not by a pattern.
 */
final class FeedTimes {
    private static final String SHAPE = "0000-00-00T00:00:00";
    private static final int ZONE_LENGTH = "+00:00".length();
    private static final int MINUTES_PER_HOUR = 60;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int LAST_HOUR = 23;
    private static final int LAST_MINUTE = 59;
    private static final int HUNDREDS = 100;

    private final String text;

    private FeedTimes(String text) {
        this.text = text;
    }

    static Optional<Instant> read(String text) {
        return new FeedTimes(text).read();
    }

    private Optional<Instant> read() {
        if (text.length() <= SHAPE.length() || !hasShape()) {
            return Optional.empty();
        }
        int zone = SHAPE.length();
        int millis = 0;
        if (text.charAt(zone) == '.') {
            zone++;
            int first = zone;
            while (isDigit(zone)) {
                zone++;
            }
            if (zone == first) {
                return Optional.empty();
            }
            millis = millis(first, zone);
        }
        Optional<Integer> ahead = secondsAhead(zone);
        if (ahead.isEmpty()) {
            return Optional.empty();
        }
        try {
            long seconds = LocalDateTime.of(
                            number(0) * HUNDREDS + number(2), number(5), number(8), number(11), number(14), number(17))
                    .toEpochSecond(ZoneOffset.UTC);
            return Optional.of(Instant.ofEpochMilli((seconds - ahead.get()) * 1_000 + millis));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private boolean hasShape() {
        for (int i = 0; i < SHAPE.length(); i++) {
            char wanted = SHAPE.charAt(i);
            char found = text.charAt(i);
            boolean fits =
                    wanted == '0' ? isDigit(i) : found == wanted || (wanted == 'T' && (found == 't' || found == ' '));
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private boolean isDigit(int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /** Of two digits. */
    private int number(int at) {
        return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    }

    private int millis(int from, int to) {
        int millis = 0;
        for (int i = 0; i < 3; i++) {
            millis = millis * 10 + (from + i < to ? text.charAt(from + i) - '0' : 0);
        }
        return millis;
    }

    /** How far a zone, which ends the text, is before UTC; empty where it is none. */
    private Optional<Integer> secondsAhead(int at) {
        if (at + 1 == text.length()) {
            char zulu = text.charAt(at);
            return zulu == 'Z' || zulu == 'z' ? Optional.of(0) : Optional.empty();
        }
        if (at + ZONE_LENGTH != text.length()
                || "+-".indexOf(text.charAt(at)) < 0
                || text.charAt(at + 3) != ':'
                || !(isDigit(at + 1) && isDigit(at + 2) && isDigit(at + 4) && isDigit(at + 5))
                || number(at + 1) > LAST_HOUR
                || number(at + 4) > LAST_MINUTE) {
            return Optional.empty();
        }
        int seconds = (number(at + 1) * MINUTES_PER_HOUR + number(at + 4)) * SECONDS_PER_MINUTE;
        return Optional.of(text.charAt(at) == '-' ? -seconds : seconds);
    }
}
