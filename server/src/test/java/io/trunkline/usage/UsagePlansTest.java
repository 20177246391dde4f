package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.CopyRows;
import io.trunkline.database.Database;
import io.trunkline.database.Result;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Id;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How PostgreSQL goes about every filter, alone and with dates, from the start and from far within, in the largest
 * organization, as the request role: along an index, and over no more rows than a page may examine. Both with plans
 * made for the values at hand and with the general plans that a server keeps after a while.
 */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsagePlansTest {
    private static final int LARGEST = 160_000;
    private static final int OTHERS = 4;
    private static final int OF_OTHERS = 10_000;
    private static final int EXAMINED = 5_000;
    private static final int BATCH = 10_000;
    private static final int LIMIT = 100;
    private static final Duration MONTHS_13 = Duration.ofDays(395);

    private RunningServer server;
    private Database database;
    private World world;
    private SomeUsage largest;
    private Instant now;

    @BeforeAll
    void prepare() {
        server = RunningServer.start(Map.of("trunkline.chores.poll", "1h"));
        database = server.bean(Database.class);
        now = Instant.now().truncatedTo(ChronoUnit.DAYS);
        world = server.world("plans");
        largest = fill(world, 1, 1_500, LARGEST);
        for (int i = 0; i < OTHERS; i++) {
            fill(server.world("plans-" + i), 10 + i, 50, OF_OTHERS);
        }
        database.owner().update("ANALYZE");
        // Numbers are given by now, or soon: nothing here reads in the order of processing before.
        while (!database.owner()
                .list("SELECT 1 AS one FROM usage_batches WHERE number IS NULL", _ -> true)
                .isEmpty()) {
            server.bean(UsageSequencer.class).number();
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private SomeUsage fill(World filled, long seed, int lines, int items) {
        var usage = new SomeUsage(server, filled, seed, lines, now.minus(MONTHS_13), now);
        for (int added = 0; added < items; added += BATCH) {
            usage.add(Math.min(BATCH, items));
        }
        return usage;
    }

    /** Runs statements as the request role and explains each of them on the way. */
    private static final class Explained implements Sql {
        private static final JsonMapper JSON = new JsonMapper();
        private final Database database;
        private final World world;
        private final boolean generic;
        private final List<JsonNode> plans = new ArrayList<>();
        private final List<String> statements = new ArrayList<>();

        Explained(Database database, World world, boolean generic) {
            this.database = database;
            this.world = world;
            this.generic = generic;
        }

        @Override
        public <T> T scan(String sql, Result.Reader<T> reader, @Nullable Object... parameters) {
            String explain = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ";
            statements.add(sql);
            String plan = database.inTransaction(world.organization(), transaction -> {
                if (!generic) {
                    return transaction
                            .list(explain + sql, row -> row.text("QUERY PLAN"), parameters)
                            .getFirst();
                }
                transaction.list("SELECT set_config('plan_cache_mode', 'force_generic_plan', true) AS set", _ -> true);
                transaction.update("PREPARE explained (" + types(parameters) + ") AS " + numbered(sql));
                String text = transaction
                        .list(
                                explain + "EXECUTE explained (" + literals(parameters) + ")",
                                row -> row.text("QUERY PLAN"))
                        .getFirst();
                transaction.update("DEALLOCATE explained");
                return text;
            });
            plans.add(JSON.readTree(plan).path(0).path("Plan"));
            return database.of(world.organization()).scan(sql, reader, parameters);
        }

        private static String numbered(String sql) {
            var text = new StringBuilder();
            int number = 0;
            for (int i = 0; i < sql.length(); i++) {
                char c = sql.charAt(i);
                text.append(c == '?' ? "$" + ++number : String.valueOf(c));
            }
            return text.toString();
        }

        private static String types(@Nullable Object[] parameters) {
            return Arrays.stream(parameters)
                    .map(value -> switch (value) {
                        case Id _, UUID _ -> "uuid";
                        case Instant _ -> "timestamptz";
                        case Long _ -> "bigint";
                        case Integer _ -> "integer";
                        case UUID[] _ -> "uuid[]";
                        case Instant[] _ -> "timestamptz[]";
                        case Long[] _ -> "bigint[]";
                        case String[] _ -> "text[]";
                        case null, default -> "text";
                    })
                    .collect(Collectors.joining(", "));
        }

        private static String literals(@Nullable Object[] parameters) {
            return Arrays.stream(parameters)
                    .map(value -> switch (value) {
                        case Id id -> "'" + id.value() + "'";
                        case Object[] array ->
                            Arrays.stream(array).map(String::valueOf).collect(Collectors.joining(",", "'{", "}'"));
                        case null, default -> "'" + value + "'";
                    })
                    .collect(Collectors.joining(", "));
        }

        @Override
        public int update(String sql, @Nullable Object... parameters) {
            throw new UnsupportedOperationException("a read changes nothing");
        }

        @Override
        public void updateAll(String sql, List<@Nullable Object[]> rows) {
            throw new UnsupportedOperationException("a read changes nothing");
        }

        @Override
        public void copy(String table, CopyRows rows) {
            throw new UnsupportedOperationException("a read changes nothing");
        }
    }

    /** What a plan does with usage_items. */
    private static final class Scans {
        final List<String> kinds = new ArrayList<>();
        long examined;

        static Scans of(List<JsonNode> plans) {
            var scans = new Scans();
            plans.forEach(scans::add);
            return scans;
        }

        private void add(JsonNode node) {
            if (node.path("Relation Name").stringValue("").startsWith("usage_items")) {
                long rows = Math.round(node.path("Actual Loops").longValue()
                        * (node.path("Actual Rows").doubleValue()
                                + node.path("Rows Removed by Filter").doubleValue(0)
                                + node.path("Rows Removed by Index Recheck").doubleValue(0)));
                examined += rows;
                String index = node.path("Index Name").stringValue("none");
                // A month ahead has no rows yet: it may be looked at in any way.
                if (!ahead(node.path("Relation Name").stringValue()) || rows > 0) {
                    kinds.add(node.path("Node Type").stringValue() + " of "
                            + index.replaceAll("usage_items_\\d{4}_\\d\\d_", ""));
                }
            }
            node.path("Plans").forEach(this::add);
        }

        private static boolean ahead(String month) {
            return month.compareTo("usage_items_"
                            + Instant.now().toString().substring(0, 7).replace('-', '_'))
                    > 0;
        }

        @Override
        public String toString() {
            return kinds.stream().collect(Collectors.groupingBy(kind -> kind, Collectors.counting())) + ", " + examined
                    + " rows examined";
        }
    }

    private record Case(String name, UsageFilter filter, String index) {}

    /** The values of a filter, to be given some of. */
    private static final class Given {
        Optional<Instant> from = Optional.empty();
        Optional<Instant> before = Optional.empty();
        Optional<AccountId> account = Optional.empty();
        Optional<SubscriptionId> subscription = Optional.empty();
        Optional<SubscriberId> subscriber = Optional.empty();
        Optional<UsageFilter.Msisdn> msisdn = Optional.empty();
        List<UsageItem.Type> types = List.of();
        Optional<Direction> direction = Optional.empty();
        List<CostType> costTypes = List.of();

        UsageFilter filter() {
            return new UsageFilter(
                    from,
                    before,
                    account,
                    subscription,
                    subscriber,
                    msisdn,
                    types,
                    direction,
                    costTypes,
                    Optional.empty());
        }
    }

    private List<Case> cases(Optional<Instant> from, Optional<Instant> before) {
        SomeUsage.Line line = largest.lines.get(11);
        var cases = new ArrayList<Case>();
        BiConsumer<Consumer<Given>, List<String>> add = (values, names) -> {
            var given = new Given();
            given.from = from;
            given.before = before;
            values.accept(given);
            cases.add(new Case(names.getFirst(), given.filter(), names.getLast()));
        };
        add.accept(_ -> {}, List.of("none", "pkey"));
        add.accept(given -> given.types = List.of(UsageItem.Type.SMS), List.of("type", "pkey"));
        add.accept(given -> given.costTypes = List.of(CostType.FREE), List.of("cost-type", "pkey"));
        add.accept(given -> given.direction = Optional.of(Direction.INBOUND), List.of("direction", "pkey"));
        add.accept(given -> given.account = Optional.of(world.account()), List.of("account-id of many lines", "pkey"));
        add.accept(
                given -> given.account = Optional.of(world.secondAccount()),
                List.of("account-id of some lines", "subscription_id"));
        add.accept(
                given -> given.subscription = Optional.of(line.holder().subscription()),
                List.of("subscription-id", "subscription_id"));
        add.accept(
                given -> given.subscriber = Optional.of(line.holder().subscriber()),
                List.of("subscriber-id", "subscription_id"));
        add.accept(
                given -> given.msisdn = Optional.of(new UsageFilter.Msisdn(String.valueOf(line.number()))),
                List.of("msisdn of a line", "subscription_id|other_msisdn"));
        add.accept(
                given -> given.msisdn = Optional.of(new UsageFilter.Msisdn("493012345607")),
                List.of("msisdn outside", "other_msisdn"));
        add.accept(
                given -> given.msisdn = Optional.of(new UsageFilter.Msisdn("33123456789")),
                List.of("msisdn of nobody", "other_msisdn"));
        add.accept(
                given -> {
                    given.account = Optional.of(world.secondAccount());
                    given.types = List.of(UsageItem.Type.DATA);
                },
                List.of("account-id and type", "subscription_id"));
        add.accept(
                given -> {
                    given.subscription = Optional.of(line.holder().subscription());
                    given.direction = Optional.of(Direction.OUTBOUND);
                    given.costTypes = List.of(CostType.OUT_OF_BUNDLE);
                },
                List.of("subscription-id, direction and cost-type", "subscription_id"));
        add.accept(
                given -> {
                    given.msisdn = Optional.of(new UsageFilter.Msisdn(String.valueOf(line.number())));
                    given.account = Optional.of(world.account());
                    given.types = List.of(UsageItem.Type.VOICE);
                },
                List.of("msisdn, account-id and type", "subscription_id|other_msisdn"));
        return cases;
    }

    private void check(SoftAssertions soft, String what, Case given, Slice slice, boolean generic) {
        var sql = new Explained(database, world, generic);
        var count = new int[1];
        UsageStore.list(sql, world.organization(), given.filter(), slice, EXAMINED, _ -> count[0]++);
        Scans scans = Scans.of(sql.plans);
        String told =
                given.name() + ", " + what + (generic ? ", general plan" : "") + ": " + count[0] + " rows, " + scans;
        soft.assertThat(scans.kinds).as(told).isNotEmpty().allMatch(kind -> kind.matches("Index (Only )?Scan of .*"));
        soft.assertThat(scans.kinds).as(told).allMatch(kind -> kind.matches(".*(" + given.index() + ").*"));
        soft.assertThat(scans.examined).as(told).isLessThanOrEqualTo(EXAMINED + LIMIT);
    }

    @Test
    void every_filter_goes_along_an_index_over_a_bounded_number_of_rows() {
        Optional<Instant> monthAgo = Optional.of(now.minus(Duration.ofDays(40)));
        Optional<Instant> weekAgo = Optional.of(now.minus(Duration.ofDays(7)));
        UsageItem middle = largest.all.get(new Random(3).nextInt(largest.all.size()));
        var far = new Slice.Key(
                ChronoUnit.MICROS.between(Instant.EPOCH, middle.event().startedAt()),
                middle.id().value());
        var soft = new SoftAssertions();
        for (boolean generic : new boolean[] {false, true}) {
            var start = new Slice(LIMIT, Optional.empty());
            var forward = new Slice(LIMIT, Optional.of(new Slice.From(false, false, far)));
            var backward = new Slice(LIMIT, Optional.of(new Slice.From(true, true, far)));
            cases(Optional.empty(), Optional.empty()).forEach(given -> {
                check(soft, "from the start", given, start, generic);
                check(soft, "from within", given, forward, generic);
                check(soft, "backwards", given, backward, generic);
            });
            cases(monthAgo, weekAgo).forEach(given -> check(soft, "within dates", given, start, generic));
            cases(monthAgo, Optional.empty()).forEach(given -> check(soft, "from a date", given, start, generic));
        }
        soft.assertAll();
    }

    @Test
    void one_item_and_the_order_of_processing_go_along_keys() {
        UsageItem some = largest.all.get(77_777);
        for (boolean generic : new boolean[] {false, true}) {
            var sql = new Explained(database, world, generic);
            assertThat(UsageStore.find(sql, world.organization(), some.id(), _ -> {}))
                    .isTrue();
            var rows = new int[1];
            Slice.Key middle = new Slice.Key(8, some.id().value());
            UsageStore.processed(
                    sql, world.organization(), new Given().filter(), middle, LIMIT, LIMIT + 1, _ -> rows[0]++);
            assertThat(rows[0]).isEqualTo(LIMIT);
            Scans scans = Scans.of(sql.plans);
            assertThat(scans.kinds)
                    .as(scans.toString())
                    .isNotEmpty()
                    .allMatch(kind -> kind.equals("Index Scan of pkey"));
            assertThat(scans.examined).as(scans.toString()).isLessThanOrEqualTo(LIMIT + 2);
        }
    }
}
