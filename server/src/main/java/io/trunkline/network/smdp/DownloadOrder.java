package io.trunkline.network.smdp;

import io.trunkline.ids.Eid;
import io.trunkline.ids.Iccid;
import org.jspecify.annotations.Nullable;

/**
 * Takes a profile out of the SM-DP+'s stock (SGP.22 5.3.1). Always by ICCID: a repetition then means the same profile.
 *
 * @param eid the device, 32 digits, where it is known
 * @param profileType checked by the SM-DP+ against the ICCID's, where given
 */
public record DownloadOrder(
        Iccid iccid, @Nullable String eid, @Nullable String profileType) {
    public static DownloadOrder of(Iccid iccid) {
        return new DownloadOrder(iccid, null, null);
    }

    /** For one device alone. */
    public static DownloadOrder forDevice(Iccid iccid, Eid eid) {
        return new DownloadOrder(iccid, eid.digits(), null);
    }
}
