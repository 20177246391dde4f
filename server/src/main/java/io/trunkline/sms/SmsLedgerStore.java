package io.trunkline.sms;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.network.smsc.Receipt;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The SQL of what happened to recipients: many at once, in one order, so that servers do not lock each other out. */
final class SmsLedgerStore {
    /**
     * With their receipts, where those have come together. An id that the SMSC has used before, long ago, is the new
     * submission's.
     */
    private static final String SENT_PARTS = """
            INSERT INTO sms_parts AS p (smsc, message_id, organization_id, sms_id, position, part, receipt,
                receipt_error, at)
            SELECT t.smsc, t.message_id, t.organization_id, t.sms_id, t.position, t.part, t.receipt, t.error, ?
            FROM unnest(?::text[], ?::text[], ?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::text[], ?::text[])
                AS t (smsc, message_id, organization_id, sms_id, position, part, receipt, error)
            ON CONFLICT (smsc, message_id) DO UPDATE
            SET organization_id = excluded.organization_id, sms_id = excluded.sms_id, position = excluded.position,
                part = excluded.part, at = excluded.at,
                receipt = CASE WHEN p.organization_id IS NULL AND p.receipt IS NOT NULL THEN p.receipt
                    ELSE excluded.receipt END,
                receipt_error = CASE WHEN p.organization_id IS NULL AND p.receipt IS NOT NULL THEN p.receipt_error
                    ELSE excluded.receipt_error END
            RETURNING organization_id, sms_id, position, part, receipt, receipt_error""";
    /** The first end counts; a receipt that comes again changes nothing. */
    private static final String RECEIVED = """
            INSERT INTO sms_parts AS p (smsc, message_id, receipt, receipt_error, at)
            SELECT t.smsc, t.message_id, t.receipt, t.error, ?
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS t (smsc, message_id, receipt, error)
            ON CONFLICT (smsc, message_id) DO UPDATE
            SET receipt = excluded.receipt, receipt_error = excluded.receipt_error
            WHERE p.receipt IS NULL
            RETURNING organization_id, sms_id, position, part, receipt, receipt_error""";

    private static final String PROGRESS = """
            UPDATE sms_recipients r SET
                sent_parts = r.sent_parts | t.sent, done_parts = r.done_parts | t.done,
                in_doubt = r.in_doubt AND (r.sent_parts | t.sent) <> (1 << r.parts) - 1,
                failure = coalesce(r.failure, t.failure),
                error_code = CASE WHEN coalesce(r.failure, t.failure) IS NOT NULL
                    THEN coalesce(t.error_code, r.error_code)
                    WHEN r.state IN ('unknown', 'expired') AND (r.done_parts | t.done) = (1 << r.parts) - 1 THEN NULL
                    ELSE r.error_code END,
                error_detail = CASE WHEN coalesce(r.failure, t.failure) IS NOT NULL
                    THEN coalesce(t.error_detail, r.error_detail)
                    WHEN r.state IN ('unknown', 'expired') AND (r.done_parts | t.done) = (1 << r.parts) - 1 THEN NULL
                    ELSE r.error_detail END,
                state = CASE WHEN (r.done_parts | t.done) = (1 << r.parts) - 1
                        THEN coalesce(r.failure, t.failure, 'delivered')
                    WHEN r.state = 'accepted' AND (r.sent_parts | t.sent) = (1 << r.parts) - 1 THEN 'sent'
                    ELSE r.state END,
                sent_at = CASE WHEN t.sent <> 0 OR r.sent_at IS NOT NULL THEN coalesce(r.sent_at, ?::timestamptz) END,
                done_at = CASE WHEN (r.done_parts | t.done) = (1 << r.parts) - 1
                    THEN coalesce(r.done_at, ?::timestamptz) ELSE r.done_at END
            FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::int[], ?::text[], ?::text[], ?::text[])
                AS t (organization_id, sms_id, position, sent, done, failure, error_code, error_detail)
            WHERE r.organization_id = t.organization_id AND r.sms_id = t.sms_id AND r.position = t.position""";
    private static final String ENDED = """
            UPDATE sms_recipients r SET state = t.state, error_code = t.code, error_detail = t.detail, done_at = ?,
                in_doubt = false
            FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::uuid[], ?::text[], ?::text[], ?::text[])
                AS t (organization_id, sms_id, position, lease, state, code, detail)
            WHERE r.organization_id = t.organization_id AND r.sms_id = t.sms_id AND r.position = t.position
                AND r.lease = t.lease AND r.state = 'accepted'""";
    private static final String AGAIN = """
            UPDATE sms_recipients r SET lease = NULL, in_doubt = t.in_doubt = 1, attempt = t.attempt, due_at = t.due_at
            FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::uuid[], ?::int[], ?::int[], ?::timestamptz[])
                AS t (organization_id, sms_id, position, lease, in_doubt, attempt, due_at)
            WHERE r.organization_id = t.organization_id AND r.sms_id = t.sms_id AND r.position = t.position
                AND r.lease = t.lease AND r.state = 'accepted'""";

