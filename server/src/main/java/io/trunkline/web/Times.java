package io.trunkline.web;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes times as RFC 3339 in UTC with exactly three fraction digits. By hand, since a page of usage has three hundred
 * of them, and {@link DateTimeFormatter} takes ten times as long for each.
 */
final class Times {
    private static final DateTimeFormatter ANY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final byte[] FORM = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int SECONDS_PER_HOUR = 3_600;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int LAST_YEAR = 9_999;
    private static final int TEN = 10;

    private Times() {}

    static String text(Instant instant) {
        long second = instant.getEpochSecond();
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_PER_DAY));
        if (day.getYear() < 0 || day.getYear() > LAST_YEAR) {
            return ANY.format(instant);
        }
        int ofDay = Math.floorMod(second, SECONDS_PER_DAY);
        byte[] text = FORM.clone();
        digits(text, 3, day.getYear());
        digits(text, 6, day.getMonthValue());
        digits(text, 9, day.getDayOfMonth());
        digits(text, 12, ofDay / SECONDS_PER_HOUR);
        digits(text, 15, ofDay / SECONDS_PER_MINUTE % SECONDS_PER_MINUTE);
        digits(text, 18, ofDay % SECONDS_PER_MINUTE);
        digits(text, 22, instant.getNano() / NANOS_PER_MILLI);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Puts a number so that its last digit stands at this place. */
    private static void digits(byte[] text, int last, int number) {
        for (int rest = number, at = last; rest > 0; rest /= TEN, at--) {
            text[at] = (byte) ('0' + rest % TEN);
        }
    }
}
