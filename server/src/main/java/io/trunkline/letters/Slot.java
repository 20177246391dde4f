package io.trunkline.letters;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is put into a letter when it is written, as {@code {{person}}}. */
public enum Slot {
    /** Whom it is for. */
    PERSON(false),
    ORGANIZATION(false),
    /** The person's numbers; empty: none. */
    NUMBERS(false),
    /** Whom an answer reaches; empty: nobody. */
    REPLY_TO(true),
    /** The activation code as the QR code holds it, {@code LPA:1$…}. */
    CODE(false),
    SMDP_ADDRESS(false),
    MATCHING_ID(false),
    /** Opened on an iPhone, installs the profile. */
    IOS_LINK(true),
    /** The same on Android. */
    ANDROID_LINK(true),
    /** The address of the picture of the QR code within the mail. */
    QR(true),
    /** The tag of the letter's language. */
    LANGUAGE(true);

    private final boolean address;

    Slot(boolean address) {
        this.address = address;
    }

    /** Whether it may be where HTML wants an address: whoever chose a name must not choose where a link leads. */
    boolean isAddress() {
        return address;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Slot> of(String text) {
        return Arrays.stream(values()).filter(slot -> slot.text().equals(text)).findFirst();
    }
}
