package io.trunkline.usage;

import io.trunkline.usage.FeedLine.Read;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges the values of a line by themselves, in the order of {@link FeedReason}, and writes them in one way. */
final class FeedValues {
    private static final int LONGEST_ID = 128;
    private static final Duration AHEAD = Duration.ofHours(1);
    private static final int SHORTEST_IMSI = 6;
    private static final int SHORTEST_NUMBER = 7;
    private static final int MOST_DIGITS = 15;
    private static final int MOST_QUANTITY_DIGITS = 18;
    private static final int MCC_DIGITS = 3;
    private static final int SHORTEST_NETWORK = 5;
    private static final int LONGEST_NETWORK = 6;
    private static final Pattern PART = Pattern.compile("[1-9]\\d{0,8}");
    /** Beyond any call, and so that sums of many stay countable. */
    private static final long MOST_SECONDS = 1_000_000_000L;

    private static final long MOST = 1_000_000_000_000_000L;

    private static final Map<String, UsageItem.Type> TYPES = words(UsageItem.Type.values(), UsageItem.Type::text);
    private static final Map<String, Direction> DIRECTIONS = words(Direction.values(), Direction::text);
    private static final Map<String, Technology> TECHNOLOGIES = words(Technology.values(), Technology::text);

    private final Map<FeedColumn, String> values;
    private final Instant now;
    private final Instant oldest;

    private FeedValues(Map<FeedColumn, String> values, Instant now, Instant oldest) {
        this.values = values;
        this.now = now;
        this.oldest = oldest;
    }

    private static <T> Map<String, T> words(T[] all, Function<T, String> text) {
        return Arrays.stream(all).collect(Collectors.toMap(text, Function.identity()));
    }

    /** The reason of the first value that does not hold. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final FeedReason reason;

        Refused(FeedReason reason) {
            super(reason.text(), null, false, false);
            this.reason = reason;
        }
    }

    /**
     * Judges them.
     *
     * @param oldest before this nothing is kept
     */
    static Read judge(Map<FeedColumn, String> values, Instant now, Instant oldest) {
        var judged = new FeedValues(values, now, oldest);
        try {
            return new Read.Good(judged.record());
        } catch (Refused refused) {
            Optional<String> id = judged.value(FeedColumn.RECORD_ID).filter(FeedValues::isShort);
            return new Read.Bad(refused.reason, id);
        }
    }

    private static boolean isShort(String id) {
        return id.codePointCount(0, id.length()) <= LONGEST_ID;
    }

    private Optional<String> value(FeedColumn column) {
        return Optional.ofNullable(values.get(column)).filter(text -> !text.isEmpty());
    }

    private String needed(FeedColumn column) throws Refused {
        return value(column).orElseThrow(() -> new Refused(FeedReason.MISSING_FIELD));
    }

    private static <T> T among(Map<String, T> words, String word) throws Refused {
        T found = words.get(word);
        if (found == null) {
            throw new Refused(FeedReason.BAD_VALUE);
        }
        return found;
    }

    private void requireAll() throws Refused {
        needed(FeedColumn.RECORD_ID);
        needed(FeedColumn.TYPE);
        needed(FeedColumn.DIRECTION);
        needed(FeedColumn.STARTED_AT);
        needed(FeedColumn.QUANTITY);
        if (value(FeedColumn.IMSI).isEmpty()) {
            needed(FeedColumn.MSISDN);
        }
        if (value(FeedColumn.SERVING_PLMN).isEmpty()) {
            needed(FeedColumn.LOCATION_COUNTRY);
        }
    }

