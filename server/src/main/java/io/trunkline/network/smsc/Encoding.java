package io.trunkline.network.smsc;

import java.util.Locale;

/** How the text of a short message is written. */
public enum Encoding {
    /** The GSM 7 bit default alphabet with its extension table (3GPP TS 23.038 6.2.1), a septet an octet. */
    GSM7(0, 160, 153),
    /** UCS-2, in truth UTF-16BE. */
    UCS2(8, 140, 134);

    private final int dataCoding;
    private final int octetsWhole;
    private final int octetsOfSegment;

    Encoding(int dataCoding, int octetsWhole, int octetsOfSegment) {
        this.dataCoding = dataCoding;
        this.octetsWhole = octetsWhole;
        this.octetsOfSegment = octetsOfSegment;
    }

    /** SMPP 3.4, 5.2.19. */
    int dataCoding() {
        return dataCoding;
    }

    /** Most octets of a message that is whole: 160 septets, or 70 units of UCS-2. */
    int octetsWhole() {
        return octetsWhole;
    }

    /** Most octets of a segment beside its header of six: 153 septets, or 67 units of UCS-2. */
    int octetsOfSegment() {
        return octetsOfSegment;
    }

    /** The word of the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Encoding of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
