/** The door to the HLR: the same tests against a real OsmoHLR and both simulated ones, and what goes wrong. */
@NullMarked
package io.trunkline.network.hlr;

import org.jspecify.annotations.NullMarked;
