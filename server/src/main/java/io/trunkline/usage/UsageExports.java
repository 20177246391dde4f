package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.ExportId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.usage.UsageExport.Status;
import io.trunkline.usage.UsageExport.Terms;
import io.trunkline.usage.UsageExport.Written;
import io.trunkline.web.Body;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Json;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** What can be done with exports of usage. */
@Component
class UsageExports {
    /** A download that began in time goes on. */
    private static final Duration GRACE = Duration.ofHours(1);

    private static final int PARTS_AT_ONCE = 50;
    private static final int ROWS_AT_ONCE = 1_000;

    private final Database database;
    private final Audit audit;
    private final Reratings reratings;
    private final UsageExportSettings settings;
    private final Clock clock;

    UsageExports(Database database, Audit audit, Reratings reratings, UsageExportSettings settings, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.reratings = reratings;
        this.settings = settings;
        this.clock = clock;
    }

    /** Who asks. */
    record Asking(Caller caller, String correlationId) {
        OrganizationId organization() {
            return caller.organization();
        }
    }

    /**
     * What a request asks for, as it came.
     *
     * @param asOf empty: what has been processed by now
     */
    record Asked(UsageExportFormat format, boolean gzip, UsageExportFilters filters, Optional<Long> asOf) {
        /** What is not valid is noted. */
        static Asked read(Body body) {
            Shape shape = body.shape();
            var asked = new Asked(
                    shape.oneOf("format", true, "csv", "ndjson")
                            .map(UsageExportFormat::of)
                            .orElse(UsageExportFormat.CSV),
                    shape.oneOf("compression", false, "none", "gzip").equals(Optional.of("gzip")),
                    shape.object("filters", false).map(UsageExportFilters::read).orElse(UsageExportFilters.NONE),
                    shape.number("as_of", false, 0));
            shape.end();
            return asked;
        }
    }

    /**
     * Takes an export on.
     *
     * @throws Refusal with all violations, or where the organization has as many as it may
     */
    UsageExport place(Sql sql, Asked asked, Body body, Asking asking) {
        Instant now = clock.instant();
        UsageExportStore.Facts facts = UsageExportStore.facts(sql, asking.organization(), asked.filters(), now);
        judge(asked, facts, body);
        body.check();
        if (facts.exports() >= settings.most()) {
            throw Problem.of(
                            ErrorCode.TOO_MANY_EXPORTS,
                            "there are " + facts.exports() + " exports that are being made or can be downloaded,"
                                    + " expected fewer than " + settings.most())
                    .withLink("exports", UsageExport.PATH)
                    .refusal();
        }
        Instant firstOpen = reratings.firstOpen();
        boolean closed = asked.filters()
                .before()
                .filter(before -> !before.isAfter(firstOpen))
                .isPresent();
        var export = new UsageExport(
                ExportId.create(now),
                Status.PENDING,
                new Terms(
                        asked.format(),
                        asked.gzip(),
                        asked.filters(),
                        asked.asOf().orElse(facts.lastNumber()),
                        closed),
                Written.NOTHING,
                null,
                now,
                null);
        UsageExportStore.insert(
                sql, asking.organization(), export, asking.caller().clientId(), asking.correlationId());
        note(sql, asking, "usage_export.requested", export, Optional.of(json -> told(json, export)));
        return export;
    }

    private static void judge(Asked asked, UsageExportStore.Facts facts, Body body) {
        UsageExportFilters filters = asked.filters();
        filters.account().filter(_ -> !facts.account()).ifPresent(id -> unknown(body, "account_id", id.text()));
        filters.subscription()
                .filter(_ -> !facts.subscription())
                .ifPresent(id -> unknown(body, "subscription_id", id.text()));
        filters.subscriber()
                .filter(_ -> !facts.subscriber())
                .ifPresent(id -> unknown(body, "subscriber_id", id.text()));
        asked.asOf()
                .filter(number -> number > facts.lastNumber())
                .ifPresent(number -> body.violations()
                        .add(Violation.pointer(
                                "/as_of",
                                Violation.Code.RANGE,
                                "nothing was processed as number " + number + " yet, the last one is "
                                        + facts.lastNumber())));
    }

