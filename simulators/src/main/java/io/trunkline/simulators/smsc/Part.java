package io.trunkline.simulators.smsc;

import java.nio.BufferUnderflowException;
import java.util.HexFormat;
import java.util.Map;

/**
 * A short message as it was submitted: whole, or a segment of one.
 *
 * @param reference of the segments that belong together; -1 where it is whole
 * @param total how many they are
 * @param number which one this is, from 1
 * @param dataCoding 0 GSM 7 bit, unpacked; 8 UCS-2
 * @param hex its octets without a header
 */
record Part(String from, String to, int reference, int total, int number, int dataCoding, String hex) {
    static final int PAYLOAD = 0x424;
    private static final int SAR_REFERENCE = 0x20c;
    private static final int SAR_TOTAL = 0x20e;
    private static final int SAR_NUMBER = 0x20f;

    private static final int UDHI = 0x40;
    /** Concatenation with a reference of 8 bits (3GPP TS 23.040 9.2.3.24.1), or of 16 (9.2.3.24.8). */
    private static final int CONCATENATED = 0x00;

    private static final int CONCATENATED_16 = 0x08;

    /**
     * What a submit_sm (SMPP 3.4, 4.4.1) asks for.
     *
     * @param validity until when, as it came
     * @param receipt whether a receipt is asked for
     */
    record Submission(Part part, String validity, boolean receipt) {}

    /** @throws BufferUnderflowException where the body ends too early */
    static Submission read(byte[] body) {
        Octets.Reader in = new Octets.Reader(body);
        in.text(); // service_type
        in.octet();
        in.octet();
        String from = in.text();
        in.octet();
        in.octet();
        String to = in.text();
        int esmClass = in.octet();
        in.octet(); // protocol_id
        in.octet(); // priority_flag
        in.text(); // schedule_delivery_time
        String validity = in.text();
        int registered = in.octet();
        in.octet(); // replace_if_present_flag
        int dataCoding = in.octet();
        in.octet(); // sm_default_msg_id
        byte[] text = in.octets(in.octet());
        Map<Integer, byte[]> parameters = in.parameters();
        byte[] content = parameters.getOrDefault(PAYLOAD, text);
        Part part = (esmClass & UDHI) != 0
                ? withHeader(from, to, dataCoding, content)
                : withParameters(from, to, dataCoding, content, parameters);
        return new Submission(part, validity, (registered & 3) == 1);
    }

    private static Part withHeader(String from, String to, int dataCoding, byte[] content) {
        Octets.Reader in = new Octets.Reader(content);
        int length = in.octet();
        Octets.Reader header = new Octets.Reader(in.octets(length));
        byte[] rest = in.octets(content.length - length - 1);
        for (int left = length; left > 0; ) {
            int element = header.octet();
            int size = header.octet();
            Octets.Reader value = new Octets.Reader(header.octets(size));
            left -= size + 2;
            if (element == CONCATENATED || element == CONCATENATED_16) {
                int reference = element == CONCATENATED ? value.octet() : value.octet() << 8 | value.octet();
                return new Part(from, to, reference, value.octet(), value.octet(), dataCoding, hex(rest));
            }
        }
        return new Part(from, to, -1, 1, 1, dataCoding, hex(rest));
    }

    private static Part withParameters(
            String from, String to, int dataCoding, byte[] content, Map<Integer, byte[]> parameters) {
        if (!parameters.containsKey(SAR_REFERENCE)) {
            return new Part(from, to, -1, 1, 1, dataCoding, hex(content));
        }
        return new Part(
                from,
                to,
                number(parameters, SAR_REFERENCE),
                number(parameters, SAR_TOTAL),
                number(parameters, SAR_NUMBER),
                dataCoding,
                hex(content));
    }

    private static int number(Map<Integer, byte[]> parameters, int tag) {
        int number = 0;
        for (byte octet : parameters.getOrDefault(tag, new byte[] {1})) {
            number = number << 8 | (octet & 0xff);
        }
        return number;
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    String text() {
        return Alphabet.decode(dataCoding, HexFormat.of().parseHex(hex));
    }
}
