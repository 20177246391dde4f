package io.trunkline.rating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds always, for tariffs, products and records at random. */
final class RatingPropertiesTest {
    private static final int STORIES = 400;
    private static final int RECORDS = 60;
    private static final Instant START = Instant.parse("2026-01-31T20:00:00Z");
    private static final List<String> ZONES = List.of("home", "eu", "world");
    private static final AccountId ACCOUNT = AccountId.create(START);

    private final Map<Pot, Long> used = new HashMap<>();

    private static Tariff.Conditions conditions(Random random, Set<Tariff.Type> types) {
        return new Tariff.Conditions(
                types,
                random.nextInt(3) == 0 ? Set.of(Tariff.Direction.OUTBOUND) : Set.of(),
                random.nextInt(3) == 0 ? Set.of("home", "eu") : Set.of(),
                random.nextInt(5) == 0 ? Set.of("home") : Set.of(),
                Optional.empty());
    }

    private static Tariff.Type type(Random random) {
        return List.of(Tariff.Type.VOICE, Tariff.Type.DATA, Tariff.Type.SMS).get(random.nextInt(3));
    }

    private static Terms terms(Random random, boolean plan) {
        var allowances = new ArrayList<Tariff.Allowance>();
        for (int i = random.nextInt(4); i > 0; i--) {
            allowances.add(new Tariff.Allowance(
                    "a" + i, conditions(random, Set.of(type(random))), 1 + random.nextInt(3_000), false));
        }
        var rates = new ArrayList<Tariff.Rate>();
        for (int i = 0; plan && i < 3; i++) {
            rates.add(new Tariff.Rate(
                    i == 2 ? Tariff.Conditions.NONE : conditions(random, Set.of(type(random))),
                    1 + random.nextInt(90),
                    1 + random.nextInt(60),
                    random.nextInt(500),
                    1 + random.nextInt(1_000),
                    i == 0 && random.nextInt(3) == 0));
        }
        Cycle cycle = random.nextBoolean() ? Cycle.CALENDAR_MONTH : new Cycle.Rolling(1 + random.nextInt(40));
        return new Terms(
                Story.anyOffering(),
                plan,
                cycle,
                List.of(new Tariff(Instant.EPOCH, "EUR", plan ? 100 : 50, random.nextBoolean(), allowances, rates)));
    }

    private static Holding holding(Random random, boolean plan) {
        Instant at = START.minusSeconds(random.nextInt(40 * 86_400));
        return new Holding(ProductId.create(at), ACCOUNT, at, terms(random, plan));
    }

    private static Chargeable usage(Random random) {
        Tariff.Type type = type(random);
        boolean outbound = random.nextBoolean();
        boolean toNumber = outbound && type != Tariff.Type.DATA && random.nextInt(4) > 0;
        return new Chargeable(
                type,
                outbound ? Tariff.Direction.OUTBOUND : Tariff.Direction.INBOUND,
                START.plusSeconds(random.nextInt(9 * 3_600)),
                random.nextInt(4) == 0 ? 0 : random.nextInt(400),
                random.nextInt(6) == 0,
                Optional.of(ZONES.get(random.nextInt(3))),
                toNumber ? Optional.of(ZONES.get(random.nextInt(3))) : Optional.empty(),
                outbound && random.nextInt(30) == 0,
                random.nextInt(10) == 0);
    }

    private long remaining(Pot pot, Holding holding) {
        return Rating.size(pot, holding) - used.getOrDefault(pot, 0L);
    }

    private List<Rating.Part> rate(Chargeable usage, List<Holding> products) {
        List<Rating.Part> parts = Rating.rate(usage, products.getFirst(), products, this::remaining);
        parts.forEach(part -> part.taken().forEach(taken -> used.merge(taken.pot(), taken.quantity(), Long::sum)));
        return parts;
    }

