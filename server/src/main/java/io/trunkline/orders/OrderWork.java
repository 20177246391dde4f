package io.trunkline.orders;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The table of what is left to do, and leases on it. A row that is leased is simply due later: when its lease ends
 * without an outcome, another server takes it. What a lost lease would still write is refused.
 */
final class OrderWork {
    private static final String ADD = """
            INSERT INTO order_work (organization_id, order_id, step, attempt, in_doubt, due_at, deadline)
            VALUES (?, ?, ?, 0, false, ?, ?)""";
    private static final String LEASE = """
            WITH due AS (
                SELECT organization_id, order_id, in_doubt FROM order_work
                WHERE due_at <= ?
                ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED)
            UPDATE order_work w SET lease = ?, due_at = CASE w.step WHEN ? THEN ? ELSE ? END,
                attempt = w.attempt + 1, in_doubt = true
            FROM due
            WHERE w.organization_id = due.organization_id AND w.order_id = due.order_id
            RETURNING w.organization_id, w.order_id, w.step, w.attempt, due.in_doubt, w.deadline, w.lease""";
    private static final String ADVANCE = """
            UPDATE order_work SET step = ?, attempt = 1, in_doubt = true, due_at = ?, deadline = ?
            WHERE organization_id = ? AND order_id = ? AND lease = ?""";
    private static final String POSTPONE = """
            UPDATE order_work SET step = ?, lease = NULL, attempt = ?, in_doubt = ?, due_at = ?, deadline = ?
            WHERE organization_id = ? AND order_id = ? AND lease = ?""";
    private static final String DONE =
            "DELETE FROM order_work WHERE organization_id = ? AND order_id = ? AND lease = ?";

    private OrderWork() {}

    /**
     * A step to take now.
     *
     * @param attempt the number of this attempt, from 1
     * @param inDoubt whether an earlier attempt may have taken effect
     * @param deadline when the step is given up
     */
    record Due(
            OrganizationId organization,
            OrderId order,
            OrderStep step,
            int attempt,
            boolean inDoubt,
            Instant deadline,
            UUID lease) {}

    /** The lease has ended and another server may have taken over: nothing of this one may be written. */
    static final class LeaseLost extends RuntimeException {
        LeaseLost(Due due) {
            super("the lease on " + due.order() + " at " + due.step() + " has ended", null, false, false);
        }
    }

    static void add(Sql sql, OrganizationId organization, OrderId order, Instant now, Instant deadline) {
        sql.update(ADD, organization, order, OrderStep.RESERVE.text(), now, deadline);
    }

    /** Takes due rows, oldest first; committed at once, so that each attempt is known before it is made. */
    static List<Due> lease(Sql owner, Instant now, OrderSettings settings, int most) {
        return owner.list(
                LEASE,
                OrderWork::read,
                now,
                most,
                UUID.randomUUID(),
                OrderStep.DELIVER.text(),
                now.plus(settings.mailLease()),
                now.plus(settings.lease()));
    }

    /** The step is done; the next one follows at once, under the same lease. */
    static Due advance(Sql sql, Due done, OrderStep next, Instant leasedUntil, Instant deadline) {
        expectLease(
                sql.update(
                        ADVANCE, next.text(), leasedUntil, deadline, done.organization(), done.order(), done.lease()),
                done);
        return new Due(done.organization(), done.order(), next, 1, false, deadline, done.lease());
    }

    /** Gives the row back, to be taken at a later time. */
    static void postpone(Sql sql, Due due, boolean inDoubt, Instant dueAt) {
        expectLease(
                sql.update(
                        POSTPONE,
                        due.step().text(),
                        due.attempt(),
                        inDoubt,
                        dueAt,
                        due.deadline(),
                        due.organization(),
                        due.order(),
                        due.lease()),
                due);
    }

    /** Another step than the next one follows, from its first attempt on. */
    static void turnTo(Sql sql, Due due, OrderStep step, Instant dueAt, Instant deadline) {
        expectLease(
                sql.update(
                        POSTPONE, step.text(), 0, false, dueAt, deadline, due.organization(), due.order(), due.lease()),
                due);
    }

    /** Nothing is left to do. */
    static void done(Sql sql, Due due) {
        expectLease(sql.update(DONE, due.organization(), due.order(), due.lease()), due);
    }

    private static void expectLease(int changed, Due due) {
        if (changed != 1) {
            throw new LeaseLost(due);
        }
    }

    private static Due read(Row row) throws SQLException {
        return new Due(
                new OrganizationId(row.uuid("organization_id")),
                new OrderId(row.uuid("order_id")),
                OrderStep.of(row.text("step")),
                row.integer("attempt"),
                row.bool("in_doubt"),
                row.instant("deadline"),
                row.uuid("lease"));
    }
}
