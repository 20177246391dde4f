package io.trunkline.network.hlr;

import io.trunkline.network.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why an HLR, or the door to it, did not do what was asked: the codes of {@link Outcome.Rejected}. */
public enum HlrCode {
    /** Another line has the number. */
    NUMBER_IN_USE("another line has the number", false),
    /** The IMSI is there with another number: it is somebody else's. */
    IMSI_IN_USE("the IMSI is there with another number", false),
    /** There is no line with the IMSI. */
    NO_SUCH_LINE("there is no line with the IMSI", false),
    /** The line that is to get the number has another one. */
    LINE_HAS_ANOTHER_NUMBER("the line that is to get the number has another one", false),
    /** Voice and SMS can only be on or off together ({@link Capabilities}). */
    SERVICES_INSEPARABLE("the HLR can switch voice and SMS only together", false),
    /** A SIM cannot have so many numbers ({@link Capabilities}). */
    TOO_MANY_NUMBERS("the HLR holds fewer numbers for one SIM", false),
    /** The HLR says that what was sent is not valid. */
    NOT_VALID("the HLR does not take the value", false),
    /** The HLR does not know the function: it is another one than configured, or too old. */
    NOT_SUPPORTED("the HLR does not know the function", false),
    /** The HLR does not let us in. */
    NOT_ALLOWED("the HLR does not allow it to us", true),
    /** The HLR says that it failed, and that it did nothing. */
    HLR_FAILED("the HLR failed", true),
    /** No connection. */
    UNREACHABLE("no connection to the HLR", true),
    /** The two sides do not trust each other's certificates. */
    TLS("no TLS connection with the HLR", true),
    /** Too many calls are under way. */
    BUSY("too many calls to the HLR are under way", true),
    /** The caller was interrupted before anything was sent. */
    INTERRUPTED("interrupted before anything was sent", true);

    private final String text;
    private final boolean retryable;

    HlrCode(String text, boolean retryable) {
        this.text = text;
        this.retryable = retryable;
    }

    /** Stable, e.g. {@code number_in_use}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<HlrCode> of(String code) {
        return Arrays.stream(values()).filter(one -> one.code().equals(code)).findFirst();
    }

    /** Whether it is why a call was rejected. */
    public boolean rejects(Outcome<?> outcome) {
        return outcome.isRejectedWith(List.of(code()));
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** Whether the same call may succeed later. */
    public boolean retryable() {
        return retryable;
    }

    /** @param detail what came, for people; empty where the code says it all. Holds no key */
    <T> Outcome<T> rejected(String detail) {
        return new Outcome.Rejected<>(code(), detail.isEmpty() ? text : text + " (" + detail + ")", retryable);
    }
}
