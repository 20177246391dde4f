package io.trunkline.rating;

import java.time.Instant;
import java.util.Optional;

/**
 * A record as rating sees it.
 *
 * @param quantity seconds, bytes or messages
 * @param continued whether it is the second or a later part of a session, so that no least quantity applies
 * @param zone of where the line was
 * @param destination zone of the called number, of outbound calls and messages to a number only
 * @param emergency whether an emergency number was called
 * @param onNet whether the other party was of the same organization
 */
public record Chargeable(
        Tariff.Type type,
        Tariff.Direction direction,
        Instant startedAt,
        long quantity,
        boolean continued,
        Optional<String> zone,
        Optional<String> destination,
        boolean emergency,
        boolean onNet) {}
