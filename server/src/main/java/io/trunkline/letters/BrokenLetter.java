package io.trunkline.letters;

/** A layout or a file of words cannot be used; the message begins with its place. */
public final class BrokenLetter extends RuntimeException {
    private final String what;

    BrokenLetter(String place, String what) {
        super(place + ": " + what, null, false, false);
        this.what = what;
    }

    /** Without the place. */
    String what() {
        return what;
    }
}
