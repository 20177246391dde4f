package io.trunkline.usage;

import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.ExportId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.usage.UsageExport.Failure;
import io.trunkline.usage.UsageExport.Status;
import io.trunkline.web.Json;
import io.trunkline.web.Shape;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The SQL of exports. */
final class UsageExportStore {
    private static final String INSERT = """
            INSERT INTO usage_exports (organization_id, id, status, format, gzip, filters, as_of, closed, client_id,
                correlation_id, created_at)
            VALUES (?, ?, 'pending', ?, ?, ?::jsonb, ?, ?, ?, ?, ?)""";
    private static final String COLUMNS = """
            id, status, format, gzip, filters::text AS filters, as_of, closed, created_at, parts, items, progress, size,
            sha256, failure, expires_at""";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM usage_exports WHERE organization_id = ?";

    /** Requests of one organization wait for each other, so that its limit holds. */
    private static final String LOCK = """
            SELECT 1 AS one FROM (
                SELECT pg_advisory_xact_lock(hashtextextended('usage_exports' || ?::text, 0))) locked""";

    private static final String FACTS = """
            SELECT (SELECT count(*) FROM usage_exports WHERE organization_id = ?
                    AND (status = 'pending' OR status = 'ready' AND expires_at > ?)) AS exports,
                coalesce((SELECT max(number) FROM usage_batches WHERE organization_id = ?), 0) AS last_number,
                ?::uuid IS NULL OR EXISTS (SELECT FROM accounts WHERE organization_id = ? AND id = ?::uuid) AS account,
                ?::uuid IS NULL OR EXISTS (
                    SELECT FROM subscriptions WHERE organization_id = ? AND id = ?::uuid) AS subscription,
                ?::uuid IS NULL OR EXISTS (
                    SELECT FROM subscribers WHERE organization_id = ? AND id = ?::uuid) AS subscriber""";

    /** By a request; a worker that is at it finds out with its next part. */
    private static final String END = """
            UPDATE usage_exports SET status = CASE status WHEN 'pending' THEN 'failed' ELSE status END,
                failure = CASE status WHEN 'pending' THEN ? END,
                expires_at = CASE status WHEN 'ready' THEN ?::timestamptz END
            WHERE organization_id = ? AND id = ? AND (status = 'pending' OR status = 'ready' AND expires_at > ?)""";

    private static final String WAITING =
            "SELECT EXISTS (SELECT FROM usage_exports WHERE status = 'pending' AND held_until <= clock_timestamp())"
                    + " AS waiting";

    private static final String LOCK_TURNS =
            "SELECT 1 AS one FROM (SELECT pg_advisory_xact_lock(hashtextextended('usage_export_turns', 0))) locked";
    /** Of the organization whose last turn is the longest ago, its oldest. By the database's clock, which all share. */
    private static final String TAKE = """
            UPDATE usage_exports e SET holder = ?, held_until = clock_timestamp() + ? * interval '1 millisecond',
                turn_at = clock_timestamp()
            FROM (SELECT organization_id, id FROM usage_exports w
                  WHERE status = 'pending' AND held_until <= clock_timestamp()
                      AND (SELECT count(*) FROM usage_exports o WHERE o.organization_id = w.organization_id
                          AND o.status = 'pending' AND o.held_until > clock_timestamp()) < ?
                  ORDER BY (SELECT max(turn_at) FROM usage_exports t WHERE t.organization_id = w.organization_id)
                      NULLS FIRST, id LIMIT 1) next
            WHERE e.organization_id = next.organization_id AND e.id = next.id
            RETURNING e.organization_id, stored_bytes, place_rank, place_id, written, failures,"""
            + " e.id, status, format, gzip, filters::text AS filters, as_of, closed, created_at, parts, items,"
            + " progress, size, sha256, failure, expires_at";

    private static final String HELD = " WHERE organization_id = ? AND id = ? AND holder = ? AND status = 'pending'";
    private static final String RENEW =
            "UPDATE usage_exports SET held_until = clock_timestamp() + ? * interval '1 millisecond'" + HELD;
    private static final String KEEP = """
            UPDATE usage_exports SET parts = ?, items = ?, stored_bytes = ?, progress = ?, place_rank = ?, place_id = ?,
                written = ?, failures = 0, held_until = clock_timestamp() + ? * interval '1 millisecond'""" + HELD;
    private static final String INSERT_PART =
            "INSERT INTO usage_export_parts (organization_id, export_id, number, content) VALUES (?, ?, ?, ?)";
    private static final String FINISH = """
            UPDATE usage_exports SET status = 'ready', size = ?, sha256 = ?, progress = ?, expires_at = ?,
                held_until = '-infinity'""" + HELD;
    private static final String RELEASE = "UPDATE usage_exports SET held_until = '-infinity'" + HELD;
    private static final String STUMBLE =
            "UPDATE usage_exports SET held_until = '-infinity', failures = failures + 1" + HELD;
    private static final String FAIL =
            "UPDATE usage_exports SET status = 'failed', failure = ?, held_until = '-infinity'" + HELD;
    private static final String PART = """
            SELECT content FROM usage_export_parts WHERE organization_id = ? AND export_id = ? AND number = ?""";

