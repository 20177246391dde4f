/**
 * The HLR: one register of subscribers, spoken to over OsmoHLR's control interface (OsmoHLR User Manual, "Control
 * interface") and as documents over HTTP, as vendors' registers are.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.hlr;
