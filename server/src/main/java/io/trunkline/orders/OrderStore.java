package io.trunkline.orders;

import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Eid;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.subscriptions.PhoneNumber;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The SQL of orders. */
final class OrderStore {
    private static final String NAMES = """
            organization_id, id, type, status, account_id, subscription_id, subscriber_id, template_id,
                delivery_type, iccid, phone_numbers, reason, changes, previous_iccid, cancel_code, cancel_detail,
                requested_at, scheduled, milestones, correlation_id, created_at, updated_at""";
    private static final String COLUMNS = "SELECT " + NAMES;
    private static final String SELECT = COLUMNS + """

            FROM orders
            WHERE organization_id = ?""";
    /** Of a delivery, under names that are none of an order's. */
    static final String DELIVERY_COLUMNS = """
            id AS delivery_id, order_id AS delivered_order, subscriber_id AS recipient_id, type AS delivery_kind,
            sealed_recipients, eid AS delivery_eid, state AS delivery_state, message_id, attempts, sealed_progress,
            failure_code, sealed_detail, sealed_bounces,
            created_at AS delivery_created_at, updated_at AS delivery_updated_at""";
    /** With its newest delivery: read apart, the two could be of different moments and contradict each other. */
    private static final String SHOWN = COLUMNS + """
            , d.*
            FROM orders LEFT JOIN LATERAL (
                SELECT
            """ + DELIVERY_COLUMNS + """

                FROM deliveries
                WHERE deliveries.organization_id = orders.organization_id AND deliveries.order_id = orders.id
                ORDER BY deliveries.id DESC LIMIT 1) d ON true
            WHERE organization_id = ?""";

    private static final String INSERT = """
            INSERT INTO orders (organization_id, id, type, status, account_id, subscription_id, subscriber_id,
                template_id, sim_type, delivery_type, iccid, phone_numbers, reason, changes,
                requested_at, scheduled, milestones, client_id, correlation_id, created_at, updated_at)
            VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, 'esim', ?, ?, ?::jsonb, ?, ?::jsonb, ?, ?, ?::jsonb, ?, ?, ?, ?)""";
    private static final String STARTED = """
            UPDATE orders SET scheduled = false, iccid = ?, phone_numbers = ?::jsonb, changes = ?::jsonb,
                milestones = milestones || ?::jsonb, updated_at = ?
            WHERE organization_id = ? AND id = ? AND status = 'pending' AND scheduled""";
    private static final String RESERVED = """
            UPDATE orders SET iccid = ?, phone_numbers = ?::jsonb, milestones = milestones || ?::jsonb, updated_at = ?
            WHERE organization_id = ? AND id = ? AND status = 'pending'
            RETURNING\s""" + NAMES;
    private static final String TAKES_PLACE_OF =
            "UPDATE orders SET previous_iccid = ? WHERE organization_id = ? AND id = ?";
    private static final String REACHED = """
            UPDATE orders SET milestones = milestones || ?::jsonb, updated_at = ?
            WHERE organization_id = ? AND id = ?""";
    private static final String COMPLETED = """
            UPDATE orders SET status = 'completed', milestones = milestones || ?::jsonb, updated_at = ?
            WHERE organization_id = ? AND id = ? AND status = 'pending'""";
    private static final String CANCELED = """
            UPDATE orders SET status = 'canceled', cancel_code = ?, cancel_detail = ?,
                milestones = milestones || ?::jsonb, updated_at = ?
            WHERE organization_id = ? AND id = ? AND status = 'pending'""";
    private static final String INSERT_DELIVERY = """
            INSERT INTO deliveries (organization_id, id, order_id, subscription_id, subscriber_id, type,
                sealed_recipients, eid, state, message_id, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)""";
    /** The newest delivery of each order. */
    private static final String DELIVERIES = """
            SELECT DISTINCT ON (order_id)
            """ + DELIVERY_COLUMNS + """

            FROM deliveries
            WHERE organization_id = ? AND order_id = ANY (?)
            ORDER BY order_id, id DESC""";

