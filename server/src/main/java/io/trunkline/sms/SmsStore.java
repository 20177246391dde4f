package io.trunkline.sms;

import io.trunkline.database.Order;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.network.smsc.Encoding;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQL of texts and their recipients, as requests see them. */
final class SmsStore {
    /** Counted for each message of the page, from its own recipients. */
    private static final String SELECT = """
            SELECT id, sender, subscription_id, person_id, sealed_text, encoding, segments, scheduled, canceled,
                created_at, send_at, counted.*
            FROM sms CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE r.state = 'accepted') AS accepted,
                    count(*) FILTER (WHERE r.state = 'sent') AS sent,
                    count(*) FILTER (WHERE r.state = 'delivered') AS delivered,
                    count(*) FILTER (WHERE r.state = 'undelivered') AS undelivered,
                    count(*) FILTER (WHERE r.state = 'expired') AS expired,
                    count(*) FILTER (WHERE r.state = 'rejected') AS rejected,
                    count(*) FILTER (WHERE r.state = 'unknown') AS unknown
                FROM sms_recipients r
                WHERE r.organization_id = sms.organization_id AND r.sms_id = sms.id) counted
            WHERE organization_id = ?""";

    private static final String INSERT = """
            INSERT INTO sms (organization_id, id, sender, subscription_id, person_id, sealed_text, encoding, segments,
                scheduled, client_id, correlation_id, created_at, send_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String INSERT_RECIPIENTS = """
            INSERT INTO sms_recipients (organization_id, sms_id, position, msisdn, state, smsc, segments, parts, due_at,
                expires_at, error_code, error_detail, done_at)
            SELECT ?, ?, t.position, t.msisdn, CASE WHEN t.code IS NULL THEN 'accepted' ELSE 'rejected' END, t.smsc, ?,
                t.parts, ?, ?, t.code, t.detail, CASE WHEN t.code IS NOT NULL THEN ?::timestamptz END
            FROM unnest(?::int[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[])
                AS t (position, msisdn, smsc, parts, code, detail)""";
    private static final String OPTED_OUT = """
            SELECT recipient FROM sms_opt_outs WHERE organization_id = ? AND sender = ? AND recipient = ANY (?)""";
    private static final String RECIPIENTS = """
            SELECT sms_id, position, msisdn, state, segments, repeats, error_code, error_detail, sent_at, done_at
            FROM sms_recipients
            WHERE organization_id = ? AND sms_id = ?""";
    private static final String EXISTS = "SELECT id FROM sms WHERE organization_id = ? AND id = ?";
    private static final String CANCEL = """
            UPDATE sms SET canceled = true
            WHERE organization_id = ? AND id = ? AND scheduled AND NOT canceled""";
    /** One that a server has taken, or has had, stays. */
    private static final String CANCEL_RECIPIENTS = """
            UPDATE sms_recipients SET state = 'rejected', error_code = 'canceled',
                error_detail = 'canceled before it was sent', done_at = ?
            WHERE organization_id = ? AND sms_id = ? AND state = 'accepted' AND attempt = 0""";

    private static final String OPEN_RECIPIENTS = """
            SELECT count(*) AS open FROM sms_recipients
            WHERE organization_id = ? AND sms_id = ? AND (attempt > 0 OR state NOT IN ('accepted', 'rejected'))""";

    private SmsStore() {}

    /** Which texts a list holds. */
    record Filter(Optional<Msisdn> from, Optional<SubscriptionId> subscription) {}

    /** As it is kept. */
    record Kept(Sms sms, Optional<byte[]> sealedText) {}

    /** A text to keep. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record New(
            SmsId id,
            Msisdn from,
            SubscriptionId subscription,
            SubscriberId person,
            byte[] sealedText,
            Encoding encoding,
            int segments,
            Optional<Instant> sendAt,
            String clientId,
            String correlationId,
            Instant createdAt,
            Instant expiresAt) {}

    /**
     * A recipient to keep.
     *
     * @param smsc empty where it is rejected
     * @param parts how many submissions it takes
     */
    record NewRecipient(Msisdn msisdn, Optional<String> smsc, int parts, Optional<Recipient.Failure> rejected) {}

    static void insert(Sql sql, OrganizationId organization, New sms, List<NewRecipient> recipients) {
        Instant dueAt = sms.sendAt().orElse(sms.createdAt());
        sql.update(
                INSERT,
                organization,
                sms.id(),
                sms.from().digits(),
                sms.subscription(),
                sms.person(),
                sms.sealedText(),
                sms.encoding().word(),
                sms.segments(),
                sms.sendAt().isPresent(),
                sms.clientId(),
                sms.correlationId(),
                sms.createdAt(),
                dueAt,
                sms.expiresAt());
        int count = recipients.size();
        var positions = new Integer[count];
        var parts = new Integer[count];
        var numbers = new String[count];
        @Nullable String[] smscs = new @Nullable String[count];
        @Nullable String[] codes = new @Nullable String[count];
        @Nullable String[] details = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            NewRecipient recipient = recipients.get(i);
            positions[i] = i;
            parts[i] = recipient.parts();
            numbers[i] = recipient.msisdn().digits();
            smscs[i] = recipient.smsc().orElse(null);
            codes[i] = recipient.rejected().map(Recipient.Failure::code).orElse(null);
            details[i] = recipient.rejected().map(Recipient.Failure::detail).orElse(null);
        }
        sql.update(
                INSERT_RECIPIENTS,
                organization,
                sms.id(),
                sms.segments(),
                dueAt,
                sms.expiresAt(),
                sms.createdAt(),
                positions,
                numbers,
                smscs,
                parts,
                codes,
                details);
    }

    /** Those of the recipients that want no texts from the sender. */
    static Set<String> optedOut(Sql sql, OrganizationId organization, Msisdn sender, Collection<Msisdn> recipients) {
        return new HashSet<>(sql.list(
                OPTED_OUT,
                row -> row.text("recipient"),
                organization,
                sender.digits(),
                recipients.stream().map(Msisdn::digits).toArray(String[]::new)));
    }

    static Optional<Kept> find(Sql sql, OrganizationId organization, SmsId id) {
        return sql.one(SELECT + " AND id = ?", SmsStore::read, organization, id);
    }

    static Slice.Rows<Kept> list(Sql sql, OrganizationId organization, Filter filter, Slice slice) {
        Select select = new Select(SELECT, organization)
                .andIf("sender = ?", filter.from().map(Msisdn::digits))
                .andIf("subscription_id = ?", filter.subscription());
        return slice.read(sql, select, "id", true, SmsStore::read);
    }

    static boolean exists(Sql sql, OrganizationId organization, SmsId id) {
        return sql.one(EXISTS, row -> row.uuid("id"), organization, id).isPresent();
    }

    static Slice.Rows<Recipient> recipients(
            Sql sql, OrganizationId organization, SmsId id, Optional<Recipient.State> state, Slice slice) {
        Select select = new Select(RECIPIENTS, organization, id).andIf("state = ?", state.map(Recipient.State::text));
        var rows = new ArrayList<Recipient>();
        Slice.Ends ends =
                slice.stream(sql, select, Order.byNumber("position", "sms_id"), row -> rows.add(Recipient.read(row)));
        return new Slice.Rows<>(rows, ends);
    }

    /** False where it is not scheduled, or already being sent. */
    static boolean cancel(Sql sql, OrganizationId organization, SmsId id, Instant now) {
        if (sql.update(CANCEL, organization, id) == 0) {
            return false;
        }
        sql.update(CANCEL_RECIPIENTS, now, organization, id);
        return sql.one(OPEN_RECIPIENTS, row -> row.integer("open"), organization, id)
                .equals(Optional.of(0));
    }

    private static Kept read(Row row) throws SQLException {
        Map<Recipient.State, Integer> counts = new EnumMap<>(Recipient.State.class);
        for (Recipient.State state : Recipient.State.values()) {
            counts.put(state, row.integer(state.text()));
        }
        return new Kept(
                new Sms(
                        new SmsId(row.uuid("id")),
                        new Msisdn(row.text("sender")),
                        new SubscriptionId(row.uuid("subscription_id")),
                        new SubscriberId(row.uuid("person_id")),
                        Optional.empty(),
                        Encoding.of(row.text("encoding")),
                        row.integer("segments"),
                        row.bool("canceled"),
                        counts,
                        row.instant("created_at"),
                        row.bool("scheduled") ? Optional.of(row.instant("send_at")) : Optional.empty()),
                Optional.ofNullable(row.bytesOrNull("sealed_text")));
    }
}