    private SmsLedgerStore() {}

    /** What a part came to, of whom; empty where that is not known yet. */
    private record End(Optional<SmsOutcome.Place> place, int part, Optional<Receipt.State> receipt, String error) {}

    /** What is new of a recipient, as bits. */
    private static final class Progress {
        private int sent;
        private int done;
        private Optional<Receipt.State> failure = Optional.empty();
        private String error = "";

        void end(int part, Receipt.State state, String network) {
            done |= bit(part);
            if (state != Receipt.State.DELIVERED && failure.isEmpty()) {
                failure = Optional.of(state);
                error = network;
            }
        }

        private static int bit(int part) {
            return 1 << (part - 1);
        }

        Optional<Recipient.Failure> told() {
            return failure.map(state -> new Recipient.Failure(
                    "receipt_" + state.word(),
                    "the network says " + state.word() + (error.isEmpty() ? "" : ", error " + error)));
        }
    }

    /** All of it in the caller's transaction. */
    static void write(Sql sql, List<SmsOutcome> outcomes, Instant now) {
        Map<SmsOutcome.Place, Progress> progress = new TreeMap<>();
        Map<List<String>, Receipt> receipts = byId();
        for (SmsOutcome.Received one : of(outcomes, SmsOutcome.Received.class)) {
            receipts.putIfAbsent(List.of(one.receipt().smsc(), one.receipt().messageId()), one.receipt());
        }
        List<End> ends = new ArrayList<>(sent(sql, of(outcomes, SmsOutcome.PartSent.class), receipts, progress, now));
        ends.addAll(received(sql, receipts.values(), now));
        for (End end : ends) {
            if (end.place().isPresent() && end.receipt().isPresent()) {
                progress.computeIfAbsent(end.place().get(), _ -> new Progress())
                        .end(end.part(), end.receipt().get(), end.error());
            }
        }
        progress(sql, progress, now);
        ended(sql, of(outcomes, SmsOutcome.Ended.class), now);
        again(sql, of(outcomes, SmsOutcome.Again.class));
    }

