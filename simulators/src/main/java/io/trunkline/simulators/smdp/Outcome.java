package io.trunkline.simulators.smdp;

/** How a function ended. */
sealed interface Outcome {
    /**
     * The function was carried out.
     *
     * @param profile as it is from now on
     */
    record Executed(Profile profile) implements Outcome {}

    /**
     * The function was not carried out.
     *
     * @param subjectIdentifier what the code is about: an ICCID, an EID; may be empty
     */
    record Failed(StatusCode code, String subjectIdentifier, String message) implements Outcome {}
}
