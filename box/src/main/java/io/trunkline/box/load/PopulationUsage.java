package io.trunkline.box.load;

import io.trunkline.box.load.Population.Kind;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import io.trunkline.usage.Usage;
import io.trunkline.usage.UsageItem;
import io.trunkline.usage.UsageItem.Charge;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Event;
import io.trunkline.usage.UsageItem.Holder;
import io.trunkline.usage.UsageItem.Technology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes usage of the population, month by month, two months at a time. Items come in the order of their time, all
 * organizations mixed, as a feed brings them.
 */
final class PopulationUsage {
    private static final int AT_ONCE = 20_000;
    private static final int MONTHS_AT_ONCE = 2;
    private static final Duration PROCESSING = Duration.ofMinutes(7);
    private static final List<String> ABROAD = List.of("FR", "IT", "US", "PT");

    private final Population population;
    private final List<OrganizationId> organizations;
    private final PopulationTables tables;
    private final Usage usage;
    private final AtomicLong written = new AtomicLong();

    PopulationUsage(Population population, List<OrganizationId> organizations, PopulationTables tables, Usage usage) {
        this.population = population;
        this.organizations = organizations;
        this.tables = tables;
        this.usage = usage;
    }

    /** How many items each month has: as many as its days, the last one up to now. */
    static Map<YearMonth, Integer> months(Instant now, int items) {
        YearMonth last = YearMonth.from(now.atOffset(ZoneOffset.UTC));
        YearMonth first = last.minusMonths(Population.MONTHS - 1L);
        double all = Duration.between(start(first), now).toMillis();
        var months = new LinkedHashMap<YearMonth, Integer>();
        int before = 0;
        for (YearMonth month = first; !month.isAfter(last); month = month.plusMonths(1)) {
            double until = Duration.between(start(first), end(month, now)).toMillis() / all * items;
            months.put(month, (int) Math.round(until) - before);
            before = (int) Math.round(until);
        }
        return months;
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Instant end(YearMonth month, Instant now) {
        Instant end = start(month.plusMonths(1));
        return end.isAfter(now) ? now : end;
    }

    /** Fills the months that have no items yet. */
    void fill(int items, Progress progress) throws InterruptedException {
        try (ExecutorService writers = Executors.newFixedThreadPool(MONTHS_AT_ONCE)) {
            var months = new ArrayList<Future<?>>();
            months(population.now(), items)
                    .forEach((month, count) -> months.add(writers.submit(() -> {
                        if (count > 0 && !usage.has(month)) {
                            usage.fill(month, batches -> month(month, count, items, batches, progress));
                            progress.step("usage of " + month + " with its indexes");
                        } else {
                            written.addAndGet(count);
                        }
                    })));
            for (Future<?> month : months) {
                month.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("usage could not be written: " + e.getCause(), e.getCause());
        }
    }

    private void month(YearMonth month, int count, int all, Usage.Batches batches, Progress progress) {
        Instant start = start(month);
        double millis = Duration.between(start, end(month, population.now())).toMillis() - 1;
        var random = new SplittableRandom(month.hashCode());
        var items = new ArrayList<UsageItem>(AT_ONCE);
        for (int i = 0; i < count; i++) {
            items.add(item(start.plusMillis((long) (millis * (i + random.nextDouble()) / count)), random));
            if (items.size() == AT_ONCE || i == count - 1) {
                batches.add(items, item -> processedAt(item.event().endedAt()));
                progress.part("usage items", written.addAndGet(items.size()), all);
                items.clear();
            }
        }
    }

    private Instant processedAt(Instant ended) {
        Instant processed = ended.plus(PROCESSING);
        return processed.isAfter(population.now()) ? population.now() : processed;
    }

    private UsageItem item(Instant at, SplittableRandom random) {
        int line = lineInUse(at, random);
        int organization = population.organizationOf(line);
        boolean speaks = population.hasNumber(line);
        int draw = random.nextInt(100);
        UsageItem.Type type =
                !speaks || draw < 55 ? UsageItem.Type.DATA : draw < 82 ? UsageItem.Type.VOICE : UsageItem.Type.SMS;
        Event event = event(type, line, at, random);
        int cost = random.nextInt(100);
        CostType costType = cost < 78 ? CostType.IN_BUNDLE : cost < 90 ? CostType.FREE : CostType.OUT_OF_BUNDLE;
        var charge = new Charge(
                costType,
                event.quantity(),
                costType == CostType.OUT_OF_BUNDLE ? 1_000 + random.nextInt(90_000_000) : 0,
                "EUR");
        var holder = new Holder(
                organizations.get(organization),
                new SubscriptionId(population.id(Kind.LINE, line)),
                new SubscriberId(population.id(Kind.PERSON, population.personOf(line, organization))),
                new AccountId(tables.accountId(population.accountOf(line, organization))),
                new ProductId(population.id(Kind.PLAN, line)));
        byte[] tail = ByteBuffer.allocate(UsageItemId.TAIL_BYTES)
                .putLong(random.nextLong())
                .putShort((short) line)
                .array();
        return new UsageItem(UsageItemId.of(at, tail), holder, event, charge);
    }

    /** Some lines use much more than others. Where one is not in use, another is drawn. */
    private int lineInUse(Instant at, SplittableRandom random) {
        int line = 0;
        for (int tries = 0; tries < 20; tries++) {
            double draw = random.nextDouble();
            line = (int) ((random.nextInt(4) == 0 ? draw * draw : draw) * population.lines());
            // Without this the much used ones were all of the largest organization.
            line = (int) (line * 7_919L % population.lines());
            if (population.isInUse(line, at)) {
                return line;
            }
        }
        return line;
    }

    private Event event(UsageItem.Type type, int line, Instant at, SplittableRandom random) {
        boolean abroad = random.nextInt(20) == 0;
        boolean short4 = type == UsageItem.Type.SMS && random.nextInt(10) == 0;
        Long own = population.hasNumber(line) ? population.numberOf(line) : null;
        Long other = type == UsageItem.Type.DATA || short4 ? null : otherParty(line, random);
        long quantity = switch (type) {
            case DATA -> 1_024L * (1 + random.nextInt(200_000));
            case VOICE -> 1 + random.nextInt(1_800);
            case SMS -> 1;
        };
        Technology technology = switch (type) {
            case DATA -> random.nextInt(3) == 0 ? Technology.G5 : Technology.G4;
            case VOICE -> random.nextInt(4) == 0 ? Technology.CS : Technology.VOLTE;
            case SMS -> Technology.SMS;
        };
        return new Event(
                type,
                type == UsageItem.Type.DATA || random.nextBoolean() ? Direction.OUTBOUND : Direction.INBOUND,
                technology,
                own,
                other,
                short4 ? "80" + (100 + random.nextInt(900)) : null,
                abroad ? ABROAD.get(random.nextInt(ABROAD.size())) : population.countryOf(line),
                abroad,
                false,
                at,
                type == UsageItem.Type.SMS
                        ? at
                        : at.plusSeconds(type == UsageItem.Type.VOICE ? quantity : 60 + random.nextInt(3_600)),
                quantity);
    }

    private Long otherParty(int line, SplittableRandom random) {
        if (random.nextInt(3) > 0) {
            return 44_207_000_0000L + random.nextInt(2_000_000);
        }
        int organization = population.organizationOf(line);
        int start = population.start(organization);
        return population.numberOf(start + random.nextInt(population.end(organization) - start));
    }
}
