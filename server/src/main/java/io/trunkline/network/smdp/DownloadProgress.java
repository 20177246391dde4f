package io.trunkline.network.smdp;

import io.trunkline.ids.Iccid;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a device has come with a profile, as the SM-DP+ tells it (ES2+ HandleDownloadProgressInfo, SGP.22 5.3.5). It
 * may come late, twice, and after what happened later.
 *
 * @param eid the device, 32 digits; the SM-DP+ need not tell it
 * @param profileType as the SM-DP+ names it
 * @param at when it happened, by the SM-DP+'s clock
 * @param point how far it came
 * @param failure why it did not go on from there, for people; absent where it succeeded
 * @param call the SM-DP+'s own name of the call
 */
public record DownloadProgress(
        Iccid iccid,
        @Nullable String eid,
        String profileType,
        Instant at,
        Point point,
        @Nullable Failure failure,
        String call) {

    /** {@code notificationPointId}, in the order in which a download passes them. */
    public enum Point {
        /** The device may have the profile (1). */
        ELIGIBILITY,
        /** The user entered the confirmation code (2). */
        CONFIRMATION,
        /** The device has the profile (3). */
        DOWNLOAD,
        /** The device has installed it (4). */
        INSTALLATION,
        /** Switched on or off by the user, as vendors tell it (101, 102): nothing that we act upon. */
        USE,
        /** The user has deleted it, as vendors tell it (5): it cannot be installed again. */
        DELETION
    }

    /**
     * What the SM-DP+ says of a failure.
     *
     * @param code subject and reason, e.g. {@code 8.1/4.8}; {@code unspecified} where it gives none
     */
    public record Failure(String code, String message) {}

    /** What the profile is after this; empty where it is what it was. */
    public Optional<Reached> reached() {
        return switch (point) {
            case ELIGIBILITY, CONFIRMATION -> failure == null ? Optional.empty() : Optional.of(Reached.ERROR);
            case DOWNLOAD -> Optional.of(failure == null ? Reached.DOWNLOADED : Reached.ERROR);
            case INSTALLATION -> Optional.of(failure == null ? Reached.INSTALLED : Reached.ERROR);
            case USE -> Optional.empty();
            case DELETION -> failure == null ? Optional.of(Reached.DELETED) : Optional.empty();
        };
    }

    /** States of a profile beyond its release (SGP.22 3.1.6). */
    public enum Reached {
        DOWNLOADED,
        INSTALLED,
        ERROR,
        DELETED
    }
}
