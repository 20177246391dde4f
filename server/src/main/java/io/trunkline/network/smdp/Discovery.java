package io.trunkline.network.smdp;

/**
 * How devices learn that a profile waits for them (SGP.22 3.6).
 *
 * @param smdsAddress the discovery service (SM-DS) where the SM-DP+ registers orders that are pushed
 */
public record Discovery(String smdsAddress) {
    public Discovery {
        ActivationCode.requireAddress(smdsAddress);
    }
}
