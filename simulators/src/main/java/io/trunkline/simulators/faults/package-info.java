/** Misbehaviour on request: what a peer does wrong, how often, and the routes that ask for it. */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.faults;