    @Test
    void quantities_are_conserved_and_no_allowance_gives_more_than_it_has() {
        for (int seed = 0; seed < STORIES; seed++) {
            var random = new Random(seed);
            used.clear();
            List<Holding> products = List.of(holding(random, true), holding(random, false), holding(random, false));
            for (int i = 0; i < RECORDS; i++) {
                Chargeable usage = usage(random);
                List<Pot> announced = Rating.pots(usage, products.getFirst(), products);
                List<Rating.Part> parts = rate(usage, products);
                String story = "seed " + seed + ", record " + i + ": " + usage + " became " + parts;

                assertThat(parts).as(story).isNotEmpty();
                assertThat(parts.stream().mapToLong(Rating.Part::quantity).sum())
                        .as(story)
                        .isEqualTo(usage.quantity());
                assertThat(parts).as(story).allSatisfy(part -> {
                    assertThat(part.quantity()).isNotNegative();
                    assertThat(part.micros() == 0 || part.type() == Rating.CostType.OUT_OF_BUNDLE)
                            .isTrue();
                    assertThat(part.taken().stream()
                                    .mapToLong(Rating.Taken::quantity)
                                    .sum())
                            .isEqualTo(part.type() == Rating.CostType.IN_BUNDLE ? part.charged() : 0);
                    assertThat(announced)
                            .containsAll(
                                    part.taken().stream().map(Rating.Taken::pot).toList());
                });
            }
            used.forEach((pot, quantity) -> assertThat(quantity)
                    .as(pot + " of " + products)
                    .isBetween(
                            0L,
                            products.stream()
                                    .filter(product -> product.product().value().equals(pot.holder()))
                                    .mapToLong(product -> Rating.size(pot, product))
                                    .sum()));
        }
    }

    @Test
    void whatever_the_order_of_arrival_a_lone_allowance_gives_what_it_can() {
        for (int seed = 0; seed < STORIES; seed++) {
            var random = new Random(seed);
            var allowance = new Tariff.Allowance(
                    "only", conditions(random, Set.of(Tariff.Type.VOICE)), 1 + random.nextInt(5_000), false);
            var rate = new Tariff.Rate(
                    Tariff.Conditions.NONE, 1 + random.nextInt(60), 1 + random.nextInt(9), 7, 60, false);
            var plan = new Holding(
                    ProductId.create(START),
                    ACCOUNT,
                    START.minusSeconds(86_400L * 70),
                    new Terms(
                            Story.anyOffering(),
                            true,
                            Cycle.CALENDAR_MONTH,
                            List.of(new Tariff(Instant.EPOCH, "EUR", 100, true, List.of(allowance), List.of(rate)))));
            var records = new ArrayList<Chargeable>();
            for (int i = 0; i < RECORDS; i++) {
                records.add(usage(random));
            }
            Map<Pot, Long> wanted = wanted(records, plan, rate);
            for (int order = 0; order < 3; order++) {
                used.clear();
                Collections.shuffle(records, random);
                records.forEach(record -> rate(record, List.of(plan)));

                assertThat(used).as("seed " + seed + ", order " + order).containsExactlyInAnyOrderEntriesOf(wanted);
            }
        }
    }

    /** Of each period the smaller of the allowance's size and all that its records are charged. */
    private static Map<Pot, Long> wanted(List<Chargeable> records, Holding plan, Tariff.Rate rate) {
        var wanted = new HashMap<Pot, Long>();
        for (Chargeable record : records) {
            for (Pot pot : Rating.pots(record, plan, List.of(plan))) {
                wanted.merge(pot, Rating.rounded(record, rate), Long::sum);
            }
        }
        wanted.replaceAll((pot, sum) -> Math.min(sum, Rating.size(pot, plan)));
        wanted.values().removeIf(sum -> sum == 0);
        return wanted;
    }

    @Test
    void costs_are_exact_and_halves_go_up() {
        var tenth = new Tariff.Rate(Tariff.Conditions.NONE, 1, 1, 1, 10_000_000, false);
        var twentieth = new Tariff.Rate(Tariff.Conditions.NONE, 1, 1, 1, 20_000_000, false);
        var dear = new Tariff.Rate(Tariff.Conditions.NONE, 1, 1, 1_000_000_000_000L, 1, false);

        assertThat(Rating.micros(4, tenth)).contains(0L);
        assertThat(Rating.micros(5, tenth)).contains(1L);
        assertThat(Rating.micros(29, twentieth)).contains(1L);
        assertThat(Rating.micros(30, twentieth)).contains(2L);
        assertThat(Rating.micros(Long.MAX_VALUE, dear))
                .as("more than can be counted")
                .isEmpty();
    }
}