    private static final String COUNT_ATTEMPT = """
            UPDATE deliveries SET attempts = attempts + 1, repeats = repeats + ?, updated_at = ?
            WHERE organization_id = ? AND id = ?""";
    private static final String DELIVERY_DONE = """
            UPDATE deliveries SET state = ?, refused_recipients = ?, failure_code = ?, sealed_detail = ?,
                sealed_progress = NULL, updated_at = ?
            WHERE organization_id = ? AND id = ?""";
    /** What bounced before this was known counts, too. */
    private static final String DELIVERY_SENT = """
            UPDATE deliveries SET state = CASE WHEN left_recipients <= ? THEN 'bounced' ELSE 'sent' END,
                refused_recipients = ?, failure_code = NULL, sealed_detail = ?, sealed_progress = NULL, updated_at = ?
            WHERE organization_id = ? AND id = ?""";

    private static final String DELIVERY_BEGUN = """
            UPDATE deliveries SET sealed_progress = ?, updated_at = ?
            WHERE organization_id = ? AND id = ?""";

    private OrderStore() {}

    /** Which orders a list holds. */
    record Filter(
            Optional<Order.Status> status,
            Optional<Order.Type> type,
            Optional<AccountId> account,
            Optional<SubscriptionId> subscription) {}

    /**
     * A delivery as it is kept.
     *
     * @param sealedRecipients {@code {"to": […], "cc": […]}} under the person's key; empty unless by mail
     * @param eid the device; empty unless by push
     * @param sealedProgress a {@link MailProgress}; empty unless some of the recipients have the mail and others do not
     * @param failureCode empty unless it failed
     * @param sealedDetail a {@link Delivery.Said}; empty where the mail server said nothing
     * @param sealedBounces as {@link Bounce#kept} has them; empty where nothing came back
     */
    record KeptDelivery(
            OrderId order,
            UUID id,
            SubscriberId subscriber,
            Delivery.Type type,
            Optional<byte[]> sealedRecipients,
            Optional<Eid> eid,
            Delivery.State state,
            String messageId,
            int attempts,
            Optional<byte[]> sealedProgress,
            Optional<String> failureCode,
            Optional<byte[]> sealedDetail,
            Optional<byte[]> sealedBounces,
            Instant createdAt,
            Instant updatedAt) {}

    /** An order and its newest delivery, of one moment; absent where it has nothing to deliver. */
    record Shown(Order order, Optional<KeptDelivery> delivery) {}

    /** Newest first. */
    static Slice.Rows<Shown> list(Sql sql, OrganizationId organization, Filter filter, Slice slice) {
        Select select = new Select(SHOWN, organization)
                .andIf("status = ?", filter.status().map(Order.Status::text))
                .andIf("type = ?", filter.type().map(Order.Type::text))
                .andIf("account_id = ?", filter.account())
                .andIf("subscription_id = ?", filter.subscription());
        return slice.read(sql, select, "id", true, OrderStore::readShown);
    }

    static Optional<Shown> findShown(Sql sql, OrganizationId organization, OrderId id) {
        return sql.one(SHOWN + " AND id = ?", OrderStore::readShown, organization, id);
    }

    static Optional<Order> find(Sql sql, OrganizationId organization, OrderId id) {
        return sql.one(SELECT + " AND id = ?", OrderStore::read, organization, id);
    }

    /** The orders that are in flight on these lines. One that waits for its time is not. */
    static List<Order> inFlight(Sql sql, OrganizationId organization, Collection<SubscriptionId> subscriptions) {
        return sql.list(
                SELECT + " AND subscription_id = ANY (?) AND status = 'pending' AND NOT scheduled",
                OrderStore::read,
                organization,
                subscriptions.stream().map(SubscriptionId::value).toArray(UUID[]::new));
    }

    /** The order that made a line's profile. */
    static Optional<Order> makerOf(Sql sql, OrganizationId organization, SubscriptionId subscription, Iccid iccid) {
        return sql.one(
                SELECT + " AND subscription_id = ? AND iccid = ? AND status = 'completed'"
                        + " AND type IN ('activate_subscription', 'change_sim_profile') ORDER BY id DESC LIMIT 1",
                OrderStore::read,
                organization,
                subscription,
                iccid.digits());
    }

    static void insert(Sql sql, List<Order> orders, String client) {
        sql.updateAll(
                INSERT, orders.stream().map(order -> columns(order, client)).toList());
    }

