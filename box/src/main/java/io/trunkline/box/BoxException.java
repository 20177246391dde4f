package io.trunkline.box;

/** Something that the person at the keyboard can mend; the message tells what and how. */
final class BoxException extends RuntimeException {
    BoxException(String message) {
        super(message);
    }

    BoxException(String message, Throwable cause) {
        super(message, cause);
    }
}
