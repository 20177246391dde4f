package io.trunkline.stories;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.BatchId;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Id;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.usage.Usage;
import io.trunkline.usage.UsageItem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fills a world with rows of every kind, at random times of the last year, as the owner of the database. */
final class Population {
    private static final AtomicLong PROFILES = new AtomicLong(894_488_000_000_000_000L);
    private static final AtomicLong NUMBERS = new AtomicLong(447_900_000_000L);
    private static final List<String> FIRST =
            List.of("Ada", "Ädda", "Bo", "Søren", "Anna Maria", "Ngọc", "ÉLODIE", "adam");
    private static final List<String> LAST = List.of("Lovelace", "O'Neill", "Ångström", "Bo", "de la Cruz", "Li", "%_");
    private static final List<String> STATUSES =
            List.of("active", "active", "active", "suspended", "terminated", "pending");

    private final World world;
    private final Sql sql;
    private final Random random;
    private final List<AccountId> accounts = new ArrayList<>();
    private final List<SubscriberId> people = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<OfferingId> offerings = new ArrayList<>();
    private final List<OrderId> orders = new ArrayList<>();
    private final List<UsageItem.Holder> holders = new ArrayList<>();
    private final PopulationMessages messages;

    Population(World world, long seed) {
        this.world = world;
        this.sql = world.server().bean(Database.class).owner();
        this.random = new Random(seed);
        this.messages = new PopulationMessages(this, world, sql);
        accounts.addAll(List.of(world.account(), world.secondAccount()));
    }

    /** A line with its account and its person. */
    record Line(SubscriptionId id, AccountId account, SubscriberId person) {}

    /** So many of each kind more. */
    Population grow(int count) {
        for (int i = 0; i < count; i++) {
            account();
            offering();
            template();
            person();
            line();
        }
        use(Stream.generate(this::item).limit(count).toList());
        for (int i = 0; i < count; i++) {
            text();
            inboundText();
            Texting.optOut(world, "447900000000");
        }
        messages.sent(any(lines), Instant.now(), count);
        for (int i = 0; i < count; i++) {
            batch(sometime(), 1);
        }
        batch(Instant.now(), count);
        for (int i = 0; i < count; i++) {
            export();
        }
        messages.export(Instant.now(), true);
        return this;
    }

    /** One more batch of orders, which are there. */
    void batch() {
        batch(sometime(), 1);
    }

    private void batch(Instant at, int rows) {
        BatchId id = BatchId.create(at);
        insert(
                "order_batches",
                "id",
                id,
                "total",
                rows,
                "refused",
                0,
                "client_id",
                world.clientId(),
                "correlation_id",
                "test",
                "created_at",
                at);
        for (int i = 0; i < rows; i++) {
            insert(
                    "order_batch_rows",
                    "batch_id",
                    id,
                    "id",
                    Id.newValue(at.plusMillis(i)),
                    "place",
                    i,
                    "order_id",
                    any(orders));
        }
    }

    /** One more export of usage, which has expired. */
    void export() {
        messages.export(sometime(), false);
    }

    /** One more text message of some line. */
    void text() {
        messages.sent(any(lines), sometime(), 1);
    }

    /** One more text that came in. */
    void inboundText() {
        messages.inbound(any(lines), sometime());
    }

    /** One more usage item of some line. */
    void usage() {
        use(List.of(item()));
    }

    private void use(List<UsageItem> items) {
        Usage usage = world.server().bean(Usage.class);
        Instant now = Instant.now();
        usage.cover(now.minus(Duration.ofDays(365)), now);
        world.server().bean(Database.class).inOwnerTransaction(transaction -> usage.add(transaction, items));
    }

