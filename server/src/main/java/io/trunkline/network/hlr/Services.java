package io.trunkline.network.hlr;

/** What a line may do. */
public record Services(boolean voice, boolean sms, boolean data) {
    public static final Services ALL = new Services(true, true, true);
    /** Barred: the SIM is known, and can do nothing. */
    public static final Services NONE = new Services(false, false, false);
}
