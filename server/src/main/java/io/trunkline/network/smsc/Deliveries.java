package io.trunkline.network.smsc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.OptionalParameter;

/** Reads texts that phones have sent. */
final class Deliveries {
    private static final int UDHI = 0x40;
    private static final int CONCATENATED = 0x00;
    private static final int CONCATENATED_16 = 0x08;
    private static final int UCS_2 = 8;
    private static final int LATIN_1 = 3;

    private Deliveries() {}

    private record Place(int reference, int total, int number) {}

    static InboundPart read(String smsc, DeliverSm pdu) {
        byte[] content = Optional.ofNullable(pdu.getOptionalParameter(OptionalParameter.Message_payload.class))
                .map(OptionalParameter.OctetString::getValue)
                .orElse(pdu.getShortMessage());
        Place place = sar(pdu);
        if ((pdu.getEsmClass() & UDHI) != 0 && content.length > 0) {
            int length = Math.min(content.length, (content[0] & 0xff) + 1);
            place = header(Arrays.copyOfRange(content, 1, length)).orElse(place);
            content = Arrays.copyOfRange(content, length, content.length);
        }
        return new InboundPart(
                smsc,
                digits(pdu.getSourceAddr()),
                digits(pdu.getDestAddress()),
                text(pdu.getDataCoding(), content),
                place.reference(),
                place.total(),
                place.number());
    }

    private static String digits(String address) {
        return address.startsWith("+") ? address.substring(1) : address;
    }

    private static String text(int dataCoding, byte[] content) {
        return switch (dataCoding) {
            case UCS_2 -> new String(content, StandardCharsets.UTF_16BE);
            case LATIN_1 -> new String(content, StandardCharsets.ISO_8859_1);
            default -> Gsm7.decode(content);
        };
    }

    private static Place sar(DeliverSm pdu) {
        var reference = pdu.getOptionalParameter(OptionalParameter.Sar_msg_ref_num.class);
        var total = pdu.getOptionalParameter(OptionalParameter.Sar_total_segments.class);
        var number = pdu.getOptionalParameter(OptionalParameter.Sar_segment_seqnum.class);
        return reference == null || total == null || number == null
                ? new Place(0, 1, 1)
                : new Place(reference.getValue() & 0xffff, total.getValue() & 0xff, number.getValue() & 0xff);
    }

    /** 3GPP TS 23.040 9.2.3.24: elements of an identifier, a length and so many octets. */
    private static Optional<Place> header(byte[] octets) {
        ByteBuffer left = ByteBuffer.wrap(octets);
        while (left.remaining() >= 2) {
            int element = left.get();
            int length = left.get() & 0xff;
            if (left.remaining() < length) {
                return Optional.empty();
            }
            if (element == CONCATENATED && length == 3) {
                return Optional.of(new Place(left.get() & 0xff, left.get() & 0xff, left.get() & 0xff));
            }
            if (element == CONCATENATED_16 && length == 4) {
                return Optional.of(new Place(left.getShort() & 0xffff, left.get() & 0xff, left.get() & 0xff));
            }
            left.position(left.position() + length);
        }
        return Optional.empty();
    }
}
