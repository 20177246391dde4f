/**
 * The simulated SMSC: SMPP 3.4 over TCP, read from its specification for itself, and the phones behind it. It shares no
 * code with the server and no library either, so that the two can disagree, down to bytes that are of no protocol.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.smsc;
