package io.trunkline.simulators.smsc;

import java.time.Instant;

/**
 * A text as a phone shows it.
 *
 * @param encoding {@code gsm7} or {@code ucs2}
 */
record Received(long id, String to, String from, String text, int segments, String encoding, Instant receivedAt) {}
