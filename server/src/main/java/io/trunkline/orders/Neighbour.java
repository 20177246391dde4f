package io.trunkline.orders;

import java.util.Locale;

/** Whom a step speaks to. The work for each is leased by itself: one that is slow or away holds up no other's. */
enum Neighbour {
    /** Nobody: the step is done in our own database. */
    NONE("–"),
    SMDP("the SM-DP+"),
    HLR("the HLR"),
    MAIL("the mail server");

    private final String words;

    Neighbour(String words) {
        this.words = words;
    }

    /** As the table of work has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people. */
    String words() {
        return words;
    }
}
