package io.trunkline.sms;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Leases on recipients: of each organization that has something due the same share, so that one's million delays nobody
 * else's one.
 */
final class SmsWork {
    /**
     * What may have changed since a text was accepted is looked up here, each time: who still wants it, whether its
     * sender may still send it, and whether its words are still kept, whatever this server remembers of them.
     * Organizations are found by leaps through the index, whatever any of them has waiting. Statistics of a table that
     * changes all the time are wrong at times, so nothing is left to them: the leaps are ordered as that index alone
     * is, and rows are updated where they lie.
     */
    private static final String LEASE = """
            WITH RECURSIVE waiting AS (
                (SELECT organization_id FROM sms_recipients WHERE state = 'accepted' AND smsc = ?
                 ORDER BY organization_id, due_at LIMIT 1)
                UNION ALL
                SELECT (SELECT r.organization_id FROM sms_recipients r
                        WHERE r.state = 'accepted' AND r.smsc = ? AND r.organization_id > w.organization_id
                        ORDER BY r.organization_id, r.due_at LIMIT 1)
                FROM waiting w WHERE w.organization_id IS NOT NULL),
            sharing AS MATERIALIZED (
                SELECT w.organization_id FROM waiting w
                WHERE (SELECT r.due_at FROM sms_recipients r
                       WHERE r.state = 'accepted' AND r.smsc = ? AND r.organization_id = w.organization_id
                       ORDER BY r.due_at LIMIT 1) <= ?),
            due AS MATERIALIZED (
                SELECT r.* FROM sharing s CROSS JOIN LATERAL (
                    SELECT ctid AS place, organization_id, sms_id, position, in_doubt FROM sms_recipients
                    WHERE state = 'accepted' AND smsc = ? AND organization_id = s.organization_id AND due_at <= ?
                    ORDER BY due_at LIMIT greatest(1, ? / (SELECT count(*) FROM sharing))
                    FOR UPDATE SKIP LOCKED) r),
            messages AS MATERIALIZED (
                SELECT m.organization_id, m.id, m.sender, CASE
                    WHEN m.sealed_text IS NULL OR NOT EXISTS (SELECT FROM subscriber_keys k
                        WHERE k.organization_id = m.organization_id AND k.subscriber_id = m.person_id)
                        THEN 'text_erased'
                    WHEN NOT EXISTS (SELECT FROM phone_numbers n JOIN subscriptions s
                            ON s.organization_id = n.organization_id AND s.id = n.subscription_id
                        WHERE n.organization_id = m.organization_id AND n.subscription_id = m.subscription_id
                            AND n.msisdn = m.sender AND n.held_to IS NULL AND s.status = 'active' AND s.sms_sender)
                        THEN 'sender_not_authorized' END AS refusal
                FROM (SELECT DISTINCT organization_id, sms_id FROM due) d
                JOIN sms m ON m.organization_id = d.organization_id AND m.id = d.sms_id)
            UPDATE sms_recipients w SET lease = ?, due_at = ?, in_doubt = true, attempt = w.attempt + 1,
                repeats = w.repeats + CASE WHEN due.in_doubt AND ? THEN 1 ELSE 0 END
            FROM due JOIN messages m ON m.organization_id = due.organization_id AND m.id = due.sms_id
            WHERE w.ctid = ANY (ARRAY(SELECT place FROM due))
                AND w.organization_id = due.organization_id AND w.sms_id = due.sms_id AND w.position = due.position
            RETURNING w.organization_id, w.sms_id, w.position, w.msisdn, w.segments, w.parts, w.sent_parts, w.attempt,
                due.in_doubt, w.expires_at, w.lease,
                CASE WHEN EXISTS (SELECT FROM sms_opt_outs o WHERE o.organization_id = m.organization_id
                        AND o.sender = m.sender AND o.recipient = w.msisdn) THEN 'opted_out'
                    ELSE m.refusal END AS refusal""";

    private SmsWork() {}

    /**
     * A recipient to send to now.
     *
     * @param parts how many submissions it takes
     * @param sentParts as bits, those that have been accepted
     * @param attempt the number of this attempt, from 1
     * @param inDoubt whether an earlier attempt may have sent what is not known to be sent
     * @param refusal why it is not to be sent after all
     */
    record Leased(
            OrganizationId organization,
            SmsId sms,
            int position,
            Msisdn msisdn,
            int segments,
            int parts,
            int sentParts,
            int attempt,
            boolean inDoubt,
            Instant expiresAt,
            Optional<SmsRefusal> refusal,
            UUID lease) {
        boolean isSent(int part) {
            return (sentParts & 1 << (part - 1)) != 0;
        }
    }

    /** Committed at once, so that each attempt is known before it is made. */
    static List<Leased> lease(Sql owner, String smsc, Instant now, Instant until, int most, SmsSettings.Policy policy) {
        boolean repeats = policy == SmsSettings.Policy.AT_LEAST_ONCE;
        return owner.list(
                LEASE, SmsWork::read, smsc, smsc, smsc, now, smsc, now, most, UUID.randomUUID(), until, repeats);
    }

    private static Leased read(Row row) throws SQLException {
        return new Leased(
                new OrganizationId(row.uuid("organization_id")),
                new SmsId(row.uuid("sms_id")),
                row.integer("position"),
                new Msisdn(row.text("msisdn")),
                row.integer("segments"),
                row.integer("parts"),
                row.integer("sent_parts"),
                row.integer("attempt"),
                row.bool("in_doubt"),
                row.instant("expires_at"),
                Optional.ofNullable(row.textOrNull("refusal")).map(SmsRefusal::of),
                row.uuid("lease"));
    }
}
