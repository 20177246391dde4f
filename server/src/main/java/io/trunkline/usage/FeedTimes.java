package io.trunkline.usage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times of RFC 3339, kept to the millisecond: what is finer is cut off. */
final class FeedTimes {
    private static final Pattern TIME = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})[Tt ](\\d{2}):(\\d{2}):(\\d{2})"
            + "(?:\\.(\\d{1,9})\\d*)?(?:[Zz]|([+-])(\\d{2}):(\\d{2}))");
    private static final int MINUTES_PER_HOUR = 60;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int LAST_HOUR = 23;
    private static final int LAST_MINUTE = 59;
    private static final int MILLIS_DIGITS = 3;

    private FeedTimes() {}

    static Optional<Instant> read(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        try {
            LocalDateTime local = LocalDateTime.of(
                    number(time, 1),
                    number(time, 2),
                    number(time, 3),
                    number(time, 4),
                    number(time, 5),
                    number(time, 6));
            long seconds = local.toEpochSecond(ZoneOffset.UTC);
            if (time.group(8) != null) {
                int hours = number(time, 9);
                int minutes = number(time, 10);
                if (hours > LAST_HOUR || minutes > LAST_MINUTE) {
                    return Optional.empty();
                }
                long ahead = (hours * MINUTES_PER_HOUR + minutes) * (long) SECONDS_PER_MINUTE;
                seconds -= time.group(8).equals("-") ? -ahead : ahead;
            }
            return Optional.of(Instant.ofEpochMilli(seconds * 1_000 + millis(time.group(7))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static int millis(@Nullable String fraction) {
        return fraction == null ? 0 : Integer.parseInt((fraction + "00").substring(0, MILLIS_DIGITS));
    }

    private static int number(Matcher time, int group) {
        return Integer.parseInt(time.group(group));
    }
}
