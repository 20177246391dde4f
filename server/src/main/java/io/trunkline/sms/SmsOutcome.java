package io.trunkline.sms;

import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.network.smsc.Receipt;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** What is to be written down of a recipient. */
sealed interface SmsOutcome {
    /** Of whom. */
    record Place(OrganizationId organization, SmsId sms, int position) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int bySms = sms.value().compareTo(other.sms.value());
            return bySms != 0 ? bySms : Integer.compare(position, other.position);
        }
    }

    /** The SMSC has accepted a part, and calls it so. */
    record PartSent(Place place, int part, String smsc, String messageId) implements SmsOutcome {}

    /** Nothing more is to be sent: it is refused, over, or of unknown outcome. */
    record Ended(SmsWork.Leased leased, Recipient.State state, Recipient.Failure failure) implements SmsOutcome {}

    /**
     * It is due again.
     *
     * @param inDoubt whether a part may have been sent without our knowing
     */
    record Again(SmsWork.Leased leased, boolean inDoubt, int attempt, Instant dueAt) implements SmsOutcome {}

    /** A receipt came. */
    record Received(Receipt receipt, CompletableFuture<Boolean> kept) implements SmsOutcome {}

    static Place placeOf(SmsWork.Leased leased) {
        return new Place(leased.organization(), leased.sms(), leased.position());
    }
}
