/**
 * The simulated network: an operator's SM-DP+ and mail server as one process of their own, with an interface to look at
 * them and to let them misbehave. It depends on nothing of the platform, so that it can disagree with it.
 *
 * <p>A further peer is a room (package) of its own: started in {@link io.trunkline.simulators.Simulators}, its routes
 * added to the control interface there.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators;
