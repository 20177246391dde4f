package io.trunkline.network.smdp;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * An SM-DP+ as an operator sees it: the functions of ES2+ (SGP.22 5.3). Every function may be called again with the
 * same identifiers after {@link Outcome.Unknown}; on that repetition, and only there, a rejection with
 * {@link StatusCode#PROFILE_IN_USE} or {@link StatusCode#MATCHING_ID_IN_USE} says that the first one took effect.
 */
public interface SmdpPlus {
    /** Available → Allocated, or Linked with an EID. */
    Outcome<Ordered> downloadOrder(DownloadOrder order, FunctionCall call);

    /**
     * Allocated or Linked → Confirmed, or Released.
     *
     * <p>Rejected with {@code matching_id_differs} or {@code eid_differs} where the SM-DP+ confirms something else than
     * was asked: what it answers may be another customer's, so no activation code is made of it. The order is then to
     * be canceled without naming a MatchingID.
     */
    Outcome<Confirmed> confirmOrder(ConfirmOrder order, FunctionCall call);

    /** Any state before Downloaded → Available or Unavailable. */
    Outcome<Done> cancelOrder(CancelOrder order, FunctionCall call);

    /** Confirmed → Released (SGP.22 5.3.4). */
    Outcome<Done> releaseProfile(Iccid iccid, FunctionCall call);

    /** What DownloadOrder brings: the profile that was asked for. */
    record Ordered(Iccid iccid) {}

    /**
     * What ConfirmOrder brings.
     *
     * @param smdpAddress the host that devices download from
     * @param eid where the SM-DP+ names one
     */
    record Confirmed(
            String matchingId, String smdpAddress, @Nullable String eid) {
        /** Without the MatchingID: whoever has it has the profile. */
        @Override
        public String toString() {
            return "Confirmed[smdpAddress=" + smdpAddress + ", eid=" + eid + "]";
        }
    }

    /** A function without an answer of its own was executed. */
    record Done() {}
}