    private UsageItem item() {
        Instant at = sometime().truncatedTo(ChronoUnit.MILLIS);
        byte[] tail = new byte[UsageItemId.TAIL_BYTES];
        random.nextBytes(tail);
        long seconds = random.nextInt(600);
        return new UsageItem(
                UsageItemId.of(at, tail),
                any(holders),
                new UsageItem.Event(
                        UsageItem.Type.VOICE,
                        UsageItem.Direction.OUTBOUND,
                        UsageItem.Technology.VOLTE,
                        447_900_000_000L,
                        493_012_345_678L,
                        null,
                        "GB",
                        false,
                        random.nextBoolean(),
                        at,
                        at.plusSeconds(seconds),
                        seconds),
                new UsageItem.Charge(UsageItem.CostType.IN_BUNDLE, seconds, 0, "GBP"));
    }

    private <T> T any(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    private Instant sometime() {
        return Instant.now().minus(Duration.ofSeconds(random.nextInt(365 * 24 * 3600)));
    }

    private @Nullable String perhaps(String value) {
        return random.nextInt(4) == 0 ? null : value;
    }

    /** Inserts a row of the organization: column, value, column, value; a JSON column's name ends in a colon. */
    void insert(String table, @Nullable Object... pairs) {
        var columns = new ArrayList<String>(List.of("organization_id"));
        var marks = new ArrayList<String>(List.of("?"));
        var values = new ArrayList<@Nullable Object>(List.of(world.organization()));
        for (int i = 0; i < pairs.length; i += 2) {
            String column = String.valueOf(pairs[i]);
            columns.add(column.replace(":", ""));
            marks.add(column.endsWith(":") ? "?::jsonb" : "?");
            values.add(pairs[i + 1]);
        }
        sql.update(
                "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES (" + String.join(", ", marks)
                        + ")",
                values.toArray());
    }

    AccountId account() {
        Instant at = sometime();
        AccountId id = AccountId.create(at);
        boolean closed = random.nextInt(4) == 0;
        insert(
                "accounts",
                "id",
                id,
                "reference_code",
                id.text().substring(4, 12),
                "name",
                "Branch",
                "country",
                "DE",
                "status",
                closed ? "closed" : "active",
                "created_at",
                at,
                "updated_at",
                at);
        if (!closed) {
            accounts.add(id);
        }
        return id;
    }

    OfferingId offering() {
        OfferingId id = OfferingId.create(sometime());
        sql.update(
                "INSERT INTO product_offerings (id, type, name, created_at) VALUES (?, 'add_on', 'Roaming', now())",
                id);
        insert("organization_offerings", "offering_id", id, "orderable", random.nextInt(4) > 0);
        offerings.add(id);
        return id;
    }

    TemplateId template() {
        Instant at = sometime();
        TemplateId id = TemplateId.create(at);
        insert(
                "order_templates",
                "id",
                id,
                "type",
                "activate_subscription",
                "description",
                "Data only",
                "phone_numbers:",
                "[]",
                "services:",
                "[]",
                "sms_sender",
                false,
                "all_accounts",
                true,
                "created_at",
                at);
        insert("order_template_offerings", "template_id", id, "position", 0, "offering_id", any(offerings));
        return id;
    }

    SubscriberId person() {
        Instant at = sometime();
        SubscriberId id = SubscriberId.create(at);
        insert(
                "subscribers",
                "id",
                id,
                "first_name",
                any(FIRST),
                "last_name",
                any(LAST),
                "email",
                "User" + random.nextInt(50) + "@Example.com",
                "employee_id",
                perhaps("E" + random.nextInt(30)),
                "group_name",
                perhaps("Group " + random.nextInt(4)),
                "created_at",
                at,
                "updated_at",
                at);
        insert(
                "subscriber_keys",
                "subscriber_id",
                id,
                "sealed_key",
                world.server().bean(PersonKeys.class).sealedKey(id));
        people.add(id);
        return id;
    }

    /** A subscription with all that belongs to it, and its order. */
    SubscriptionId line() {
        Instant at = sometime();
        String status = any(STATUSES);
        var line = new Line(SubscriptionId.create(at), any(accounts), any(people));
        Instant end = status.equals("terminated") ? at.plus(Duration.ofHours(1)) : null;
        insert(
                "subscriptions",
                "id",
                line.id(),
                "account_id",
                line.account(),
                "subscriber_id",
                line.person(),
                "status",
                status,
                "sms_sender",
                true,
                "created_at",
                at,
                "terminated_at",
                end,
                "updated_at",
                at);
        lines.add(line);
        boolean pending = status.equals("pending");
        Iccid iccid = profile(line, at, end);
        if (!pending) {
            for (int i = 0; i <= random.nextInt(2); i++) {
                number(line, i == 0, at, end);
            }
            insert("subscription_services", "subscription_id", line.id(), "type", "voice", "enabled", true);
            insert("subscription_services", "subscription_id", line.id(), "type", "data", "enabled", false);
            product(line, at, end);
        }
        order(line, pending ? "pending" : "completed", iccid, at);
        return line.id();
    }

    private Iccid profile(Line line, Instant at, @Nullable Instant end) {
        Iccid iccid = Iccid.ofBody(Long.toString(PROFILES.getAndIncrement()));
        insert(
                "sim_profiles",
                "iccid",
                iccid.digits(),
                "subscription_id",
                line.id(),
                "imsi",
                "00101" + iccid.digits().substring(9),
                "state",
                end == null ? "installed" : "deleted",
                "state_at",
                at,
                "smdp_address",
                "smdp.example.com",
                "sealed_matching_id",
                world.server().bean(Subscriptions.class).sealedMatchingId(iccid, "MATCHING"),
                "held_from",
                at,
                "held_to",
                end);
        return iccid;
    }

    private void number(Line line, boolean primary, Instant at, @Nullable Instant end) {
        insert(
                "phone_numbers",
                "msisdn",
                Long.toString(NUMBERS.getAndIncrement()),
                "subscription_id",
                line.id(),
                "is_primary",
                primary,
                "country",
                "GB",
                "held_from",
                at,
                "held_to",
                end);
    }

    /** One more product of some line. */
    ProductId product() {
        return product(any(lines), sometime(), null);
    }

    private ProductId product(Line line, Instant at, @Nullable Instant end) {
        ProductId id = ProductId.create(at);
        insert(
                "products",
                "id",
                id,
                "subscription_id",
                line.id(),
                "account_id",
                line.account(),
                "offering_id",
                any(offerings),
                "status",
                end == null ? "active" : "terminated",
                "activated_at",
                at,
                "terminates_at",
                end);
        holders.add(new UsageItem.Holder(world.organization(), line.id(), line.person(), line.account(), id));
        return id;
    }

    /** One more order of some line. */
    OrderId order() {
        return order(any(lines), "completed", null, sometime());
    }

    private OrderId order(Line line, String status, @Nullable Iccid iccid, Instant at) {
        OrderId id = OrderId.create(at);
        orders.add(id);
        insert(
                "orders",
                "id",
                id,
                "type",
                "activate_subscription",
                "status",
                status,
                "account_id",
                line.account(),
                "subscription_id",
                line.id(),
                "subscriber_id",
                line.person(),
                "template_id",
                world.template(),
                "sim_type",
                "esim",
                "delivery_type",
                "api",
                "iccid",
                iccid == null ? null : iccid.digits(),
                "milestones:",
                "[]",
                "client_id",
                world.clientId(),
                "correlation_id",
                "test",
                "created_at",
                at,
                "updated_at",
                at);
        UUID delivery = Id.newValue(at);
        insert(
                "deliveries",
                "id",
                delivery,
                "order_id",
                id,
                "subscription_id",
                line.id(),
                "subscriber_id",
                line.person(),
                "type",
                "api",
                "state",
                "sent",
                "message_id",
                "<" + delivery + "@example.com>",
                "created_at",
                at,
                "updated_at",
                at);
        return id;
    }
}
