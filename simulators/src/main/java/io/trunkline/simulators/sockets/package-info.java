/** Connections in hand: accepted, counted, waited on. */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.sockets;
