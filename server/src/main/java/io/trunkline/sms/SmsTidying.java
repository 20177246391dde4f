package io.trunkline.sms;

import io.trunkline.database.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Ends what has no more time, and forgets words whose retention is over; some at a time: no statement is long. */
@Component
class SmsTidying {
    private static final int AT_ONCE = 5_000;
    private static final Duration PARTS_KEPT = Duration.ofDays(30);
    private static final Duration INCOMPLETE_KEPT = Duration.ofDays(7);

    /** What a server is just working on (its lease runs) is left to it. */
    private static final String EXPIRE = """
            UPDATE sms_recipients SET state = 'expired', error_code = 'validity_over',
                error_detail = 'it could not be sent in time', done_at = ?, lease = NULL
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM sms_recipients
                WHERE state = 'accepted' AND expires_at <= ? AND (lease IS NULL OR due_at <= ?)
                ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED))""";

    private static final String GIVE_UP = """
            UPDATE sms_recipients SET state = 'unknown', error_code = 'no_receipt',
                error_detail = 'sent, and no receipt came', done_at = ?
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM sms_recipients WHERE state = 'sent' AND expires_at <= ?
                ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED))""";
    private static final String FORGET_TEXTS = """
            UPDATE sms SET sealed_text = NULL WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM sms WHERE sealed_text IS NOT NULL AND created_at < ? AND expires_at < ? LIMIT ?))""";
    private static final String FORGET_INBOUND = """
            UPDATE sms_inbound SET sealed_text = NULL WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM sms_inbound WHERE sealed_text IS NOT NULL AND received_at < ? LIMIT ?))""";
    private static final String FORGET_PARTS = """
            DELETE FROM sms_parts WHERE ctid = ANY (ARRAY(SELECT ctid FROM sms_parts WHERE at < ? LIMIT ?))""";
    private static final String FORGET_INCOMPLETE = """
            DELETE FROM sms_inbound_parts WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM sms_inbound_parts WHERE at < ? LIMIT ?))""";

    private final Database database;
    private final SmsSettings settings;
    private final Clock clock;

    SmsTidying(Database database, SmsSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    void endWhatIsOver() {
        Instant now = clock.instant();
        repeat(EXPIRE, now, now, now, AT_ONCE);
        repeat(GIVE_UP, now, now.minus(settings.receiptPatience()), AT_ONCE);
    }

    void forgetOld() {
        Instant now = clock.instant();
        Instant old = now.minus(settings.retention());
        repeat(FORGET_TEXTS, old, now, AT_ONCE);
        repeat(FORGET_INBOUND, old, AT_ONCE);
        repeat(FORGET_PARTS, now.minus(PARTS_KEPT), AT_ONCE);
        repeat(FORGET_INCOMPLETE, now.minus(INCOMPLETE_KEPT), AT_ONCE);
    }

    private void repeat(String statement, Object... parameters) {
        int changed;
        do {
            changed = database.owner().update(statement, parameters);
        } while (changed == AT_ONCE);
    }
}