    private static <T extends SmsOutcome> List<T> of(List<SmsOutcome> outcomes, Class<T> type) {
        return outcomes.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** In one order, so that servers do not lock each other out. */
    private static <T> Map<List<String>, T> byId() {
        return new TreeMap<>(
                Comparator.<List<String>, String>comparing(List::getFirst).thenComparing(List::getLast));
    }

    /** @param receipts by SMSC and id; those of the parts are taken out */
    private static List<End> sent(
            Sql sql,
            List<SmsOutcome.PartSent> parts,
            Map<List<String>, Receipt> receipts,
            Map<SmsOutcome.Place, Progress> progress,
            Instant now) {
        if (parts.isEmpty()) {
            return List.of();
        }
        Map<List<String>, SmsOutcome.PartSent> byId = byId();
        for (SmsOutcome.PartSent part : parts) {
            byId.put(List.of(part.smsc(), part.messageId()), part);
            progress.computeIfAbsent(part.place(), _ -> new Progress()).sent |= Progress.bit(part.part());
        }
        Collection<SmsOutcome.PartSent> each = byId.values();
        List<Optional<Receipt>> came = byId.keySet().stream()
                .map(id -> Optional.ofNullable(receipts.remove(id)))
                .toList();
        return sql.list(
                SENT_PARTS,
                SmsLedgerStore::read,
                now,
                each.stream().map(SmsOutcome.PartSent::smsc).toArray(String[]::new),
                each.stream().map(SmsOutcome.PartSent::messageId).toArray(String[]::new),
                each.stream().map(part -> part.place().organization().value()).toArray(UUID[]::new),
                each.stream().map(part -> part.place().sms().value()).toArray(UUID[]::new),
                each.stream().map(part -> part.place().position()).toArray(Integer[]::new),
                each.stream().map(SmsOutcome.PartSent::part).toArray(Integer[]::new),
                texts(came.stream()
                        .map(one -> one.map(receipt -> receipt.state().word()))
                        .toList()),
                texts(came.stream().map(one -> one.map(Receipt::error)).toList()));
    }

    private static List<End> received(Sql sql, Collection<Receipt> each, Instant now) {
        if (each.isEmpty()) {
            return List.of();
        }
        return sql.list(
                RECEIVED,
                SmsLedgerStore::read,
                now,
                each.stream().map(Receipt::smsc).toArray(String[]::new),
                each.stream().map(Receipt::messageId).toArray(String[]::new),
                each.stream().map(receipt -> receipt.state().word()).toArray(String[]::new),
                each.stream().map(Receipt::error).toArray(String[]::new));
    }

    private static void progress(Sql sql, Map<SmsOutcome.Place, Progress> progress, Instant now) {
        if (progress.isEmpty()) {
            return;
        }
        Collection<SmsOutcome.Place> places = progress.keySet();
        Collection<Progress> each = progress.values();
        sql.update(
                PROGRESS,
                now,
                now,
                places.stream().map(place -> place.organization().value()).toArray(UUID[]::new),
                places.stream().map(place -> place.sms().value()).toArray(UUID[]::new),
                places.stream().map(SmsOutcome.Place::position).toArray(Integer[]::new),
                each.stream().map(one -> one.sent).toArray(Integer[]::new),
                each.stream().map(one -> one.done).toArray(Integer[]::new),
                texts(each.stream()
                        .map(one -> one.failure.map(Receipt.State::word))
                        .toList()),
                texts(each.stream()
                        .map(one -> one.told().map(Recipient.Failure::code))
                        .toList()),
                texts(each.stream()
                        .map(one -> one.told().map(Recipient.Failure::detail))
                        .toList()));
    }

    private static @Nullable String[] texts(List<Optional<String>> texts) {
        @Nullable String[] array = new @Nullable String[texts.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = texts.get(i).orElse(null);
        }
        return array;
    }

    private static void ended(Sql sql, List<SmsOutcome.Ended> ended, Instant now) {
        if (ended.isEmpty()) {
            return;
        }
        List<SmsWork.Leased> leased =
                ended.stream().map(SmsOutcome.Ended::leased).toList();
        sql.update(
                ENDED,
                now,
                leased.stream().map(one -> one.organization().value()).toArray(UUID[]::new),
                leased.stream().map(one -> one.sms().value()).toArray(UUID[]::new),
                leased.stream().map(SmsWork.Leased::position).toArray(Integer[]::new),
                leased.stream().map(SmsWork.Leased::lease).toArray(UUID[]::new),
                ended.stream().map(one -> one.state().text()).toArray(String[]::new),
                ended.stream().map(one -> one.failure().code()).toArray(String[]::new),
                ended.stream().map(one -> one.failure().detail()).toArray(String[]::new));
    }

    private static void again(Sql sql, List<SmsOutcome.Again> again) {
        if (again.isEmpty()) {
            return;
        }
        List<SmsWork.Leased> leased =
                again.stream().map(SmsOutcome.Again::leased).toList();
        sql.update(
                AGAIN,
                leased.stream().map(one -> one.organization().value()).toArray(UUID[]::new),
                leased.stream().map(one -> one.sms().value()).toArray(UUID[]::new),
                leased.stream().map(SmsWork.Leased::position).toArray(Integer[]::new),
                leased.stream().map(SmsWork.Leased::lease).toArray(UUID[]::new),
                again.stream().map(one -> one.inDoubt() ? 1 : 0).toArray(Integer[]::new),
                again.stream().map(SmsOutcome.Again::attempt).toArray(Integer[]::new),
                again.stream().map(SmsOutcome.Again::dueAt).toArray(Instant[]::new));
    }

    private static End read(Row row) throws SQLException {
        UUID organization = row.uuidOrNull("organization_id");
        return new End(
                organization == null
                        ? Optional.empty()
                        : Optional.of(new SmsOutcome.Place(
                                new OrganizationId(organization),
                                new SmsId(row.uuid("sms_id")),
                                row.integer("position"))),
                row.integer("part"),
                Optional.ofNullable(row.textOrNull("receipt"))
                        .map(word -> Receipt.State.valueOf(word.toUpperCase(Locale.ROOT))),
                Optional.ofNullable(row.textOrNull("receipt_error")).orElse(""));
    }
}
