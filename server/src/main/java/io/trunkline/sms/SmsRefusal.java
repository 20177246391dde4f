package io.trunkline.sms;

import java.util.Locale;

/** Why a recipient is not sent to. */
enum SmsRefusal {
    IMPOSSIBLE_NUMBER("no country could give out such a number"),
    OPTED_OUT("the recipient wants no texts from this number"),
    NO_ROUTE("no SMSC serves this number"),
    SENDER_NOT_AUTHORIZED("the number that it was to be sent from may send no more"),
    TEXT_ERASED("the words are no longer kept");

    private final String detail;

    SmsRefusal(String detail) {
        this.detail = detail;
    }

    static SmsRefusal of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }

    Recipient.Failure failure() {
        return new Recipient.Failure(name().toLowerCase(Locale.ROOT), detail);
    }
}
