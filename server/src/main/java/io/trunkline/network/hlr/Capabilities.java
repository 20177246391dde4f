package io.trunkline.network.hlr;

import java.util.Optional;

/**
 * What an HLR can hold apart. What it cannot is refused before anything is ordered or sent.
 *
 * @param voiceApartFromSms whether one can be on while the other is off
 * @param numbersPerLine most numbers of one SIM
 */
public record Capabilities(boolean voiceApartFromSms, int numbersPerLine) {
    /** Circuit-switched (voice and SMS together) and packet-switched; one number. */
    public static final Capabilities CS_AND_PS = new Capabilities(false, 1);

    /** Why a line with these services and so many numbers cannot be; empty where it can. */
    public Optional<HlrCode> refusal(Services services, int numbers) {
        if (!voiceApartFromSms && services.voice() != services.sms()) {
            return Optional.of(HlrCode.SERVICES_INSEPARABLE);
        }
        return numbers > numbersPerLine ? Optional.of(HlrCode.TOO_MANY_NUMBERS) : Optional.empty();
    }
}
