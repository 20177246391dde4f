/** eSIM profiles at an SM-DP+: GSMA SGP.22 ES2+, and the activation code that its profiles are fetched with. */
@NamedInterface("smdp")
@NullMarked
package io.trunkline.network.smdp;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