    private static @Nullable Object[] columns(Order order, String client) {
        return new @Nullable Object[] {
            order.organization(),
            order.id(),
            order.type().text(),
            order.account(),
            order.subscription(),
            order.subscriber(),
            order.template().orElse(null),
            order.deliveryType().map(Delivery.Type::text).orElse(null),
            order.iccid().map(Iccid::digits).orElse(null),
            numbers(order.phoneNumbers()),
            order.reason().map(Order.Reason::text).orElse(null),
            order.changes().map(ProductChange::kept).orElse(null),
            order.requestedAt().orElse(null),
            order.scheduled(),
            milestones(order.milestones()),
            client,
            order.correlationId(),
            order.createdAt(),
            order.updatedAt()
        };
    }

    /** Its time has come: it has what the plan of now says. */
    static Order started(Sql sql, Order order, Order planned, Instant now) {
        sql.write(
                one(order),
                STARTED,
                planned.iccid().map(Iccid::digits).orElse(null),
                numbers(planned.phoneNumbers()),
                planned.changes().map(ProductChange::kept).orElse(null),
                milestone(Order.Milestone.STARTED, now),
                now,
                order.organization(),
                order.id());
        return find(sql, order.organization(), order.id()).orElseThrow();
    }

    /** The order as it is from here on. */
    static Order reserved(Sql sql, Order order, Iccid iccid, List<PhoneNumber> numbers, Instant now) {
        return sql.one(
                        RESERVED,
                        OrderStore::read,
                        iccid.digits(),
                        numbers(numbers),
                        milestone(Order.Milestone.RESERVED, now),
                        now,
                        order.organization(),
                        order.id())
                .orElseThrow(() -> unexpected(order));
    }

    static void takesPlaceOf(Sql sql, Order order, Iccid previous) {
        sql.write(one(order), TAKES_PLACE_OF, previous.digits(), order.organization(), order.id());
    }

    static void reached(Sql sql, Order order, String milestone, Instant now) {
        sql.write(one(order), REACHED, milestone(milestone, now), now, order.organization(), order.id());
    }

    static void completed(Sql sql, Order order, Instant now) {
        String completed = milestone(Order.Milestone.COMPLETED, now);
        sql.write(one(order), COMPLETED, completed, now, order.organization(), order.id());
    }

    static void canceled(Sql sql, Order order, Order.CancelReason reason, Instant now) {
        sql.write(
                one(order),
                CANCELED,
                reason.code(),
                reason.detail(),
                milestone(Order.Milestone.CANCELED, now),
                now,
                order.organization(),
                order.id());
    }

    /** A delivery of an order that is being placed. */
    record NewDelivery(Order order, KeptDelivery delivery) {}

    static void insertDeliveries(Sql sql, List<NewDelivery> deliveries) {
        sql.updateAll(
                INSERT_DELIVERY,
                deliveries.stream()
                        .map(one -> columns(one.order(), one.delivery()))
                        .toList());
    }

    private static @Nullable Object[] columns(Order order, KeptDelivery delivery) {
        return new @Nullable Object[] {
            order.organization(),
            delivery.id(),
            order.id(),
            order.subscription(),
            order.subscriber(),
            delivery.type().text(),
            delivery.sealedRecipients().orElse(null),
            delivery.eid().map(Eid::digits).orElse(null),
            delivery.messageId(),
            delivery.createdAt(),
            delivery.createdAt()
        };
    }

    static Map<OrderId, KeptDelivery> deliveries(Sql sql, OrganizationId organization, Collection<OrderId> orders) {
        UUID[] ids = orders.stream().map(OrderId::value).toArray(UUID[]::new);
        return sql.list(DELIVERIES, OrderStore::readDelivery, organization, ids).stream()
                .collect(Collectors.toMap(KeptDelivery::order, delivery -> delivery));
    }

    /** Committed before the mail is handed over. */
    static void countAttempt(Sql sql, OrganizationId organization, UUID delivery, boolean repeated, Instant now) {
        sql.update(COUNT_ATTEMPT, repeated ? 1 : 0, now, organization, delivery);
    }

    /** Some of the recipients have the mail. */
    static void begun(Sql sql, OrganizationId organization, UUID delivery, byte[] progress, Instant now) {
        sql.update(DELIVERY_BEGUN, progress, now, organization, delivery);
    }

    /** The detail, sealed, names the recipients that were refused. */
    static void delivered(
            Sql sql, OrganizationId organization, UUID delivery, int refused, Optional<byte[]> detail, Instant now) {
        sql.write(DELIVERY_SENT, refused, refused, detail.orElse(null), now, organization, delivery);
    }

