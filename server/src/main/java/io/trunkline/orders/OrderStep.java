package io.trunkline.orders;

import java.util.Locale;

/**
 * The steps of an activation, in order, each with what undoes it. Every step can be taken twice.
 *
 * <pre>
 * step            does                                               undone by
 * reserve         number, ICCID, MatchingID, committed               setting them free
 * download_order  ES2+ DownloadOrder by ICCID (SGP.22 5.3.1)         cancel_order
 * confirm_order   ES2+ ConfirmOrder with release (SGP.22 5.3.2)      cancel_order
 * ------------------------------------------------------------------ point of no return: the order is completed
 * deliver         the mail with the activation code                  nothing: it can be fetched or sent again
 * cancel_order    (undo) ES2+ CancelOrder (SGP.22 5.3.3), then what was parked in doubt is free
 * </pre>
 */
enum OrderStep {
    RESERVE,
    DOWNLOAD_ORDER,
    CONFIRM_ORDER,
    DELIVER,
    CANCEL_ORDER;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OrderStep of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
