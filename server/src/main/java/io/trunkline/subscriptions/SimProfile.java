package io.trunkline.subscriptions;

import io.trunkline.ids.Iccid;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The eSIM profile of a subscription.
 *
 * @param eid the eUICC that it is linked to, 32 digits; empty where the SM-DP+ was told none
 * @param smdpAddress where it is downloaded; empty before its release
 * @param previous whose place it takes, until that one is retired
 */
public record SimProfile(
        Iccid iccid,
        SubscriptionId subscription,
        Optional<String> eid,
        State state,
        Instant stateAt,
        Optional<String> smdpAddress,
        Optional<Iccid> previous) {

    /** Its life as the SM-DP+ and the device tell it (SGP.22 3.1.6). */
    public enum State {
        RESERVED,
        RELEASED,
        DOWNLOADED,
        INSTALLED,
        ERROR,
        DELETED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        /**
         * Whether a profile in this state is in that one once it is told; never back, however late that is told. An
         * error and a download that succeeds may follow each other: what happened later counts, and of what happened at
         * one moment the error, which ends a download.
         *
         * @param since when this state was reached
         * @param at when that one was
         */
        boolean isFollowedBy(State told, Instant since, Instant at) {
            boolean betweenErrorAndDownload = (this == DOWNLOADED && told == ERROR && !at.isBefore(since))
                    || (this == ERROR && told == DOWNLOADED && at.isAfter(since));
            return told.rank() > rank() || betweenErrorAndDownload;
        }

        /** Whether it is known better now since when this state holds: a download can be tried again. */
        boolean isRenewedBy(State told, Instant since, Instant at) {
            return this == told && (this == DOWNLOADED || this == ERROR) && at.isAfter(since);
        }

        private int rank() {
            return switch (this) {
                case RESERVED -> 0;
                case RELEASED -> 1;
                case DOWNLOADED, ERROR -> 2;
                case INSTALLED -> 3;
                case DELETED -> 4;
            };
        }

        /** Whether the activation code can be shown: there is one, and it was not used up. */
        public boolean hasCode() {
            return switch (this) {
                case RELEASED, DOWNLOADED, ERROR -> true;
                case RESERVED, INSTALLED, DELETED -> false;
            };
        }
    }

    public static String path(SubscriptionId subscription) {
        return Subscription.path(subscription) + "/sim-profile";
    }

    public static String codePath(SubscriptionId subscription) {
        return path(subscription) + "/qr-code";
    }

    /** How its activation code was delivered. */
    public static String deliveriesPath(SubscriptionId subscription) {
        return path(subscription) + "/deliveries";
    }

    static String previousPath(SubscriptionId subscription) {
        return path(subscription) + "/previous";
    }

    /** The resource. */
    void write(Json json) {
        write(json, path(subscription));
    }

    /** The same of the one whose place another has taken. */
    void writePrevious(Json json) {
        write(json, previousPath(subscription));
    }

    private void write(Json json, String self) {
        json.text("iccid", iccid.digits())
                .text("sim_type", "esim")
                .text("eid", eid.orElse(null))
                .text("state", state.text())
                .time("state_at", stateAt)
                .links(links -> {
                    links.link("self", self);
                    if (previous.isPresent()) {
                        links.link("previous", previousPath(subscription));
                    }
                    if (self.equals(path(subscription))) {
                        links.link("deliveries", deliveriesPath(subscription));
                    }
                    if (state.hasCode() && self.equals(path(subscription))) {
                        links.link("qr_code", codePath(subscription));
                    }
                });
    }
}
