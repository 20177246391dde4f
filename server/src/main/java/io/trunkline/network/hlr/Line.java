package io.trunkline.network.hlr;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import org.jspecify.annotations.Nullable;

/**
 * A SIM as the network knows it. Its keys are no part of it: they go in and never come out.
 *
 * @param number absent where the SIM has none (yet): it can be used once it has one
 */
public record Line(Imsi imsi, @Nullable Msisdn number, Services services) {}