    private static final String SPAN = "SELECT min(started_at) AS first, max(started_at) AS last FROM usage_items"
            + " WHERE organization_id = ? AND started_at >= ? AND started_at < ?";

    private static final String FORGET_PARTS = """
            DELETE FROM usage_export_parts WHERE ctid = ANY (ARRAY(
                SELECT p.ctid FROM usage_exports e JOIN usage_export_parts p
                    ON p.organization_id = e.organization_id AND p.export_id = e.id
                WHERE e.status = 'failed' OR e.status = 'ready' AND e.expires_at < ? LIMIT ?))""";
    private static final String FORGET = """
            DELETE FROM usage_exports WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM usage_exports e WHERE created_at < ? AND status <> 'pending'
                    AND NOT EXISTS (SELECT FROM usage_export_parts p
                        WHERE p.organization_id = e.organization_id AND p.export_id = e.id) LIMIT ?))""";

    private UsageExportStore() {}

    /**
     * What an export is judged by.
     *
     * @param exports those that are being made or can be downloaded
     * @param lastNumber the last one of the organization in the order of processing
     * @param account whether the account is the organization's, or none is named; so the next two
     */
    record Facts(int exports, long lastNumber, boolean account, boolean subscription, boolean subscriber) {}

    /** Facts that hold until the end of the transaction. */
    static Facts facts(Sql sql, OrganizationId organization, UsageExportFilters filters, Instant now) {
        sql.one(LOCK, row -> row.integer("one"), organization.value().toString());
        @Nullable UUID account = filters.account().map(id -> id.value()).orElse(null);
        @Nullable UUID subscription = filters.subscription().map(id -> id.value()).orElse(null);
        @Nullable UUID subscriber = filters.subscriber().map(id -> id.value()).orElse(null);
        return sql.one(
                        FACTS,
                        row -> new Facts(
                                row.integer("exports"),
                                row.longInteger("last_number"),
                                row.bool("account"),
                                row.bool("subscription"),
                                row.bool("subscriber")),
                        organization,
                        now,
                        organization,
                        account,
                        organization,
                        account,
                        subscription,
                        organization,
                        subscription,
                        subscriber,
                        organization,
                        subscriber)
                .orElseThrow();
    }

    static void insert(
            Sql sql, OrganizationId organization, UsageExport export, String clientId, String correlationId) {
        sql.write(
                INSERT,
                organization,
                export.id(),
                export.terms().format().text(),
                export.terms().gzip(),
                Json.text(export.terms().filters()::write),
                export.terms().asOf(),
                export.terms().closed(),
                clientId,
                correlationId,
                export.createdAt());
    }

    static Optional<UsageExport> find(Sql sql, OrganizationId organization, ExportId id, Instant now) {
        return sql.one(SELECT + " AND id = ?", row -> read(row, now), organization, id);
    }

    /** Newest first. */
    static Slice.Rows<UsageExport> list(Sql sql, OrganizationId organization, Slice slice, Instant now) {
        return slice.read(sql, new Select(SELECT, organization), "id", true, row -> read(row, now));
    }

    private static UsageExport read(Row row, Instant now) throws SQLException {
        Instant expiresAt = row.instantOrNull("expires_at");
        @Nullable String failure = row.textOrNull("failure");
        Status status = Status.valueOf(row.text("status").toUpperCase(Locale.ROOT));
        return new UsageExport(
                new ExportId(row.uuid("id")),
                expiresAt != null && !expiresAt.isAfter(now) ? Status.EXPIRED : status,
                new UsageExport.Terms(
                        UsageExportFormat.of(row.text("format")),
                        row.bool("gzip"),
                        UsageExportFilters.read(Shape.ofOurs(Json.parse(row.text("filters")))),
                        row.longInteger("as_of"),
                        row.bool("closed")),
                new UsageExport.Written(
                        row.integer("parts"),
                        row.longInteger("items"),
                        row.integer("progress"),
                        row.longOrNull("size"),
                        row.textOrNull("sha256")),
                failure == null ? null : Failure.of(failure),
                row.instant("created_at"),
                expiresAt);
    }

    /** Ends one that is pending or can be downloaded; whether it was. */
    static boolean end(Sql sql, OrganizationId organization, ExportId id, Instant now) {
        return sql.update(END, Failure.CANCELED.text(), now, organization, id, now) > 0;
    }

