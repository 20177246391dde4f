package io.trunkline.network.smdp;

import io.trunkline.ids.Iccid;
import org.jspecify.annotations.Nullable;

/**
 * Takes an order back that nobody has downloaded (SGP.22 5.3.3).
 *
 * @param eid where the order is for a device: checked by the SM-DP+
 * @param matchingId where the order was confirmed: checked by the SM-DP+; absent where it was not, or where it is
 *     unknown under which one
 * @param finalStatus what becomes of the profile
 */
public record CancelOrder(
        Iccid iccid, @Nullable String eid, @Nullable String matchingId, FinalStatus finalStatus) {
    /** {@code finalProfileStatusIndicator}. */
    public enum FinalStatus {
        /** Back in stock. */
        AVAILABLE("Available"),
        /** Never given out again. */
        UNAVAILABLE("Unavailable");

        private final String wire;

        FinalStatus(String wire) {
            this.wire = wire;
        }

        String wire() {
            return wire;
        }
    }

    public CancelOrder {
        if (matchingId != null) {
            ActivationCode.requireMatchingId(matchingId);
        }
    }

    /** Without the MatchingID: whoever has it has the profile. */
    @Override
    public String toString() {
        return "CancelOrder[iccid=" + iccid + ", finalStatus=" + finalStatus + "]";
    }
}
