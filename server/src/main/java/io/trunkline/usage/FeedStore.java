package io.trunkline.usage;

import io.trunkline.database.CopyRows;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.web.Json;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The statements of feeds, as the owner. */
final class FeedStore {
    private static final String MAKE_SOURCE = """
            INSERT INTO usage_sources (name, state, updated_at) VALUES (?, 'current', ?) ON CONFLICT DO NOTHING""";
    private static final String SOURCE_COLUMNS = """
            SELECT id, name, state, reason, position, accepted, repeated, quarantined, heard_at FROM usage_sources""";
    private static final String LOCK_SOURCE = SOURCE_COLUMNS + " WHERE name = ? FOR UPDATE";
    private static final String SOURCES = SOURCE_COLUMNS + " ORDER BY name";
    private static final String ADVANCE = """
            UPDATE usage_sources SET position = ?::jsonb, accepted = accepted + ?, repeated = repeated + ?,
                quarantined = quarantined + ?, state = 'current', reason = NULL, heard_at = ?, updated_at = ?
            WHERE id = ?""";
    private static final String SET_POSITION =
            "UPDATE usage_sources SET position = ?::jsonb, updated_at = ? WHERE id = ?";
    private static final String SET_STATE = """
            UPDATE usage_sources SET state = ?, reason = ?, updated_at = ?
            WHERE name = ? AND (state, coalesce(reason, '')) IS DISTINCT FROM (?, ?)""";
    private static final String NEW_RUN = "SELECT nextval('usage_runs') AS run";
    private static final String ACCEPTED =
            "SELECT record_id, content FROM usage_records WHERE source_id = ? AND record_id = ANY (?)";
    private static final String RECORDS = "usage_records (source_id, record_id, content, started_at)";
    private static final int RECORDS_COLUMNS = 4;
    private static final String PUT_ASIDE = """
            INSERT INTO usage_quarantine (id, source_id, key, record_id, reason, run, file, line, original, header, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (source_id, key) DO UPDATE SET reason = excluded.reason, run = excluded.run,
                file = excluded.file, line = excluded.line, original = excluded.original, header = excluded.header,
                at = excluded.at""";
    private static final String ANY_ASIDE = "SELECT EXISTS (SELECT FROM usage_quarantine WHERE source_id = ?) AS any";
    private static final String TAKE_BACK = "DELETE FROM usage_quarantine WHERE source_id = ? AND key = ANY (?)";
    private static final String OF_RUN = """
            SELECT line, record_id, reason FROM usage_quarantine WHERE run = ? AND line > ? ORDER BY line LIMIT ?""";
    private static final String TO_RETRY = """
            SELECT q.id, s.name, q.reason, q.record_id, q.run, q.file, q.line, q.original, q.header
            FROM usage_quarantine q JOIN usage_sources s ON s.id = q.source_id
            WHERE q.id > ? AND (?::text IS NULL OR q.reason = ?) AND (?::text IS NULL OR s.name = ?)
            ORDER BY q.id LIMIT ?""";

    private static final String QUARANTINE = """
            SELECT q.id, s.name, q.reason, q.record_id, q.file, q.line, q.original, q.at
            FROM usage_quarantine q JOIN usage_sources s ON s.id = q.source_id WHERE true""";

    private FeedStore() {}

    /** A line that was put aside, as the operator sees it. */
    record Kept(
            UUID id,
            String source,
            String reason,
            @Nullable String recordId,
            @Nullable String file,
            long line,
            String original,
            Instant at) {}

    /** A source of records as it stands. */
    record Source(
            int id,
            String name,
            String state,
            @Nullable String reason,
            JsonNode position,
            long accepted,
            long repeated,
            long quarantined,
            @Nullable Instant heardAt) {}

    /** A line that was put aside. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Aside(
            UUID id,
            String source,
            String reason,
            @Nullable String recordId,
            long run,
            @Nullable String file,
            long line,
            byte[] original,
            @Nullable String header) {}

    private static Source source(Row row) throws SQLException {
        return new Source(
                row.integer("id"),
                row.text("name"),
                row.text("state"),
                row.textOrNull("reason"),
                Json.parse(row.text("position")),
                row.longInteger("accepted"),
                row.longInteger("repeated"),
                row.longInteger("quarantined"),
                row.instantOrNull("heard_at"));
    }

    static void make(Sql sql, String name, Instant now) {
        sql.update(MAKE_SOURCE, name, now);
    }

    /** Until the end of the transaction nobody else writes what comes from it. */
    static Source lock(Sql sql, String name) {
        return sql.one(LOCK_SOURCE, FeedStore::source, name)
                .orElseThrow(() -> new IllegalStateException("there is no source " + name));
    }