    /**
     * An export whose turn it is, as it was when it was taken.
     *
     * @param holder of this turn alone
     * @param storedBytes of its parts
     * @param place behind which item it goes on; empty at the beginning
     * @param whole whether all parts are there
     * @param failures turns before this one that failed, since the last part
     */
    record Taken(
            OrganizationId organization,
            UsageExport export,
            UUID holder,
            long storedBytes,
            Optional<Slice.Key> place,
            boolean whole,
            int failures) {
        private Object[] held(@Nullable Object... before) {
            var all = Arrays.copyOf(before, before.length + 3);
            all[before.length] = organization;
            all[before.length + 1] = export.id();
            all[before.length + 2] = holder;
            return all;
        }
    }

    static boolean isWaiting(Sql sql) {
        return sql.one(WAITING, row -> row.bool("waiting")).orElse(false);
    }

    /** In a transaction of its own. */
    static Optional<Taken> take(Sql transaction, UUID holder, Duration lease, int atOnce, Instant now) {
        transaction.one(LOCK_TURNS, row -> row.integer("one"));
        return transaction.one(
                TAKE,
                row -> {
                    UUID place = row.uuidOrNull("place_id");
                    return new Taken(
                            new OrganizationId(row.uuid("organization_id")),
                            read(row, now),
                            holder,
                            row.longInteger("stored_bytes"),
                            place == null
                                    ? Optional.empty()
                                    : Optional.of(new Slice.Key(row.longInteger("place_rank"), place)),
                            row.bool("written"),
                            row.integer("failures"));
                },
                holder,
                lease.toMillis(),
                atOnce);
    }

    /** False where it is another's by now, or was ended. */
    static boolean renew(Sql sql, Taken taken, Duration lease) {
        return sql.update(RENEW, taken.held(lease.toMillis())) > 0;
    }

    /**
     * How far an export has come.
     *
     * @param parts those that are kept, this one included
     * @param place behind which item it goes on; null at the end
     */
    record Place(int parts, long rows, long storedBytes, int progress, Slice.@Nullable Key place) {
        boolean isEnd() {
            return place == null;
        }
    }

    /**
     * Keeps a part and where to go on, in a transaction of their own.
     *
     * @param content empty where nothing was left
     * @return false where it is another's by now, or was ended: nothing was kept
     */
    static boolean keep(Sql transaction, Taken taken, Place place, byte[] content, Duration lease) {
        Slice.@Nullable Key key = place.place();
        int changed = transaction.update(
                KEEP,
                taken.held(
                        place.parts(),
                        place.rows(),
                        place.storedBytes(),
                        place.progress(),
                        key == null ? null : key.rank(),
                        key == null ? null : key.id(),
                        place.isEnd(),
                        lease.toMillis()));
        if (changed > 0 && content.length > 0) {
            transaction.update(INSERT_PART, taken.organization(), taken.export().id(), place.parts() - 1, content);
        }
        return changed > 0;
    }

    static boolean finish(Sql sql, Taken taken, long size, String sha256, Instant expiresAt) {
        return sql.update(FINISH, taken.held(size, sha256, UsageExport.WHOLE, expiresAt)) > 0;
    }

    /** Others may have a turn. */
    static void release(Sql sql, Taken taken) {
        sql.update(RELEASE, taken.held());
    }

    /** The turn has failed. */
    static void stumble(Sql sql, Taken taken) {
        sql.update(STUMBLE, taken.held());
    }

    static void fail(Sql sql, Taken taken, Failure failure) {
        sql.update(FAIL, taken.held(failure.text()));
    }

    /** Empty where it is not kept any more. */
    static Optional<byte[]> part(Sql sql, OrganizationId organization, ExportId id, int number) {
        return sql.one(PART, row -> row.bytes("content"), organization, id, number);
    }

    /** From the first item to the last. */
    record Span(Instant first, Instant last) {}

    /** Of an organization's items in this time; empty where it has none. */
    static Optional<Span> span(Sql sql, OrganizationId organization, Instant from, Instant before) {
        return sql.one(
                        SPAN,
                        row -> Optional.ofNullable(row.instantOrNull("first")).isEmpty()
                                ? Optional.<Span>empty()
                                : Optional.of(new Span(row.instant("first"), row.instant("last"))),
                        organization,
                        from,
                        before)
                .flatMap(span -> span);
    }

    /** Removes parts of files that nobody can download any more; how many. */
    static int forgetParts(Sql sql, Instant expiredBefore, int most) {
        return sql.update(FORGET_PARTS, expiredBefore, most);
    }

    /** Forgets exports whose parts are removed; how many. */
    static int forget(Sql sql, Instant createdBefore, int most) {
        return sql.update(FORGET, createdBefore, most);
    }
}