    private FeedRecord record() throws Refused {
        requireAll();
        String id = needed(FeedColumn.RECORD_ID);
        if (!isShort(id)) {
            throw new Refused(FeedReason.BAD_VALUE);
        }
        UsageItem.Type type = among(TYPES, needed(FeedColumn.TYPE));
        Direction direction = among(DIRECTIONS, needed(FeedColumn.DIRECTION));
        String technology = value(FeedColumn.TECHNOLOGY).orElse("");
        Technology carried = technology.isEmpty() ? null : among(TECHNOLOGIES, technology);
        int partial = partial();
        Instant startedAt = time(needed(FeedColumn.STARTED_AT));
        String end = value(FeedColumn.ENDED_AT).orElse("");
        @Nullable Instant endedAt = end.isEmpty() ? null : time(end);
        if (endedAt != null && endedAt.isBefore(startedAt)) {
            throw new Refused(FeedReason.BAD_TIME);
        }
        if (startedAt.isAfter(now.plus(AHEAD))) {
            throw new Refused(FeedReason.IN_FUTURE);
        }
        if (startedAt.isBefore(oldest)) {
            throw new Refused(FeedReason.TOO_OLD);
        }
        long quantity = quantity(type);
        Optional<String> imsi = checked(value(FeedColumn.IMSI), SHORTEST_IMSI);
        Optional<String> msisdn = checked(value(FeedColumn.MSISDN).map(FeedValues::digits), SHORTEST_NUMBER);
        String network = network();
        Countries.Place place = (network.isEmpty()
                        ? Countries.ofCode(needed(FeedColumn.LOCATION_COUNTRY))
                        : Countries.ofNetwork(network))
                .orElseThrow(() -> new Refused(FeedReason.UNKNOWN_PLMN));
        String other =
                type == UsageItem.Type.DATA ? "" : value(FeedColumn.OTHER_PARTY).orElse("");
        boolean otherNumber = isNumber(digits(other));
        return new FeedRecord(
                id,
                type,
                direction,
                carried,
                imsi,
                msisdn,
                otherNumber ? digits(other) : other,
                otherNumber,
                network,
                place.country(),
                startedAt,
                endedAt != null ? endedAt : type == UsageItem.Type.VOICE ? startedAt.plusSeconds(quantity) : startedAt,
                quantity,
                value(FeedColumn.SESSION_ID).orElse(""),
                partial);
    }

    private int partial() throws Refused {
        String partial = value(FeedColumn.PARTIAL).orElse("");
        if (partial.isEmpty()) {
            return 0;
        }
        if (!PART.matcher(partial).matches()) {
            throw new Refused(FeedReason.BAD_VALUE);
        }
        return Integer.parseInt(partial);
    }

    private static Instant time(String text) throws Refused {
        return FeedTimes.read(text).orElseThrow(() -> new Refused(FeedReason.BAD_TIME));
    }

    private long quantity(UsageItem.Type type) throws Refused {
        String text = needed(FeedColumn.QUANTITY);
        if (!areDigits(text, 1, MOST_QUANTITY_DIGITS)) {
            throw new Refused(FeedReason.BAD_QUANTITY);
        }
        long quantity = Long.parseLong(text);
        if (quantity > (type == UsageItem.Type.DATA ? MOST : MOST_SECONDS)) {
            throw new Refused(FeedReason.BAD_QUANTITY);
        }
        return quantity;
    }

    private static Optional<String> checked(Optional<String> value, int shortest) throws Refused {
        if (value.isPresent() && !areDigits(value.get(), shortest, MOST_DIGITS)) {
            throw new Refused(FeedReason.BAD_NUMBER);
        }
        return value;
    }

    private String network() throws Refused {
        String text = value(FeedColumn.SERVING_PLMN).orElse("");
        if (text.isEmpty()) {
            return "";
        }
        String digits = text.length() > MCC_DIGITS && text.charAt(MCC_DIGITS) == '-'
                ? text.substring(0, MCC_DIGITS) + text.substring(MCC_DIGITS + 1)
                : text;
        if (!areDigits(digits, SHORTEST_NETWORK, LONGEST_NETWORK)) {
            throw new Refused(FeedReason.UNKNOWN_PLMN);
        }
        return digits;
    }

    /** So many digits of ASCII and nothing else; several times a line, so without a pattern. */
    private static boolean areDigits(String text, int least, int most) {
        if (text.length() < least || text.length() > most) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Without the prefix of an international number. */
    static String digits(String number) {
        return number.startsWith("+") ? number.substring(1) : number.startsWith("00") ? number.substring(2) : number;
    }

    /** No international number begins with a zero. */
    private static boolean isNumber(String digits) {
        return areDigits(digits, SHORTEST_NUMBER, MOST_DIGITS) && digits.charAt(0) != '0';
    }
}
