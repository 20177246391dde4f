/**
 * The simulated SM-DP+: ES2+ of GSMA SGP.22 v2.5 over JSON (5.3, 6.5.2), its profiles, and the routes to look at and
 * prepare them. It has read the standard for itself.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.smdp;
