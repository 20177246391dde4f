package io.trunkline.simulators.smsc;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/**
 * A deliver_sm that waits to be taken (SMPP 3.4, 4.6.1): a receipt, or a text from a phone.
 *
 * @param system whose it is; empty for anybody's
 * @param esmClass 0x04 of a receipt; 0x40 with a user data header
 * @param hex its octets
 * @param receiptedId of the message that it is a receipt for; empty where it is none, or its text alone tells
 * @param state the message's state (SMPP 3.4, 5.2.28)
 * @param dueMillis not before this moment
 */
record Outgoing(
        long id,
        String system,
        String from,
        String to,
        int esmClass,
        int dataCoding,
        String hex,
        String receiptedId,
        int state,
        long dueMillis) {
    private static final int RECEIPT = 0x04;
    private static final int RECEIPTED_MESSAGE_ID = 0x1e;
    private static final int MESSAGE_STATE = 0x427;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmm").withZone(ZoneOffset.UTC);

    /** A receipt (SMPP 3.4, appendix B). */
    static Outgoing receipt(
            long id, String system, Part part, String messageId, String stat, String error, boolean tlvs, Instant due) {
        boolean delivered = stat.equals("DELIVRD");
        String text = "id:" + messageId + " sub:001 dlvrd:" + (delivered ? "001" : "000") + " submit date:"
                + TIME.format(due) + " done date:" + TIME.format(due) + " stat:" + stat + " err:" + error + " text:";
        return new Outgoing(
                id,
                system,
                part.to(),
                part.from(),
                RECEIPT,
                Alphabet.DEFAULT,
                HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII)),
                tlvs ? messageId : "",
                stateOf(stat),
                due.toEpochMilli());
    }

    /** SMPP 3.4, 5.2.28. */
    private static int stateOf(String stat) {
        return switch (stat) {
            case "DELIVRD" -> 2;
            case "EXPIRED" -> 3;
            case "DELETED" -> 4;
            case "UNDELIV" -> 5;
            case "ACCEPTD" -> 6;
            case "REJECTD" -> 8;
            default -> 7;
        };
    }

    boolean isReceipt() {
        return esmClass == RECEIPT;
    }

    Outgoing at(Instant due) {
        return new Outgoing(id, system, from, to, esmClass, dataCoding, hex, receiptedId, state, due.toEpochMilli());
    }

    byte[] body() {
        byte[] text = HexFormat.of().parseHex(hex);
        Octets.Writer out = new Octets.Writer()
                .text("")
                .octet(1)
                .octet(1)
                .text(from)
                .octet(1)
                .octet(1)
                .text(to)
                .octet(esmClass)
                .octet(0)
                .octet(0)
                .text("")
                .text("")
                .octet(0)
                .octet(0)
                .octet(dataCoding)
                .octet(0)
                .octet(text.length)
                .octets(text);
        if (!receiptedId.isEmpty()) {
            out.parameter(RECEIPTED_MESSAGE_ID, (receiptedId + "\0").getBytes(StandardCharsets.US_ASCII));
            out.parameter(MESSAGE_STATE, new byte[] {(byte) state});
        }
        return out.bytes();
    }
}