    static List<Source> sources(Sql sql) {
        return sql.list(SOURCES, FeedStore::source);
    }

    static long newRun(Sql sql) {
        return sql.one(NEW_RUN, row -> row.longInteger("run")).orElseThrow();
    }

    static void advance(Sql sql, Source source, String position, FeedCounts counts, Instant now) {
        sql.update(ADVANCE, position, counts.accepted(), counts.repeated(), counts.aside(), now, now, source.id());
    }

    static void setPosition(Sql sql, Source source, String position, Instant now) {
        sql.update(SET_POSITION, position, now, source.id());
    }

    static void setState(Sql sql, String source, String state, @Nullable String reason, Instant now) {
        sql.update(SET_STATE, state, reason, now, source, state, reason == null ? "" : reason);
    }

    /** Those of these records that were accepted before, with what they said. */
    static Map<String, UUID> accepted(Sql sql, Source source, Collection<String> ids) {
        var accepted = new HashMap<String, UUID>();
        if (!ids.isEmpty()) {
            sql.list(
                    ACCEPTED,
                    row -> accepted.put(row.text("record_id"), row.uuid("content")),
                    source.id(),
                    ids.toArray(String[]::new));
        }
        return accepted;
    }

    /** Of records that were accepted. */
    static CopyRows rows(Source source, Map<String, UUID> contents, Map<String, Instant> startedAt) {
        var rows = new CopyRows(RECORDS_COLUMNS, contents.size());
        contents.forEach((id, content) -> rows.row()
                .integer(source.id())
                .textOrNull(id)
                .uuid(content)
                .time(Optional.ofNullable(startedAt.get(id)).orElseThrow()));
        return rows;
    }

    static void add(Sql sql, CopyRows records) {
        if (records.size() > 0) {
            sql.copy(RECORDS, records);
        }
    }

    static Slice.Rows<Kept> quarantine(Sql sql, Optional<String> reason, Optional<String> source, Slice slice) {
        Select select = new Select(QUARANTINE).andIf("q.reason = ?", reason).andIf("s.name = ?", source);
        return slice.read(
                sql,
                select,
                "q.id",
                true,
                row -> new Kept(
                        row.uuid("id"),
                        row.text("name"),
                        row.text("reason"),
                        row.textOrNull("record_id"),
                        row.textOrNull("file"),
                        row.longInteger("line"),
                        new String(row.bytes("original"), StandardCharsets.UTF_8),
                        row.instant("at")));
    }

    static void putAside(Sql sql, List<@Nullable Object[]> rows) {
        if (!rows.isEmpty()) {
            sql.updateAll(PUT_ASIDE, rows);
        }
    }

    static void takeBack(Sql sql, Source source, Collection<String> keys) {
        if (!keys.isEmpty()
                && sql.one(ANY_ASIDE, row -> row.bool("any"), source.id()).orElse(true)) {
            sql.update(TAKE_BACK, source.id(), keys.toArray(String[]::new));
        }
    }

    /** What was put aside of a file, by line. */
    static List<FeedCounts.Quarantined> ofRun(Sql sql, long run, long afterLine, int limit) {
        return sql.list(
                OF_RUN,
                row -> new FeedCounts.Quarantined(
                        row.longInteger("line"),
                        row.textOrNull("record_id"),
                        FeedReason.of(row.text("reason")).orElseThrow()),
                run,
                afterLine,
                limit);
    }

    static List<Aside> toRetry(Sql sql, UUID after, @Nullable String reason, @Nullable String source, int limit) {
        return sql.list(
                TO_RETRY,
                row -> new Aside(
                        row.uuid("id"),
                        row.text("name"),
                        row.text("reason"),
                        row.textOrNull("record_id"),
                        row.longInteger("run"),
                        row.textOrNull("file"),
                        row.longInteger("line"),
                        row.bytes("original"),
                        row.textOrNull("header")),
                after,
                reason,
                reason,
                source,
                source,
                limit);
    }
}
