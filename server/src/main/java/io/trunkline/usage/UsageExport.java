package io.trunkline.usage;

import io.trunkline.ids.ExportId;
import io.trunkline.web.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Usage as a file: what was asked for, and how far it is.
 *
 * @param failure why there is no file; null unless that is so
 * @param expiresAt until when the file can be downloaded; null while there is none
 */
record UsageExport(
        ExportId id,
        Status status,
        Terms terms,
        Written written,
        @Nullable Failure failure,
        Instant createdAt,
        @Nullable Instant expiresAt) {
    static final String PATH = "/enterprise/usage/exports";

    /** All of a file, in hundredths. */
    static final int WHOLE = 100;

    /** How far it is. */
    enum Status {
        PENDING,
        READY,
        FAILED,
        /** It was ready; its file is kept no more. */
        EXPIRED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why there is no file. */
    enum Failure {
        CANCELED("it was deleted before it was ready"),
        TOO_LARGE("the file would be larger than the operator allows: ask for less, e.g. for a month at a time"),
        INTERNAL("a defect on our side: ask for it again, and tell the operator its id where it fails again");

        private final String detail;

        Failure(String detail) {
            this.detail = detail;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        String detail() {
            return detail;
        }

        static Failure of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * What was asked for.
     *
     * @param gzip whether the file is compressed
     * @param asOf the last number of the order of processing that is in it
     * @param closed whether all of its months were closed: from then on the same is the same file
     */
    record Terms(UsageExportFormat format, boolean gzip, UsageExportFilters filters, long asOf, boolean closed) {
        String fileName(ExportId id) {
            return id.text() + "." + format.text() + (gzip ? ".gz" : "");
        }
    }

    /**
     * What there is of the file.
     *
     * @param parts pieces in which it is kept
     * @param progress in hundredths of the time that it covers
     * @param size bytes of the file; null until it is whole
     * @param sha256 of the file, in hexadecimal digits; null until it is whole
     */
    record Written(
            int parts,
            long rows,
            int progress,
            @Nullable Long size,
            @Nullable String sha256) {
        static final Written NOTHING = new Written(0, 0, 0, null, null);
    }

    static String path(ExportId id) {
        return PATH + "/" + id;
    }

    String path() {
        return path(id);
    }

    void write(Json json) {
        json.text("id", id.text())
                .text("status", status.text())
                .text("format", terms.format().text())
                .text("compression", terms.gzip() ? "gzip" : "none")
                .object("filters", terms.filters()::write)
                .number("as_of", terms.asOf())
                .bool("closed", terms.closed())
                .number("rows", written.rows())
                .number("progress", written.progress());
        Optional.ofNullable(written.size()).ifPresentOrElse(size -> json.number("size", size), () -> json.none("size"));
        json.text("sha256", written.sha256());
        Optional.ofNullable(failure)
                .ifPresentOrElse(
                        reason -> json.object(
                                "error",
                                error -> error.text("code", reason.text()).text("detail", reason.detail())),
                        () -> json.none("error"));
        json.time("created_at", createdAt).time("expires_at", expiresAt).links(links -> {
            links.link("self", path());
            switch (status) {
                case PENDING -> links.link("cancel", path());
                case READY -> links.link("download", path() + "/download").link("delete", path());
                case FAILED, EXPIRED -> {}
            }
        });
    }
}
