package io.trunkline.simulators.smdp;

import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The JSON of an ES2+ request (SGP.22 6.5.2), read field by field; a wrong field ends the function. */
final class Es2Request {
    /** SGP.22 6.5.2.1: 19 digits and the padding F, or 20 digits. Unpadded 19 digits are common and accepted. */
    static final Pattern ICCID = Pattern.compile("(\\d{19})[Ff]?|(\\d{20})");

    static final Pattern EID = Pattern.compile("\\d{32}");
    static final Pattern MATCHING_ID = Pattern.compile("[0-9A-Z-]{0,255}");
    static final Pattern PROFILE_TYPE = Pattern.compile("[\\p{Graph} ]{1,255}");
    private static final Pattern REQUESTER = Pattern.compile("\\d+(\\.\\d+)*");
    private static final Pattern CONFIRMATION_CODE = Pattern.compile("\\p{Graph}{1,255}");
    private static final Pattern HOST_NAME = Pattern.compile("(?=.{1,255}$)[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})+");
    private static final Pattern ANY = Pattern.compile("(?s).{1,255}");

    /** The function ends with this status. */
    static final class FailedException extends RuntimeException {
        private final transient Outcome.Failed failed;

        FailedException(StatusCode code, String subjectIdentifier, String message) {
            super(message, null, false, false);
            this.failed = new Outcome.Failed(code, subjectIdentifier, message);
        }

        Outcome.Failed failed() {
            return failed;
        }
    }

    private final JsonNode body;

    /** @throws FailedException where the header lacks something (SGP.22 6.5.1.3) */
    Es2Request(JsonNode body) {
        this.body = body;
        requester();
        JsonNode call = body.path("header").path("functionCallIdentifier");
        if (absent(call)) {
            throw new FailedException(StatusCode.FUNCTION_CALL_MISSING, "", "header/functionCallIdentifier is missing");
        }
    }

    /** Without the padding. */
    static String unpadded(String iccid) {
        return iccid.endsWith("F") || iccid.endsWith("f") ? iccid.substring(0, iccid.length() - 1) : iccid;
    }

    String requester() {
        JsonNode requester = body.path("header").path("functionRequesterIdentifier");
        if (absent(requester)) {
            throw new FailedException(
                    StatusCode.REQUESTER_MISSING, "", "header/functionRequesterIdentifier is missing");
        }
        if (!REQUESTER.matcher(requester.asString("")).matches()) {
            throw new FailedException(
                    StatusCode.REQUESTER_INVALID, "", "functionRequesterIdentifier: expected an OID like 2.999.10");
        }
        return requester.asString();
    }

    String requiredIccid() {
        return iccid().orElseThrow(() -> new FailedException(StatusCode.ICCID_MISSING, "", "iccid is missing"));
    }

    Optional<String> iccid() {
        Optional<String> iccid = text("iccid", ICCID, StatusCode.ICCID_INVALID).map(Es2Request::unpadded);
        if (iccid.isPresent() && !CheckDigits.luhnHolds(iccid.get())) {
            throw new FailedException(
                    StatusCode.ICCID_INVALID, iccid.get(), "iccid: its check digit is wrong (ITU-T E.118, Luhn)");
        }
        return iccid;
    }

    Optional<String> eid() {
        Optional<String> eid = text("eid", EID, StatusCode.EID_INVALID);
        if (eid.isPresent() && !CheckDigits.eidHolds(eid.get())) {
            throw new FailedException(
                    StatusCode.EID_INVALID, eid.get(), "eid: its check digits are wrong (SGP.29: mod 97 = 1)");
        }
        return eid;
    }

    Optional<String> profileType() {
        return text("profileType", PROFILE_TYPE, StatusCode.TYPE_INVALID);
    }

    Optional<String> matchingId() {
        return text("matchingId", MATCHING_ID, StatusCode.MATCHING_ID_INVALID);
    }

    Optional<String> confirmationCode() {
        return text("confirmationCode", CONFIRMATION_CODE, StatusCode.CONFIRMATION_CODE_INVALID);
    }

    Optional<String> smdsAddress() {
        return text("smdsAddress", HOST_NAME, StatusCode.SMDS_INVALID);
    }

    boolean releaseFlag() {
        JsonNode flag = body.path("releaseFlag");
        if (absent(flag)) {
            throw new FailedException(StatusCode.FUNCTION_ARGUMENT_MISSING, "", "releaseFlag is missing");
        }
        // Clients that write every value as a string are in the field.
        if (!flag.isBoolean() && !(flag.isString() && flag.asString().matches("true|false"))) {
            throw new FailedException(
                    StatusCode.FUNCTION_ARGUMENT_INVALID, "", "releaseFlag: expected true or false, not " + flag);
        }
        return flag.asString().equals("true");
    }

    /** SGP.22 5.3.3: what becomes of a canceled profile. */
    ProfileState finalState() {
        String word = text("finalProfileStatusIndicator", ANY, StatusCode.FUNCTION_ARGUMENT_INVALID)
                .orElseThrow(() -> new FailedException(
                        StatusCode.FUNCTION_ARGUMENT_MISSING, "", "finalProfileStatusIndicator is missing"));
        return switch (word) {
            case "Available" -> ProfileState.AVAILABLE;
            case "Unavailable" -> ProfileState.UNAVAILABLE;
            default ->
                throw new FailedException(
                        StatusCode.FUNCTION_ARGUMENT_INVALID,
                        "",
                        "finalProfileStatusIndicator: expected Available or Unavailable, not " + word);
        };
    }

    private Optional<String> text(String name, Pattern pattern, StatusCode invalid) {
        JsonNode node = body.path(name);
        if (absent(node)) {
            return Optional.empty();
        }
        String text = node.isString() || node.isIntegralNumber() ? node.asString() : "";
        if (!(node.isString() || node.isIntegralNumber())
                || !pattern.matcher(text).matches()) {
            throw new FailedException(invalid, "", name + ": expected a string like " + pattern);
        }
        return Optional.of(text);
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
