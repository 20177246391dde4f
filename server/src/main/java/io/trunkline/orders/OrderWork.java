package io.trunkline.orders;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The table of what is left to do, and leases on it. A row that is leased is simply due later: when its lease ends
 * without an outcome, another server takes it. What a lost lease would still write is refused.
 */
final class OrderWork {
    private static final String ADD = """
            INSERT INTO order_work (organization_id, order_id, subscription_id, step, neighbour, attempt, in_doubt,
                due_at, deadline, bulk)
            VALUES (?, ?, ?, ?, ?, 0, false, ?, ?, ?)""";
    /**
     * What is taken back on a line goes before what was ordered for it since. A neighbour that may not be called has
     * only that leased which is overdue: to be given up.
     */
    private static final String DUE = """
            SELECT organization_id, order_id, in_doubt FROM order_work w
            WHERE neighbour = ? AND bulk = ? AND due_at <= ? AND (? OR (deadline <= ? AND NOT undoing))
                AND NOT EXISTS (
                    SELECT FROM order_work earlier
                    WHERE earlier.organization_id = w.organization_id
                        AND earlier.subscription_id = w.subscription_id
                        AND earlier.undoing AND earlier.order_id < w.order_id)
            ORDER BY due_at LIMIT\s""";

    /** What was ordered singly, and of what was ordered in batches what there is room for beside it. */
    private static final String LEASE = "WITH single AS (" + DUE + "? FOR UPDATE OF w SKIP LOCKED),\nbulk AS (" + DUE
            + "least(?, ? - (SELECT count(*) FROM single)) FOR UPDATE OF w SKIP LOCKED),\n" + """
            due AS (SELECT * FROM single UNION ALL SELECT * FROM bulk)
            UPDATE order_work w SET lease = ?, due_at = ?, attempt = w.attempt + 1, in_doubt = true
            FROM due
            WHERE w.organization_id = due.organization_id AND w.order_id = due.order_id
            RETURNING w.organization_id, w.order_id, w.step, w.undoing, w.attempt, due.in_doubt, w.deadline, w.lease,
                w.due_at, w.bulk""";

    private static final String ADVANCE = """
            UPDATE order_work SET step = ?, neighbour = ?, attempt = 1, in_doubt = true, due_at = ?, deadline = ?
            WHERE organization_id = ? AND order_id = ? AND lease = ?""";
    private static final String POSTPONE = """
            UPDATE order_work SET lease = NULL, attempt = ?, in_doubt = ?, due_at = ?
            WHERE organization_id = ? AND order_id = ? AND lease = ?""";
    private static final String TAKE_BACK = """
            UPDATE order_work SET step = ?, neighbour = ?, undoing = true, lease = NULL, attempt = 0, in_doubt = true,
                due_at = ?
            WHERE organization_id = ? AND order_id = ? AND lease IS NOT DISTINCT FROM ?""";
    /** What waits for the end of a lease whose holder is done. */
    private static final String NOW = """
            UPDATE order_work SET due_at = ?
            WHERE organization_id = ? AND order_id = ? AND undoing AND lease IS NULL AND due_at = ?""";

    private static final String DONE = """
            DELETE FROM order_work WHERE organization_id = ? AND order_id = ? AND lease IS NOT DISTINCT FROM ?""";
    /** Whoever records something of an order has this row first: it orders them all. */
    private static final String HOLD = """
            SELECT organization_id, order_id, step, undoing, attempt, in_doubt, deadline, lease, due_at, bulk
            FROM order_work WHERE organization_id = ? AND order_id = ? FOR UPDATE""";

