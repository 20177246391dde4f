package io.trunkline.simulators.smsc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the SMSC is when nothing is wrong.
 *
 * @param receiptAfterMs from a submission to its receipt
 * @param responseIds how ids are written in submit_sm_resp
 * @param receiptIds how they are written in receipts
 * @param receiptTlvs whether a receipt has receipted_message_id and message_state beside its text
 * @param receipts whether there are receipts at all, where they are asked for; null in journals of before: there are
 */
record Behaviour(
        int receiptAfterMs,
        Radix responseIds,
        Radix receiptIds,
        boolean receiptTlvs,
        @Nullable Boolean receipts) {
    static final Behaviour DEFAULT = new Behaviour(500, Radix.HEX, Radix.HEX, true, true);

    boolean givesReceipts() {
        return receipts == null || receipts;
    }

    /** Two ways to write the same number. */
    enum Radix {
        HEX,
        DECIMAL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Radix of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        String write(long id) {
            return this == HEX ? Long.toHexString(id).toUpperCase(Locale.ROOT) : Long.toString(id);
        }
    }
}
