package io.trunkline.simulators.mail;

import java.time.Instant;
import java.util.List;

/**
 * What is known of a mail without opening it.
 *
 * @param from the envelope's sender, empty for a bounce
 * @param to the envelope's recipients
 * @param subject decoded
 */
record StoredMail(String id, String from, List<String> to, String subject, Instant receivedAt) {}
