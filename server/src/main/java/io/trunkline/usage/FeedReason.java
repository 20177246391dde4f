package io.trunkline.usage;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a record is put aside. They are judged in this order, and the first one counts. */
enum FeedReason {
    /** Judged before all else: the id is that of an accepted record that says something else. */
    CONFLICTING_DUPLICATE,
    BAD_ENCODING,
    LINE_TOO_LONG,
    MALFORMED,
    MISSING_FIELD,
    BAD_VALUE,
    BAD_TIME,
    IN_FUTURE,
    TOO_OLD,
    BAD_QUANTITY,
    BAD_NUMBER,
    UNKNOWN_PLMN,
    UNKNOWN_SUBSCRIBER,
    NO_HOLDER,
    IMSI_MSISDN_DISAGREE,
    NO_PRODUCT,
    NO_RATE;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<FeedReason> of(String text) {
        return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    /** Whether the line could not even be read. */
    boolean isUnreadable() {
        return this == BAD_ENCODING || this == LINE_TOO_LONG || this == MALFORMED;
    }
}
