package io.trunkline.network.smdp;

import io.trunkline.ids.Eid;
import io.trunkline.ids.Iccid;
import org.jspecify.annotations.Nullable;

/**
 * Binds an ordered profile to a MatchingID (SGP.22 5.3.2).
 *
 * @param matchingId chosen by us and committed before the call, so that a repetition means the same order
 * @param release whether the profile can be downloaded at once; else {@link SmdpPlus#releaseProfile} does it later
 * @param eid the device, 32 digits; discovery needs it
 * @param smdsAddress where the device shall discover the order; absent without discovery
 * @param confirmationCode what the user must enter; a secret
 */
public record ConfirmOrder(
        Iccid iccid,
        String matchingId,
        boolean release,
        @Nullable String eid,
        @Nullable String smdsAddress,
        @Nullable String confirmationCode) {
    public ConfirmOrder {
        ActivationCode.requireMatchingId(matchingId);
    }

    /** Ready for download with an activation code, by whatever device brings it. */
    public static ConfirmOrder released(Iccid iccid, String matchingId) {
        return new ConfirmOrder(iccid, matchingId, true, null, null, null);
    }

    /** Ready for download by one device alone, which learns of it from its discovery service (SGP.22 3.1.2). */
    public static ConfirmOrder pushed(Iccid iccid, String matchingId, Eid eid, Discovery discovery) {
        return new ConfirmOrder(iccid, matchingId, true, eid.digits(), discovery.smdsAddress(), null);
    }

    /** Without MatchingID and confirmation code: whoever has them has the profile. */
    @Override
    public String toString() {
        return "ConfirmOrder[iccid=" + iccid + ", release=" + release + "]";
    }
}
