package io.trunkline.simulators.smdp;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the requester of a profile hears of a device (ES2+ HandleDownloadProgressInfo, SGP.22 5.3.5).
 *
 * @param point notificationPointId: 1 eligibility, 3 download, 4 installation; 5 deletion, as some vendors have it
 * @param at RFC 3339
 * @param failure why it ended there, {@code 8.1/4.8}; absent where it succeeded
 */
record ProgressReport(
        int point, String at, String eid, @Nullable String failure) {
    static final int ELIGIBILITY = 1;
    static final int DOWNLOAD = 3;
    static final int INSTALLATION = 4;
    static final int DELETION = 5;

    static ProgressReport of(int point, Instant at, String eid) {
        return new ProgressReport(point, at.toString(), eid, null);
    }

    ProgressReport failed(StatusCode code) {
        return new ProgressReport(point, at, eid, code.subject() + "/" + code.reason());
    }

    /** SGP.22 6.5.2.9. Told again it is the same call. */
    Map<String, Object> body(Profile profile) {
        String call =
                "NP-" + profile.iccid() + "-" + point + "-" + Instant.parse(at).toEpochMilli();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("status", failure == null ? "Executed-Success" : "Failed");
        if (failure != null) {
            StatusCode code = StatusCode.parse(failure);
            status.put(
                    "statusCodeData",
                    Map.of(
                            "subjectCode",
                            code.subject(),
                            "reasonCode",
                            code.reason(),
                            "message",
                            "as the device said"));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("header", Map.of("functionRequesterIdentifier", "2.999.1", "functionCallIdentifier", call));
        body.put("eid", eid);
        body.put("iccid", profile.iccid());
        body.put("profileType", profile.profileType());
        body.put("timestamp", at);
        body.put("notificationPointId", point);
        body.put("notificationPointStatus", status);
        return body;
    }
}
