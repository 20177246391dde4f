package io.trunkline.network.hlr;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import java.util.Objects;
import java.util.Optional;

/** What is still to be done, and what may not be, by what is there: for every HLR that has to be asked first. */
final class LineRules {
    private LineRules() {}

    /**
     * Why a line may not be provisioned.
     *
     * @param byImsi what is there under its IMSI
     * @param byNumber who has its number
     */
    static Optional<HlrCode> provisioning(Line line, Optional<Line> byImsi, Optional<Line> byNumber) {
        boolean foreign = byImsi.map(Line::number)
                .filter(there -> !there.equals(line.number()))
                .isPresent();
        if (foreign) {
            return Optional.of(HlrCode.IMSI_IN_USE);
        }
        return byNumber.filter(holder -> !holder.imsi().equals(line.imsi())).map(_ -> HlrCode.NUMBER_IN_USE);
    }

    /** What moving a number takes. */
    sealed interface Move {
        /** It is there. */
        record Nothing() implements Move {}

        /** Nobody has it. */
        record Set() implements Move {}

        /** The one that it is to be taken from has it. */
        record FreeAndSet() implements Move {}

        record Refused(HlrCode code) implements Move {}
    }

    static Move moving(Msisdn number, Imsi from, Imsi to, Optional<Line> there, Optional<Line> holder) {
        if (there.isEmpty()) {
            return new Move.Refused(HlrCode.NO_SUCH_LINE);
        }
        Msisdn has = there.get().number();
        if (has != null) {
            return Objects.equals(has, number) ? new Move.Nothing() : new Move.Refused(HlrCode.LINE_HAS_ANOTHER_NUMBER);
        }
        if (holder.isEmpty()) {
            return new Move.Set();
        }
        Imsi holds = holder.get().imsi();
        return holds.equals(from) ? new Move.FreeAndSet() : new Move.Refused(HlrCode.NUMBER_IN_USE);
    }
}
