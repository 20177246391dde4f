package io.trunkline.orders;

import static io.trunkline.orders.Neighbour.HLR;
import static io.trunkline.orders.Neighbour.MAIL;
import static io.trunkline.orders.Neighbour.NONE;
import static io.trunkline.orders.Neighbour.SMDP;

import java.util.Locale;

/**
 * Every step that an order can have: whom it speaks to, what it does, and what takes it back. {@link Workflow} says
 * which of them make an order of which type, {@link StepActs} carries them out. Every step, and every undo, can be
 * taken twice.
 */
enum OrderStep {
    START(NONE, "of a scheduled order, at its time: looks again whether it can be done", "–"),
    RESERVE(NONE, "takes number, ICCID and MatchingID, and commits that", "sets them free"),
    DOWNLOAD_ORDER(SMDP, "ES2+ DownloadOrder by ICCID (SGP.22 5.3.1)", "ES2+ CancelOrder (SGP.22 5.3.3)"),
    PROVISION(HLR, "makes the line known: keys, number, services", "deletes the line; its numbers are quarantined"),
    CONFIRM_ORDER(SMDP, "ES2+ ConfirmOrder with release (SGP.22 5.3.2)", "–: CancelOrder takes it back, too"),
    DELIVER(MAIL, "sends the activation code", "–: it can be fetched, or sent again"),
    BAR(HLR, "switches voice, SMS and data off", "switches on what the services say"),
    UNBAR(HLR, "switches on what the services say", "switches voice, SMS and data off"),
    REMOVE_LINE(HLR, "deletes the line", "makes it known again, barred where it is suspended"),
    WITHDRAW_PROFILE(SMDP, "ES2+ CancelOrder of a profile that nobody has installed", "–"),
    SET_SERVICES(HLR, "switches services on and off as ordered", "switches on what the services say"),
    CHANGE_PRODUCTS(NONE, "ends products, begins others, keeps the services", "–"),
    CUT_OFF_PREVIOUS(HLR, "of a lost SIM: switches voice, SMS and data off", "switches on what the services say"),
    MOVE_NUMBER(HLR, "once the new profile is installed, or has not been for long: moves the number to it", "–"),
    REMOVE_PREVIOUS(HLR, "deletes the line of the old SIM; its profile is used up", "–"),
    WITHDRAW_PREVIOUS(SMDP, "ES2+ CancelOrder of an old profile that nobody has installed", "–");

    private final Neighbour neighbour;
    private final String does;
    private final String undo;

    OrderStep(Neighbour neighbour, String does, String undo) {
        this.neighbour = neighbour;
        this.does = does;
        this.undo = undo;
    }

    Neighbour neighbour() {
        return neighbour;
    }

    /** What it does, for people. */
    String does() {
        return does;
    }

    /** What takes it back, for people. */
    String undo() {
        return undo;
    }

    /** Whether there is something to do where it is taken back. */
    boolean hasUndo() {
        return !undo.startsWith("–");
    }

    /** As the table of work has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OrderStep of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
