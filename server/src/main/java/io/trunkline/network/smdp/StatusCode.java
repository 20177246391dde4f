package io.trunkline.network.smdp;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pairs of subject and reason that ES2+ functions fail with (SGP.22 5.2.6 and the tables of 5.3). */
public enum StatusCode {
    PROFILE_TYPE_UNKNOWN("8.2.5", "3.9", "the SM-DP+ does not know the profile type", false),
    PROFILE_TYPE_EXHAUSTED("8.2.5", "3.7", "the SM-DP+ has no profile of the type left", false),
    PROFILE_TYPE_DIFFERS("8.2.5", "3.8", "profile type and ICCID do not belong together", false),
    ICCID_UNKNOWN("8.2.1", "3.9", "the SM-DP+ does not know the ICCID", false),
    PROFILE_IN_USE("8.2.1", "3.3", "the profile is in use or already downloaded", false),
    PROFILE_NOT_RELEASABLE("8.2.1", "3.5", "the profile cannot be released in its state", false),
    PROFILE_NOT_ALLOWED("8.2.1", "1.2", "the profile may not be used by this requester", false),
    EID_MISSING("8.1.1", "2.2", "the SM-DP+ needs the EID", false),
    EID_DIFFERS("8.1.1", "3.10", "the order belongs to another EID", false),
    MATCHING_ID_IN_USE("8.2.6", "3.3", "the MatchingID is in use", false),
    MATCHING_ID_DIFFERS("8.2.6", "3.10", "the order belongs to another MatchingID", false),
    SMDS_INACCESSIBLE("8.9", "5.1", "the SM-DP+ cannot reach the SM-DS", true),
    SMDS_FAILED("8.9", "4.2", "the SM-DS failed to register the order", true);

    private static final Map<String, StatusCode> BY_CODE =
            Stream.of(values()).collect(Collectors.toMap(StatusCode::code, Function.identity()));

    private final String code;
    private final String text;
    private final boolean retryable;

    StatusCode(String subject, String reason, String text, boolean retryable) {
        this.code = subject + "/" + reason;
        this.text = text;
        this.retryable = retryable;
    }

    /** Empty where the pair is none of the standard's for these functions. */
    public static Optional<StatusCode> of(String code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    /** Subject and reason, as {@code 8.2.1/3.3}: the code of {@link io.trunkline.network.Outcome.Rejected}. */
    public String code() {
        return code;
    }

    /** Why, in a word that is stable: {@code profile_type_unknown}. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** Whether the same call may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
