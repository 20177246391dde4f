package io.trunkline.network.hlr;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import java.util.Optional;

/**
 * The register of the network's lines (HLR, HSS, UDM).
 *
 * <p>Every function may be called again with the same values, above all after {@link Outcome.Unknown}: it looks at what
 * is there and does what is missing, so that what took effect before counts as done. That holds because an IMSI belongs
 * to one caller alone: reserve it, and commit that, before the first call.
 *
 * <p>{@link Outcome.Rejected} has one of {@link HlrCode}; then nothing of the call has taken effect.
 *
 * <p>In every function {@code correlation} is 1 to 128 printable ASCII characters, told to the network where its
 * protocol can carry it.
 */
public interface Hlr {
    /** What lines can be here: ask before an order is accepted, and when the catalog is applied. */
    Capabilities capabilities();

    /**
     * The line is there as told, with these keys.
     *
     * <p>Rejected with {@link HlrCode#NUMBER_IN_USE}, with {@link HlrCode#IMSI_IN_USE} where the IMSI is there with
     * another number, with {@link HlrCode#SERVICES_INSEPARABLE}. Undone by {@link #delete}.
     */
    Outcome<Done> provision(Line line, SimKeys keys, String correlation);

    /** Rejected with {@link HlrCode#NO_SUCH_LINE} or {@link HlrCode#SERVICES_INSEPARABLE}. */
    Outcome<Done> setServices(Imsi imsi, Services services, String correlation);

    /**
     * The number belongs to another SIM from now on. The other SIM is there already, without a number; the one that had
     * it stays, without it. For a moment nobody has it. Undone by moving it back.
     *
     * <p>Where {@code from} no longer is, or no longer has the number, {@code to} gets it all the same. Rejected with
     * {@link HlrCode#NUMBER_IN_USE} where a third one has it, {@link HlrCode#NO_SUCH_LINE} where {@code to} is not
     * there, {@link HlrCode#LINE_HAS_ANOTHER_NUMBER}.
     */
    Outcome<Done> moveNumber(Msisdn number, Imsi from, Imsi to, String correlation);

    /** There is no line with this IMSI: deleted, or never there. Its number is free. */
    Outcome<Done> delete(Imsi imsi, String correlation);

    /** The line as the network has it; empty where there is none. */
    Outcome<Optional<Line>> find(Imsi imsi, String correlation);

    /** The line that has the number; empty where nobody has it. */
    Outcome<Optional<Line>> find(Msisdn number, String correlation);

    /** What was asked is so now. */
    record Done() {}
}
