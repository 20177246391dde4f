package io.trunkline.network.smsc;

import java.time.Duration;

/**
 * One segment to submit.
 *
 * @param from digits of the sender
 * @param to digits of the recipient
 * @param part the octets, without a header
 * @param reference of all segments of the text, 0 to 255
 * @param total how many they are
 * @param number which one this is, from 1
 * @param validity how long the SMSC may try
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ShortMessage(
        String from,
        String to,
        Encoding encoding,
        byte[] part,
        int reference,
        int total,
        int number,
        Duration validity) {}