    private static final String EARLIER_MOVE = """
            SELECT w.organization_id, w.order_id, w.step, w.undoing, w.attempt, w.in_doubt, w.deadline, w.lease,
                w.due_at, w.bulk
            FROM order_work w JOIN orders o ON o.organization_id = w.organization_id AND o.id = w.order_id
            WHERE w.organization_id = ? AND w.subscription_id = ? AND w.order_id <> ? AND NOT w.undoing
                AND o.type = 'change_sim_profile' AND o.status = 'completed'
                AND w.step IN ('deliver', 'move_number', 'remove_previous')
            ORDER BY w.order_id LIMIT 1 FOR UPDATE OF w""";
    private static final String BEING_TAKEN_BACK = """
            SELECT order_id FROM order_work
            WHERE organization_id = ? AND subscription_id = ? AND undoing LIMIT 1""";
    private static final String HURRY = """
            UPDATE order_work SET step = ?, neighbour = ?, lease = NULL, attempt = 0, in_doubt = false, due_at = ?,
                deadline = ?
            WHERE organization_id = ? AND order_id = ? AND lease IS NOT DISTINCT FROM ?""";

    private OrderWork() {}

    /**
     * A step to take, or to take back.
     *
     * @param attempt the number of this attempt, from 1
     * @param inDoubt whether an earlier attempt may have taken effect
     * @param deadline when the step is given up; what is taken back never is
     * @param lease absent where nobody works on it
     * @param dueAt when it is due, or due again: when the lease ends
     * @param bulk whether it is one of a batch
     */
    record Due(
            OrganizationId organization,
            OrderId order,
            OrderStep step,
            boolean undoing,
            int attempt,
            boolean inDoubt,
            Instant deadline,
            @Nullable UUID lease,
            Instant dueAt,
            boolean bulk) {
        /** What is being done, for logs and as the identifier of the call: the same for every attempt. */
        String what() {
            return (undoing ? "undo_" : "") + step.text();
        }
    }

    /**
     * What is left to do, held until the transaction ends.
     *
     * @param freeAt when nobody works on it any more
     */
    record Held(Due due, Instant freeAt) {}

    /** The lease has ended and another server may have taken over: nothing of this one may be written. */
    static final class LeaseLost extends RuntimeException {
        private final transient Due due;

        LeaseLost(Due due) {
            super("the lease on " + due.order() + " at " + due.what() + " has ended", null, false, false);
            this.due = due;
        }

        /** The step that was under way. */
        Due due() {
            return due;
        }
    }

    /**
     * The first step of an order.
     *
     * @param dueAt not before
     * @param bulk whether it is one of a batch
     */
    record New(Order order, OrderStep first, Instant dueAt, Instant deadline, boolean bulk) {}

    static void add(Sql sql, List<New> all) {
        sql.updateAll(
                ADD,
                all.stream()
                        .map(one -> new @Nullable Object[] {
                            one.order().organization(),
                            one.order().id(),
                            one.order().subscription(),
                            one.first().text(),
                            one.first().neighbour().text(),
                            one.dueAt(),
                            one.deadline(),
                            one.bulk()
                        })
                        .toList());
    }

    /** Holds the row until the transaction ends; whoever has lost the lease is turned away. */
    static void expectHeld(Sql sql, Due due) {
        boolean held = hold(sql, due.organization(), due.order())
                .filter(now -> Objects.equals(now.due().lease(), due.lease()))
                .isPresent();
        if (!held) {
            throw new LeaseLost(due);
        }
    }

    /** Whether something of the order's line is being taken back. */
    static boolean isBeingTakenBack(Sql sql, Order order) {
        return sql.one(BEING_TAKEN_BACK, row -> row.uuid("order_id"), order.organization(), order.subscription())
                .isPresent();
    }

    /**
     * Takes due rows, oldest first; committed at once, so that each attempt is known before it is made.
     *
     * @param mostOfBatches how many of them may be of batches, which come last
     */
    static List<Due> lease(
            Sql owner, Neighbour neighbour, boolean mayCall, Instant now, Instant until, int most, int mostOfBatches) {
        return owner.list(
                LEASE,
                OrderWork::read,
                neighbour.text(),
                false,
                now,
                mayCall,
                now,
                most,
                neighbour.text(),
                true,
                now,
                mayCall,
                now,
                mostOfBatches,
                most,
                UUID.randomUUID(),
                until);
    }