    static void deliveryFailed(
            Sql sql, OrganizationId organization, UUID delivery, String code, Optional<byte[]> detail, Instant now) {
        sql.write(
                DELIVERY_DONE, Delivery.State.FAILED.text(), 0, code, detail.orElse(null), now, organization, delivery);
    }

    private static IntConsumer one(Order order) {
        return changed -> {
            if (changed != 1) {
                throw unexpected(order);
            }
        };
    }

    private static IllegalStateException unexpected(Order order) {
        return new IllegalStateException(order.id() + " is no longer in the state that this step expects");
    }

    private static String numbers(List<PhoneNumber> numbers) {
        return array(json -> json.objects("array", numbers, (Json entry, PhoneNumber number) -> number.write(entry)));
    }

    private static String milestone(String name, Instant at) {
        return milestones(List.of(new Order.Milestone(name, at)));
    }

    private static String milestones(List<Order.Milestone> milestones) {
        return array(json -> json.objects(
                "array",
                milestones,
                (entry, milestone) -> entry.text("name", milestone.name()).time("at", milestone.at())));
    }

    /** The array that the content writes under the name {@code array}. */
    private static String array(java.util.function.Consumer<Json> content) {
        return Json.parse(Json.text(content)).path("array").toString();
    }

    private static Shown readShown(Row row) throws SQLException {
        Order order = read(row);
        if (row.uuidOrNull("delivery_id") == null) {
            return new Shown(order, Optional.empty());
        }
        return new Shown(order, Optional.of(readDelivery(row)));
    }

    static KeptDelivery readDelivery(Row row) throws SQLException {
        return new KeptDelivery(
                new OrderId(row.uuid("delivered_order")),
                row.uuid("delivery_id"),
                new SubscriberId(row.uuid("recipient_id")),
                Delivery.Type.of(row.text("delivery_kind")),
                Optional.ofNullable(row.bytesOrNull("sealed_recipients")),
                Optional.ofNullable(row.textOrNull("delivery_eid")).map(Eid::new),
                Delivery.State.of(row.text("delivery_state")),
                row.text("message_id"),
                row.integer("attempts"),
                Optional.ofNullable(row.bytesOrNull("sealed_progress")),
                Optional.ofNullable(row.textOrNull("failure_code")),
                Optional.ofNullable(row.bytesOrNull("sealed_detail")),
                Optional.ofNullable(row.bytesOrNull("sealed_bounces")),
                row.instant("delivery_created_at"),
                row.instant("delivery_updated_at"));
    }

    private static Order read(Row row) throws SQLException {
        var numbers = new ArrayList<PhoneNumber>();
        for (JsonNode number : Json.parse(row.text("phone_numbers"))) {
            numbers.add(new PhoneNumber(
                    new Msisdn(number.path("msisdn").stringValue()),
                    number.path("is_primary").booleanValue(),
                    number.path("country").stringValue()));
        }
        var milestones = new ArrayList<Order.Milestone>();
        for (JsonNode milestone : Json.parse(row.text("milestones"))) {
            milestones.add(new Order.Milestone(
                    milestone.path("name").stringValue(),
                    Instant.parse(milestone.path("at").stringValue())));
        }
        String cancelDetail =
                Optional.ofNullable(row.textOrNull("cancel_detail")).orElse("");
        return new Order(
                new OrganizationId(row.uuid("organization_id")),
                new OrderId(row.uuid("id")),
                Order.Type.of(row.text("type")),
                Order.Status.of(row.text("status")),
                new AccountId(row.uuid("account_id")),
                new SubscriptionId(row.uuid("subscription_id")),
                new SubscriberId(row.uuid("subscriber_id")),
                Optional.ofNullable(row.uuidOrNull("template_id")).map(TemplateId::new),
                Optional.ofNullable(row.textOrNull("delivery_type")).map(Delivery.Type::of),
                Optional.ofNullable(row.textOrNull("iccid")).map(Iccid::new),
                List.copyOf(numbers),
                Optional.ofNullable(row.textOrNull("reason")).map(Order.Reason::of),
                Optional.ofNullable(row.textOrNull("changes")).map(ProductChange::of),
                Optional.ofNullable(row.textOrNull("previous_iccid")).map(Iccid::new),
                Optional.ofNullable(row.textOrNull("cancel_code"))
                        .map(code -> new Order.CancelReason(code, cancelDetail)),
                Optional.ofNullable(row.instantOrNull("requested_at")),
                row.bool("scheduled"),
                List.copyOf(milestones),
                row.text("correlation_id"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
