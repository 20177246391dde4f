package io.trunkline.simulators.smsc;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a submitted message: whether its phone shows it, and which receipt there is. */
final class Submissions {
    /** What faults of it name: {@code refuse} with a receipt's state, e.g. {@code UNDELIV} or {@code EXPIRED}. */
    static final String OPERATION = "delivery";

    private static final String DELIVERED = "DELIVRD";
    private static final String NO_ERROR = "000";
    private static final String SOME_ERROR = "011";

    private final Phones phones;
    private final HandOver handOver;
    private final Faults faults;
    private final Clock clock;

    Submissions(Phones phones, HandOver handOver, Faults faults, Clock clock) {
        this.phones = phones;
        this.handOver = handOver;
        this.faults = faults;
        this.clock = clock;
    }

    /** Takes a message over for good; answers its id, as responses write it. */
    String take(String system, Part.Submission submission) {
        Behaviour behaviour = phones.behaviour();
        long id = phones.nextId();
        Optional<Fault> fault = faults.next(OPERATION);
        boolean shown = true;
        String state = DELIVERED;
        int receipts = submission.receipt() && behaviour.givesReceipts() ? 1 : 0;
        Instant due = clock.instant().plusMillis(behaviour.receiptAfterMs());
        boolean tlvs = behaviour.receiptTlvs();
        String receiptId = behaviour.receiptIds().write(id);
        if (fault.isPresent()) {
            switch (fault.get().fault()) {
                case REFUSE -> {
                    state = fault.get().codeOr("UNDELIV");
                    shown = false;
                }
                case ERROR_500 -> {
                    state = "UNKNOWN";
                    shown = false;
                }
                case HANG, DROP_BEFORE -> {
                    receipts = 0;
                    shown = false;
                }
                case DROP_AFTER -> receipts = 0;
                case LATE -> due = due.plus(fault.get().delay());
                case TWICE -> receipts = 2 * receipts;
                case GARBAGE -> {
                    receiptId = "?";
                    tlvs = false;
                }
            }
        }
        String error = state.equals(DELIVERED) ? NO_ERROR : SOME_ERROR;
        List<Outgoing> outgoing = new ArrayList<>();
        for (int i = 0; i < receipts; i++) {
            outgoing.add(
                    Outgoing.receipt(phones.nextId(), system, submission.part(), receiptId, state, error, tlvs, due));
        }
        phones.take(shown ? submission.part() : null, outgoing);
        handOver.add(outgoing);
        return behaviour.responseIds().write(id);
    }
}
