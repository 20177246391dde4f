package io.trunkline.simulators.smdp;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;

/** States of a profile at the SM-DP+ (SGP.22 3.1.6). */
enum ProfileState {
    AVAILABLE("Available"),
    ALLOCATED("Allocated"),
    LINKED("Linked"),
    CONFIRMED("Confirmed"),
    RELEASED("Released"),
    DOWNLOADED("Downloaded"),
    INSTALLED("Installed"),
    ERROR("Error"),
    /** Deleted by the user. Not of the standard, which forgets the profile once it is installed. */
    DELETED("Deleted"),
    UNAVAILABLE("Unavailable");

    private final String word;

    ProfileState(String word) {
        this.word = word;
    }

    @JsonValue
    String word() {
        return word;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(ProfileState::word).toList();
    }

    @JsonCreator
    static ProfileState of(String word) {
        return Arrays.stream(values())
                .filter(state -> state.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected one of " + String.join(", ", words()) + ", not \"" + word + "\""));
    }

    /** Nobody's: neither ordered nor on a device. */
    boolean isFree() {
        return this == AVAILABLE || this == UNAVAILABLE;
    }

    /** Ordered and not yet on its way to a device: what CancelOrder can undo (SGP.22 5.3.3). */
    boolean isOrdered() {
        return this == ALLOCATED || this == LINKED || this == CONFIRMED || this == RELEASED;
    }
}
