package io.trunkline.network.smdp;

import io.trunkline.ids.Iccid;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads the body of HandleDownloadProgressInfo (SGP.22 5.3.5, 6.5.2.9). What we do not need may be missing; numbers may
 * be strings and strings numbers.
 */
final class ProgressReport {
    private static final Pattern EID = Pattern.compile("\\d{32}");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,128}");
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[^\\x20-\\x7e\\xa0-\\ud7ff]");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");
    private static final int MAX_TEXT = 200;

    private final JsonNode body;
    private final Set<Integer> deletedPoints;
    private final List<String> faults = new ArrayList<>();

    private ProgressReport(JsonNode body, Set<Integer> deletedPoints) {
        this.body = body;
        this.deletedPoints = deletedPoints;
    }

    /** The body cannot be acted upon; the message names every fault of it. */
    static final class MalformedException extends Exception {
        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * What it says; empty where it is well formed and nothing that we know of: another point, or a function that was
     * executed with a warning.
     */
    static Optional<DownloadProgress> read(JsonNode body, Set<Integer> deletedPoints) throws MalformedException {
        return new ProgressReport(body, deletedPoints).read();
    }

    private Optional<DownloadProgress> read() throws MalformedException {
        Iccid iccid = Iccid.parse(text("iccid")).orElse(null);
        if (iccid == null) {
            faults.add("iccid is missing or has no valid check digit");
        }
        Instant at = instant(text("timestamp")).orElse(null);
        if (at == null) {
            faults.add("timestamp is missing or not of the form 2024-01-31T12:00:00Z");
        }
        String id = text("notificationPointId");
        if (!NUMBER.matcher(id).matches()) {
            faults.add("notificationPointId is missing or no number");
        }
        String status = body.path("notificationPointStatus").path("status").asString("");
        if (status.isEmpty()) {
            faults.add("notificationPointStatus/status is missing");
        }
        if (iccid == null || at == null || !faults.isEmpty()) {
            throw new MalformedException(String.join("; ", faults));
        }
        return point(Integer.parseInt(id))
                .filter(_ -> succeeded(status) || failed(status))
                .map(point -> new DownloadProgress(
                        iccid,
                        EID.matcher(text("eid")).matches() ? text("eid") : null,
                        printable(text("profileType")),
                        at,
                        point,
                        failed(status) ? failure() : null,
                        call()));
    }

    private Optional<DownloadProgress.Point> point(int id) {
        if (deletedPoints.contains(id)) {
            return Optional.of(DownloadProgress.Point.DELETION);
        }
        return switch (id) {
            case 1 -> Optional.of(DownloadProgress.Point.ELIGIBILITY);
            case 2 -> Optional.of(DownloadProgress.Point.CONFIRMATION);
            case 3 -> Optional.of(DownloadProgress.Point.DOWNLOAD);
            case 4 -> Optional.of(DownloadProgress.Point.INSTALLATION);
            case 101, 102 -> Optional.of(DownloadProgress.Point.USE);
            default -> Optional.empty();
        };
    }

    private static boolean succeeded(String status) {
        return status.equals("Executed-Success");
    }

    private static boolean failed(String status) {
        return status.equals("Failed") || status.equals("Expired");
    }

    private DownloadProgress.Failure failure() {
        JsonNode data = body.path("notificationPointStatus").path("statusCodeData");
        String subject = printable(data.path("subjectCode").asString(""));
        String reason = printable(data.path("reasonCode").asString(""));
        String code = subject.isEmpty() && reason.isEmpty() ? "unspecified" : subject + "/" + reason;
        return new DownloadProgress.Failure(code, printable(data.path("message").asString("")));
    }

    private String call() {
        String call = body.path("header").path("functionCallIdentifier").asString("");
        return PRINTABLE.matcher(call).matches() ? call : "unnamed";
    }

    private String text(String name) {
        return body.path(name).asString("").strip();
    }

    /** Without an offset it is UTC. */
    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(
                    switch (DateTimeFormatter.ISO_DATE_TIME.parseBest(
                            text, OffsetDateTime::from, LocalDateTime::from)) {
                        case OffsetDateTime time -> time.toInstant();
                        case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
                        default -> throw new DateTimeException("neither with nor without an offset");
                    });
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String printable(String text) {
        String cut = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
        return NOT_PRINTABLE.matcher(cut).replaceAll("?").strip();
    }
}
