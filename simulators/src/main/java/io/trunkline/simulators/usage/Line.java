package io.trunkline.simulators.usage;

import org.jspecify.annotations.Nullable;

/**
 * A line that may use something.
 *
 * @param msisdn absent where it has data alone
 * @param speaks whether it may call and send texts
 * @param surfs whether it may use data
 */
public record Line(String imsi, @Nullable String msisdn, boolean speaks, boolean surfs) {
    boolean canSpeak() {
        return speaks && msisdn != null;
    }
}
