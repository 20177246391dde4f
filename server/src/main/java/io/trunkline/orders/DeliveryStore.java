package io.trunkline.orders;

import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.Eid;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The SQL of deliveries: those of orders, and those that were asked for since. */
final class DeliveryStore {
    private static final String OF_PROFILE = "SELECT id, " + OrderStore.DELIVERY_COLUMNS + """

            FROM deliveries
            WHERE organization_id = ? AND subscription_id = ? AND order_id IN (
                SELECT id FROM orders
                WHERE organization_id = ? AND subscription_id = ? AND iccid = ?
                    AND type IN ('activate_subscription', 'change_sim_profile'))""";
    private static final String PENDING_MAIL = "SELECT " + OrderStore.DELIVERY_COLUMNS + """

            FROM deliveries
            WHERE organization_id = ? AND order_id = ? AND type = 'email' AND state = 'pending'
            ORDER BY id DESC LIMIT 1""";
    private static final String ANNOUNCED = """
            SELECT FROM deliveries
            WHERE organization_id = ? AND order_id = ? AND type = 'push' AND state = 'sent' AND eid = ? LIMIT 1""";

    /** Told when the profile was ordered; whatever was done to deliver its code again since. */
    private static final String DEVICE = """
            SELECT eid FROM deliveries
            WHERE organization_id = ? AND subscription_id = ? AND type = 'push' AND order_id IN (
                SELECT id FROM orders
                WHERE organization_id = ? AND subscription_id = ? AND iccid = ?
                    AND type IN ('activate_subscription', 'change_sim_profile'))
            ORDER BY id LIMIT 1""";

    private static final String RETURNED = "SELECT organization_id, " + OrderStore.DELIVERY_COLUMNS + """
            , refused_recipients
            FROM deliveries
            WHERE id = ? AND type = 'email' FOR UPDATE""";
    private static final String BOUNCED = """
            UPDATE deliveries SET sealed_bounces = ?, left_recipients = ?, updated_at = ?,
                state = CASE WHEN state = 'sent' AND ? <= refused_recipients THEN 'bounced' ELSE state END
            WHERE organization_id = ? AND id = ?""";

    private DeliveryStore() {}

    /** A mail of whichever organization, locked. */
    record ReturnedMail(OrganizationId organization, OrderStore.KeptDelivery kept, int refused) {}

    static Optional<ReturnedMail> returned(Sql owner, UUID delivery) {
        return owner.one(
                RETURNED,
                row -> new ReturnedMail(
                        new OrganizationId(row.uuid("organization_id")),
                        OrderStore.readDelivery(row),
                        row.integer("refused_recipients")),
                delivery);
    }

    /**
     * What came back of a mail.
     *
     * @param left recipients that nothing came back from
     */
    static void bounced(Sql owner, ReturnedMail mail, byte[] bounces, int left, Instant now) {
        owner.update(
                BOUNCED,
                bounces,
                left,
                now,
                left,
                mail.organization(),
                mail.kept().id());
    }

    /** Newest first. */
    static Slice.Rows<OrderStore.KeptDelivery> list(
            Sql sql, OrganizationId organization, SubscriptionId subscription, Iccid iccid, Slice slice) {
        Select select = new Select(OF_PROFILE, organization, subscription, organization, subscription, iccid.digits());
        return slice.read(sql, select, "id", true, OrderStore::readDelivery);
    }

    /** The mail that is still to be sent. */
    static Optional<OrderStore.KeptDelivery> pendingMail(Sql sql, Order order) {
        return sql.one(PENDING_MAIL, OrderStore::readDelivery, order.organization(), order.id());
    }

    /** Whether the SM-DP+ has announced the profile of this order to that device. */
    static boolean isAnnounced(Sql sql, Order order, Eid eid) {
        return sql.one(ANNOUNCED, _ -> true, order.organization(), order.id(), eid.digits())
                .orElse(false);
    }

    /** The device that a profile was ordered for; empty where any may have it. */
    static Optional<Eid> device(Sql sql, OrganizationId organization, SubscriptionId subscription, Iccid iccid) {
        return sql.one(
                DEVICE,
                row -> new Eid(row.text("eid")),
                organization,
                subscription,
                organization,
                subscription,
                iccid.digits());
    }

    /** A delivery at its beginning, as it is kept. */
    static OrderStore.KeptDelivery begun(Order order, Delivery asked, Optional<byte[]> sealedRecipients, Instant now) {
        return new OrderStore.KeptDelivery(
                order.id(),
                asked.id(),
                order.subscriber(),
                asked.type(),
                sealedRecipients,
                asked.eid(),
                Delivery.State.PENDING,
                "<" + asked.id() + "@trunkline.invalid>",
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now,
                now);
    }
}
