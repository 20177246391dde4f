package io.trunkline.network.smsc;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One SMSC and how it wants to be spoken to.
 *
 * @param name of ours, kept with each message that goes there
 * @param binds how many connections, each of them two where transmitter and receiver are apart
 * @param window most unanswered submissions of a bind
 * @param perSecond most submissions of a bind in a second; 0 for no limit
 * @param prefixes of the numbers that it serves; empty for all
 * @param trusted the certification authorities of its certificate, PEM; empty for the JDK's
 */
public record SmscSettings(
        String name,
        String host,
        int port,
        String systemId,
        @Nullable String password,
        String systemType,
        Mode mode,
        int binds,
        int window,
        int perSecond,
        Concatenation concatenation,
        Ids ids,
        List<String> prefixes,
        boolean tls,
        String trusted,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration enquireLink,
        Duration longestBackoff) {
    /** Of SMPP 3.4; fixed there. */
    private static final int LONGEST_SYSTEM_ID = 15;

    private static final int LONGEST_PASSWORD = 8;

    public SmscSettings {
        require(name.matches("[a-z0-9][a-z0-9-]{0,31}"), name, "a name of lower-case letters, digits and dashes");
        require(binds >= 1 && binds <= 64, binds, "1 to 64 binds");
        require(window >= 1 && window <= 10_000, window, "a window of 1 to 10000");
        require(perSecond >= 0, perSecond, "0 or more a second");
        require(systemId.length() <= LONGEST_SYSTEM_ID, systemId, "a system id of at most 15 characters");
        require(
                password == null || password.length() <= LONGEST_PASSWORD,
                "(not shown)",
                "a password of at most 8 characters (SMPP 3.4, 5.2.2)");
        prefixes = List.copyOf(prefixes);
    }

    private static void require(boolean holds, Object came, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("trunkline.smsc: expected " + expected + ", got " + came);
        }
    }

    /** How binds are made. */
    public enum Mode {
        TRANSCEIVER,
        /** Two connections: one to send, one to receive. */
        TRANSMITTER_RECEIVER
    }

    /** How segments say that they belong together. */
    public enum Concatenation {
        /** A user data header before the text (3GPP TS 23.040 9.2.3.24.1). */
        UDH,
        /** None: the whole text in message_payload, the SMSC cuts it. */
        PAYLOAD,
        /** The parameters sar_msg_ref_num, sar_total_segments, sar_segment_seqnum. */
        SAR
    }

    /** How its ids are written. */
    public enum Ids {
        /** Alike in responses and receipts. */
        ALIKE,
        /** In hexadecimal in responses, in decimal in receipts. */
        HEX_THEN_DECIMAL,
        /** In decimal in responses, in hexadecimal in receipts. */
        DECIMAL_THEN_HEX;

        /** An id of a response, in the one form that we keep. */
        String ofResponse(String id) {
            return this == ALIKE ? id : number(id, this == HEX_THEN_DECIMAL ? 16 : 10);
        }

        String ofReceipt(String id) {
            return this == ALIKE ? id : number(id, this == HEX_THEN_DECIMAL ? 10 : 16);
        }

        /** What is no number after all stays as it is. */
        private static String number(String id, int radix) {
            try {
                return new BigInteger(id.strip(), radix).toString(16);
            } catch (NumberFormatException e) {
                return id.toLowerCase(Locale.ROOT);
            }
        }
    }

    /** As whom we are known, and where. */
    record Peer(String host, int port, String id) {}

    Peer peer() {
        return new Peer(host.toLowerCase(Locale.ROOT), port, systemId);
    }

    /** How long the longest prefix is that the number begins with; empty where it is not served. */
    Optional<Integer> serves(String digits) {
        if (prefixes.isEmpty()) {
            return Optional.of(0);
        }
        return prefixes.stream().filter(digits::startsWith).map(String::length).max(Integer::compare);
    }
}
