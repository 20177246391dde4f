package io.trunkline.usage;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The columns of the feed's own format (docs/feeds.md). */
enum FeedColumn {
    RECORD_ID,
    TYPE,
    DIRECTION,
    TECHNOLOGY,
    IMSI,
    MSISDN,
    OTHER_PARTY,
    SERVING_PLMN,
    LOCATION_COUNTRY,
    STARTED_AT,
    ENDED_AT,
    QUANTITY,
    SESSION_ID,
    PARTIAL;

    /** By their names in a file. */
    static final Map<String, FeedColumn> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(FeedColumn::text, Function.identity()));

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
