package io.trunkline.simulators.smdp;

/**
 * Why a function failed: subject and reason (SGP.22 5.2.6), like {@code 8.2.1} and {@code 3.9}.
 */
record StatusCode(String subject, String reason) {
    static final StatusCode REQUESTER_MISSING = new StatusCode("1.1", "2.2");
    static final StatusCode REQUESTER_INVALID = new StatusCode("1.1", "2.1");
    static final StatusCode FUNCTION_CALL_MISSING = new StatusCode("1.6", "2.2");
    static final StatusCode FUNCTION_ARGUMENT_MISSING = new StatusCode("1.6", "2.2");
    static final StatusCode FUNCTION_ARGUMENT_INVALID = new StatusCode("1.6", "2.1");
    static final StatusCode EID_INVALID = new StatusCode("8.1.1", "2.1");
    static final StatusCode EID_MISSING = new StatusCode("8.1.1", "2.2");
    static final StatusCode EID_OTHER = new StatusCode("8.1.1", "3.10");
    static final StatusCode ICCID_INVALID = new StatusCode("8.2.1", "2.1");
    static final StatusCode ICCID_MISSING = new StatusCode("8.2.1", "2.2");
    static final StatusCode ICCID_OR_TYPE_MISSING = new StatusCode("8.2.1", "2.3");
    static final StatusCode ICCID_NOT_ALLOWED = new StatusCode("8.2.1", "1.2");
    static final StatusCode ICCID_IN_USE = new StatusCode("8.2.1", "3.3");
    static final StatusCode ICCID_TRANSITION = new StatusCode("8.2.1", "3.5");
    static final StatusCode ICCID_UNKNOWN = new StatusCode("8.2.1", "3.9");
    static final StatusCode TYPE_INVALID = new StatusCode("8.2.5", "2.1");
    static final StatusCode TYPE_UNAVAILABLE = new StatusCode("8.2.5", "3.7");
    static final StatusCode TYPE_REFUSED = new StatusCode("8.2.5", "3.8");
    static final StatusCode TYPE_UNKNOWN = new StatusCode("8.2.5", "3.9");
    static final StatusCode MATCHING_ID_INVALID = new StatusCode("8.2.6", "2.1");
    static final StatusCode MATCHING_ID_IN_USE = new StatusCode("8.2.6", "3.3");
    static final StatusCode MATCHING_ID_OTHER = new StatusCode("8.2.6", "3.10");
    static final StatusCode CONFIRMATION_CODE_INVALID = new StatusCode("8.2.7", "2.1");
    static final StatusCode VERSION_UNSUPPORTED = new StatusCode("8.8.3", "3.1");
    static final StatusCode SMDS_INVALID = new StatusCode("8.9", "2.1");
    static final StatusCode SMDS_INACCESSIBLE = new StatusCode("8.9", "5.1");

    /** Reads {@code 8.2.1/3.9}. */
    static StatusCode parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("expected <subject>/<reason> like 8.2.1/3.9, not \"" + text + "\"");
        }
        return new StatusCode(text.substring(0, slash), text.substring(slash + 1));
    }
}