    private static void unknown(Body body, String name, String id) {
        body.violations().add(Violation.pointer("/filters/" + name, Violation.Code.NOT_FOUND, "there is no " + id));
    }

    private static void told(Json json, UsageExport export) {
        json.text("format", export.terms().format().text())
                .object("filters", export.terms().filters()::write)
                .number("as_of", export.terms().asOf());
    }

    private void note(Sql sql, Asking asking, String action, UsageExport export, Optional<Consumer<Json>> after) {
        audit.record(
                sql,
                Audit.Entry.change(
                        asking.caller(),
                        action,
                        "usage_export/" + export.id(),
                        asking.correlationId(),
                        Optional.empty(),
                        after));
    }

    Optional<UsageExport> find(OrganizationId organization, ExportId id) {
        return UsageExportStore.find(database.of(organization), organization, id, clock.instant());
    }

    /** Newest first. */
    Slice.Rows<UsageExport> list(OrganizationId organization, Slice slice) {
        return UsageExportStore.list(database.of(organization), organization, slice, clock.instant());
    }

    /**
     * Ends it: one that is pending is not made, the file of one that is ready is not kept. It is still told of.
     *
     * @throws Refusal where there is no such export
     */
    UsageExport end(ExportId id, Asking asking) {
        return database.inTransaction(asking.organization(), sql -> {
            Instant now = clock.instant();
            boolean ended = UsageExportStore.end(sql, asking.organization(), id, now);
            UsageExport export =
                    UsageExportStore.find(sql, asking.organization(), id, now).orElseThrow(Refusal::notFound);
            if (ended) {
                note(sql, asking, "usage_export.deleted", export, Optional.empty());
            }
            return export;
        });
    }

    /**
     * The file; that it is read is noted.
     *
     * @throws Refusal where there is none
     */
    UsageExport open(ExportId id, Asking asking) {
        return database.inTransaction(asking.organization(), sql -> {
            UsageExport export = UsageExportStore.find(sql, asking.organization(), id, clock.instant())
                    .orElseThrow(Refusal::notFound);
            switch (export.status()) {
                case PENDING, FAILED ->
                    throw Problem.of(
                                    ErrorCode.EXPORT_NOT_READY,
                                    "the export is " + export.status().text()
                                            + Optional.ofNullable(export.failure())
                                                    .map(failure -> ": " + failure.detail())
                                                    .orElse(", "
                                                            + export.written().progress() + " % of it are done"))
                            .withLink("export", export.path())
                            .refusal();
                case EXPIRED ->
                    throw Problem.of(
                                    ErrorCode.EXPORT_EXPIRED,
                                    "the file was kept until "
                                            + Optional.ofNullable(export.expiresAt())
                                                    .map(Json::time)
                                                    .orElseThrow())
                            .withLink("export", export.path())
                            .refusal();
                case READY -> note(sql, asking, "usage_export.read", export, Optional.empty());
            }
            return export;
        });
    }

    /** Its bytes; they are read as they are written. */
    UsageExportContent content(OrganizationId organization, UsageExport export) {
        return new UsageExportContent(database.of(organization), organization, export);
    }

    /** Removes files that nobody can download any more, a few parts at a time, and later what is told of them. */
    void tidy() {
        Instant now = clock.instant();
        int gone;
        do {
            gone = UsageExportStore.forgetParts(database.owner(), now.minus(GRACE), PARTS_AT_ONCE);
        } while (gone == PARTS_AT_ONCE);
        do {
            gone = UsageExportStore.forget(
                    database.owner(), now.minus(settings.kept()).minus(settings.remembered()), ROWS_AT_ONCE);
        } while (gone == ROWS_AT_ONCE);
    }
}