    /** What is left to do of an order; empty where nothing is. */
    static Optional<Held> hold(Sql sql, OrganizationId organization, OrderId order) {
        return sql.one(HOLD, OrderWork::readHeld, organization, order);
    }

    /** The step is done; the next one follows at once, under the same lease. */
    static Due advance(Sql sql, Due done, OrderStep next, Instant until, Instant deadline) {
        // As the database keeps it.
        Instant leasedUntil = until.truncatedTo(ChronoUnit.MICROS);
        sql.write(
                leased(done),
                ADVANCE,
                next.text(),
                next.neighbour().text(),
                leasedUntil,
                deadline,
                done.organization(),
                done.order(),
                done.lease());
        return new Due(
                done.organization(),
                done.order(),
                next,
                done.undoing(),
                1,
                false,
                deadline,
                done.lease(),
                leasedUntil,
                done.bulk());
    }

    /** Gives the row back, to be taken at a later time. */
    static void postpone(Sql sql, Due due, boolean inDoubt, Instant dueAt) {
        giveBack(sql, due, due.attempt(), inDoubt, dueAt);
    }

    /** Gives the row back as it was before this attempt, which was not made. */
    static void giveBack(Sql sql, Due due, Instant dueAt) {
        giveBack(sql, due, due.attempt() - 1, due.inDoubt(), dueAt);
    }

    private static void giveBack(Sql sql, Due due, int attempt, boolean inDoubt, Instant dueAt) {
        sql.write(leased(due), POSTPONE, attempt, inDoubt, dueAt, due.organization(), due.order(), due.lease());
    }

    /** Gives the row back, for a step of which no attempt has been made. */
    static void rest(Sql sql, Due due, Instant dueAt) {
        giveBack(sql, due, 0, false, dueAt);
    }

    /** What rests is due now; whatever was due is replaced by this step. */
    static void hurry(Sql sql, Due due, OrderStep step, Instant now, Instant deadline) {
        sql.write(
                leased(due),
                HURRY,
                step.text(),
                step.neighbour().text(),
                now,
                deadline,
                due.organization(),
                due.order(),
                due.lease());
    }

    /** What is left to do of a change of the line's SIM that was completed before, held until the transaction ends. */
    static Optional<Held> earlierMove(Sql sql, Order order) {
        return sql.one(EARLIER_MOVE, OrderWork::readHeld, order.organization(), order.subscription(), order.id());
    }

    private static Held readHeld(Row row) throws SQLException {
        Due due = read(row);
        return new Held(due, due.lease() == null ? Instant.EPOCH : due.dueAt());
    }

    /** From here on the order is taken back, beginning with this step. */
    static void takeBack(Sql sql, Due due, OrderStep step, Instant dueAt) {
        sql.write(
                leased(due),
                TAKE_BACK,
                step.text(),
                step.neighbour().text(),
                dueAt,
                due.organization(),
                due.order(),
                due.lease());
    }

    /**
     * The order was canceled while this step was under way, and what it did is to be taken back when its lease ends: it
     * is over, so that can be now. Whether something has waited.
     */
    static boolean renounce(Sql sql, Due over, Instant now) {
        return sql.update(NOW, now, over.organization(), over.order(), over.dueAt()) == 1;
    }

    /** Nothing is left to do. */
    static void done(Sql sql, Due due) {
        sql.write(leased(due), DONE, due.organization(), due.order(), due.lease());
    }

    private static IntConsumer leased(Due due) {
        return changed -> {
            if (changed != 1) {
                throw new LeaseLost(due);
            }
        };
    }

    private static Due read(Row row) throws SQLException {
        return new Due(
                new OrganizationId(row.uuid("organization_id")),
                new OrderId(row.uuid("order_id")),
                OrderStep.of(row.text("step")),
                row.bool("undoing"),
                row.integer("attempt"),
                row.bool("in_doubt"),
                row.instant("deadline"),
                row.uuidOrNull("lease"),
                row.instant("due_at"),
                row.bool("bulk"));
    }
}
