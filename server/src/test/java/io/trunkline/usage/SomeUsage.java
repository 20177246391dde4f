package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Id;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An organization's lines and random items of theirs, in the database and in memory. */
final class SomeUsage {
    static final Comparator<UsageItem> NEWEST_FIRST = Comparator.comparing(
                    (UsageItem item) -> item.event().startedAt())
            .thenComparing(item -> item.id().text())
            .reversed();
    /** Numbers outside of the organization; some hold lines elsewhere. */
    private static final long OUTSIDE = 493_012_345_600L;

    private static final AtomicLong NUMBERS = new AtomicLong(447_100_000_000L);

    final List<UsageItem> all = new ArrayList<>();
    final List<Line> lines = new ArrayList<>();
    private final Database database;
    private final Usage usage;
    private final Random random;
    private final Instant from;
    private final Instant to;

    /** A line; its number is null where it has none. */
    record Line(UsageItem.Holder holder, @Nullable Long number) {}

    /** With so many lines, in two accounts, that used something within this time. */
    SomeUsage(RunningServer server, World world, long seed, int lines, Instant from, Instant to) {
        this.database = server.bean(Database.class);
        this.usage = server.bean(Usage.class);
        this.random = new Random(seed);
        this.from = from;
        this.to = to;
        OfferingId offering = new OfferingId(world.sql()
                .list(
                        "SELECT offering_id FROM organization_offerings WHERE organization_id = ?",
                        row -> row.uuid("offering_id"),
                        world.organization())
                .getFirst());
        database.inOwnerTransaction(sql -> {
            SubscriberId person = person(sql, world.organization());
            for (int i = 0; i < lines; i++) {
                // Some people have several lines, and one account has few of them.
                person = i % 3 == 0 ? person(sql, world.organization()) : person;
                line(sql, world, i % 10 == 9 ? world.secondAccount() : world.account(), person, offering, i % 8 == 7);
            }
            return true;
        });
    }

    private SubscriberId person(Sql sql, OrganizationId organization) {
        SubscriberId id = SubscriberId.create(from);
        sql.update("""
                INSERT INTO subscribers (organization_id, id, first_name, last_name, email, created_at, updated_at)
                VALUES (?, ?, 'Ada', 'King', 'ada@example.com', ?, ?)""", organization, id, from, from);
        return id;
    }

    private void line(
            Sql sql, World world, AccountId account, SubscriberId person, OfferingId offering, boolean numberless) {
        OrganizationId organization = world.organization();
        SubscriptionId id = SubscriptionId.create(from);
        ProductId product = ProductId.create(from);
        sql.update("""
                INSERT INTO subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender,
                    created_at, updated_at)
                VALUES (?, ?, ?, ?, 'active', true, ?, ?)""", organization, id, account, person, from, from);
        sql.update("""
                INSERT INTO products (organization_id, id, subscription_id, account_id, offering_id, status,
                    activated_at)
                VALUES (?, ?, ?, ?, ?, 'active', ?)""", organization, product, id, account, offering, from);
        Long number = numberless ? null : NUMBERS.getAndIncrement();
        if (number != null) {
            sql.update("""
                    INSERT INTO phone_numbers (organization_id, msisdn, subscription_id, is_primary, country, held_from)
                    VALUES (?, ?, ?, true, 'GB', ?)""", organization, number.toString(), id, from);
        }
        lines.add(new Line(new UsageItem.Holder(organization, id, person, account, product), number));
    }

    /** A random item of a random line, not yet in the database. */
    UsageItem item() {
        Line line = lines.get(random.nextInt(lines.size()));
        long span = Duration.between(from, to).toSeconds();
        // To the second, so that some items start together.
        Instant at = from.plusSeconds(random.nextLong(span)).truncatedTo(ChronoUnit.SECONDS);
        return item(line, at);
    }

    UsageItem item(Line line, Instant at) {
        UsageItem.Type type = any(random, UsageItem.Type.values());
        boolean isData = type == UsageItem.Type.DATA;
        int kind = random.nextInt(10);
        Long other = isData || kind < 2 ? null : Long.valueOf(OUTSIDE + random.nextInt(20));
        if (kind > 5 && !isData) {
            // Another line of the organization.
            other = any(random, lines.toArray(Line[]::new)).number();
        }
        String address = !isData && kind == 0 ? "Bank" : !isData && kind == 1 ? "60800" : null;
        long quantity = type == UsageItem.Type.SMS ? 1 : random.nextLong(isData ? 5_000_000_000L : 4_000);
        CostType costType = any(random, CostType.values());
        byte[] tail = new byte[UsageItemId.TAIL_BYTES];
        random.nextBytes(tail);
        return new UsageItem(
                UsageItemId.of(at, tail),
                line.holder(),
                new UsageItem.Event(
                        type,
                        any(random, Direction.values()),
                        random.nextInt(9) == 0 ? null : any(random, Technology.values()),
                        line.number(),
                        other,
                        address,
                        random.nextInt(12) == 0 ? null : random.nextBoolean() ? "GB" : "FR",
                        random.nextBoolean(),
                        random.nextBoolean(),
                        at,
                        at.plusSeconds(type == UsageItem.Type.SMS ? 0 : random.nextInt(4_000)),
                        quantity),
                new UsageItem.Charge(
                        costType,
                        quantity + 60,
                        costType == CostType.OUT_OF_BUNDLE ? random.nextLong(90_000_000L) : 0,
                        "EUR"));
    }

    static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** A call of a line to a number outside that has not been charged. */
    UsageItem call(Line line, Instant at, long other) {
        byte[] tail = new byte[UsageItemId.TAIL_BYTES];
        random.nextBytes(tail);
        return new UsageItem(
                UsageItemId.of(at, tail),
                line.holder(),
                new UsageItem.Event(
                        UsageItem.Type.VOICE,
                        Direction.OUTBOUND,
                        Technology.VOLTE,
                        line.number(),
                        other,
                        null,
                        "GB",
                        false,
                        true,
                        at,
                        at.plusSeconds(45),
                        45),
                new UsageItem.Charge(CostType.OUT_OF_BUNDLE, 60, 12_000_000, "EUR"));
    }

    /** Adds this many in one batch. */
    List<UsageItem> add(int count) {
        var items = new ArrayList<UsageItem>();
        for (int i = 0; i < count; i++) {
            items.add(item());
        }
        return add(items);
    }

    List<UsageItem> add(List<UsageItem> items) {
        cover(items);
        database.inOwnerTransaction(sql -> usage.add(sql, items));
        all.addAll(items);
        return items;
    }

    void cover(List<UsageItem> items) {
        usage.cover(
                items.stream()
                        .map(item -> item.event().startedAt())
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                items.stream()
                        .map(item -> item.event().startedAt())
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
    }

    /** An id of the right kind that nothing has. */
    static String nobody(String prefix) {
        return new AccountId(Id.newValue(Instant.now())).text().replace("acc_", prefix);
    }
}
