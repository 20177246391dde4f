package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every filter, alone, in pairs and in heaps, against a filter that looks at every item in memory; on a server that
 * looks at few rows a page, so that pages are short and go on.
 */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsageFiltersTest {
    private static final int LINES = 70;
    private static final long SEED = 20_261_125;

    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private RunningServer server;
    private World world;
    private Api api;
    private SomeUsage usage;
    private SomeUsage others;

    /** A query parameter and what it means. */
    private record Filter(String query, Predicate<UsageItem> holds) {}

    @BeforeAll
    void prepare() {
        server = RunningServer.start(java.util.Map.of("trunkline.usage.examined-rows", "1000"));
        world = server.world("filters");
        api = world.api();
        Instant from = today.minusDays(100).atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant to = today.atStartOfDay(ZoneOffset.UTC).toInstant();
        usage = new SomeUsage(server, world, SEED, LINES, from, to);
        usage.add(4_000);
        others = new SomeUsage(server, server.world("filters-other"), SEED + 1, 5, from, to);
        others.add(300);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Filter random(String name, Random random) {
        UsageItem some = usage.all.get(random.nextInt(usage.all.size()));
        return switch (name) {
            case "from-date" -> {
                LocalDate day = today.minusDays(random.nextInt(110));
                Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
                yield new Filter(
                        name + "=" + day, item -> !item.event().startedAt().isBefore(start));
            }
            case "to-date" -> {
                LocalDate day = today.minusDays(random.nextInt(10));
                Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
                yield new Filter(
                        name + "=" + day, item -> item.event().startedAt().isBefore(end));
            }
            case "account-id" ->
                new Filter(
                        name + "=" + some.holder().account(),
                        item -> item.holder().account().equals(some.holder().account()));
            case "subscription-id" ->
                new Filter(
                        name + "=" + some.holder().subscription(),
                        item -> item.holder()
                                .subscription()
                                .equals(some.holder().subscription()));
            case "subscriber-id" ->
                new Filter(
                        name + "=" + some.holder().subscriber(),
                        item -> item.holder().subscriber().equals(some.holder().subscriber()));
            case "msisdn" -> {
                Long own = some.event().ownNumber();
                Long other = some.event().otherNumber();
                Long number =
                        random.nextBoolean() && own != null ? own : other != null ? other : Long.valueOf(4_999_999);
                yield new Filter(
                        name + "=" + number,
                        item -> number.equals(item.event().ownNumber())
                                || number.equals(item.event().otherNumber()));
            }
            case "type" -> {
                Set<UsageItem.Type> types = new HashSet<>(List.of(
                        SomeUsage.any(random, UsageItem.Type.values()),
                        some.event().type()));
                yield new Filter(
                        types.stream().map(type -> "type=" + type.text()).collect(Collectors.joining("&")),
                        item -> types.contains(item.event().type()));
            }
            case "direction" -> {
                Direction direction = some.event().direction();
                yield new Filter(
                        name + "=" + direction.text(), item -> item.event().direction() == direction);
            }
            case "cost-type" -> {
                Set<CostType> types = new HashSet<>(List.of(
                        SomeUsage.any(random, CostType.values()), some.charge().type()));
                yield new Filter(
                        name + "=" + types.stream().map(CostType::text).collect(Collectors.joining(",")),
                        item -> types.contains(item.charge().type()));
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static final List<String> NAMES = List.of(
            "from-date",
            "to-date",
            "account-id",
            "subscription-id",
            "subscriber-id",
            "msisdn",
            "type",
            "direction",
            "cost-type");

    private List<String> expected(List<Filter> filters) {
        return usage.all.stream()
                .filter(item ->
                        filters.stream().allMatch(filter -> filter.holds().test(item)))
                .sorted(SomeUsage.NEWEST_FIRST)
                .map(item -> item.id().text())
                .toList();
    }

    private static String query(List<Filter> filters, int limit) {
        return "/enterprise/usage/items?limit=" + limit
                + filters.stream().map(filter -> "&" + filter.query()).collect(Collectors.joining());
    }

    private static List<String> ids(Api.Answer page) {
        assertThat(page.status()).as(page.text()).isEqualTo(200);
        return page.json()
                .path("_embedded")
                .path("items")
                .valueStream()
                .map(item -> item.path("id").stringValue())
                .toList();
    }

    private List<String> walk(String first) {
        var ids = new ArrayList<String>();
        for (String link = first; !link.isEmpty(); ) {
            Api.Answer page = api.get(link);
            ids.addAll(ids(page));
            link = page.link("next");
        }
        return ids;
    }

    @Test
    void alone_each_gives_what_looking_at_every_item_gives() {
        for (String name : NAMES) {
            for (int round = 0; round < 3; round++) {
                List<Filter> filters = List.of(random(name, new Random(round * 31L + name.hashCode())));
                String query = query(filters, 100);
                assertThat(walk(query)).as(query).isEqualTo(expected(filters));
            }
        }
    }

    @Test
    void in_pairs_they_give_what_looking_at_every_item_gives() {
        for (String one : NAMES) {
            for (String other : NAMES) {
                if (one.compareTo(other) < 0) {
                    var random = new Random(Objects.hash(one, other));
                    List<Filter> filters = List.of(random(one, random), random(other, random));
                    String query = query(filters, 100);
                    assertThat(walk(query)).as(query).isEqualTo(expected(filters));
                }
            }
        }
    }

    @Test
    void without_any_the_list_is_everything_of_the_organization_newest_first() {
        assertThat(walk("/enterprise/usage/items?limit=97")).isEqualTo(expected(List.of()));
    }

    @Test
    void walking_there_and_back_while_items_come_gives_every_item_once() {
        for (int round = 0; round < 12; round++) {
            var random = new Random(SEED + round);
            var filters = new ArrayList<Filter>();
            for (String name : NAMES) {
                if (random.nextInt(5) == 0) {
                    filters.add(random(name, random));
                }
            }
            List<String> expected = expected(filters);
            String first = query(filters, 20 + random.nextInt(81));
            var there = new ArrayList<String>();
            var back = new ArrayList<String>();
            String last = first;
            for (String link = first; !link.isEmpty(); ) {
                Api.Answer page = api.get(link);
                there.addAll(ids(page));
                last = link;
                link = page.link("next");
                if (random.nextInt(3) == 0) {
                    usage.add(2);
                }
            }
            for (String link = last; !link.isEmpty(); ) {
                Api.Answer page = api.get(link);
                back.addAll(ids(page).reversed());
                link = page.link("prev");
                if (random.nextInt(3) == 0) {
                    usage.add(2);
                }
            }
            List<String> now = expected(filters);
            assertThat(there)
                    .as(first)
                    .doesNotHaveDuplicates()
                    .containsAll(expected)
                    .isSubsetOf(now);
            assertThat(back.reversed())
                    .as("back from " + last)
                    .doesNotHaveDuplicates()
                    .isSubsetOf(now);
            assertThat(back).as("back from " + last).containsAll(expected);
            assertThat(there.stream().filter(new HashSet<>(expected)::contains)).isEqualTo(expected);
            assertThat(back.reversed().stream().filter(new HashSet<>(expected)::contains))
                    .isEqualTo(expected);
        }
    }

    @Test
    void what_a_filter_does_not_name_is_nothing() {
        for (String query : List.of(
                "account-id=" + SomeUsage.nobody("acc_"),
                "subscription-id=" + SomeUsage.nobody("sub_"),
                "subscriber-id=" + SomeUsage.nobody("sbr_"),
                "subscription-id=sub_UUUUUUUUUUUUUUUUUUUUUUUUUU",
                "account-id=" + others.lines.getFirst().holder().account(),
                "subscription-id=" + others.lines.getFirst().holder().subscription(),
                "subscriber-id=" + others.lines.getFirst().holder().subscriber(),
                "msisdn=499999999999",
                "msisdn=0" + Objects.requireNonNull(usage.lines.getFirst().number()))) {
            assertThat(walk("/enterprise/usage/items?" + query)).as(query).isEmpty();
        }
    }

    @Test
    void a_page_takes_a_set_number_of_statements() {
        var database = server.bean(Database.class);
        String line = usage.lines.getFirst().holder().subscription().text();
        record Cost(String query, int statements) {}
        for (Cost cost : List.of(
                new Cost("", 1),
                new Cost("?type=voice&cost-type=free&direction=inbound&limit=100", 1),
                new Cost("?subscription-id=" + line, 1),
                new Cost("?account-id=" + world.account() + "&limit=100", 2),
                new Cost("?subscriber-id=" + usage.lines.getFirst().holder().subscriber(), 2),
                new Cost("?msisdn=" + usage.lines.getFirst().number(), 2),
                new Cost("?processed-after=&limit=100", 2),
                new Cost("/" + usage.all.getFirst().id(), 1))) {
            long before = database.requestStatements();
            assertThat(api.get("/enterprise/usage/items" + cost.query()).status())
                    .isEqualTo(200);
            assertThat(database.requestStatements() - before)
                    .as("statements of " + cost.query().toLowerCase(Locale.ROOT))
                    .isEqualTo(cost.statements());
        }
    }

    @Test
    void a_cursor_is_short_and_holds_only_where_it_was_made() {
        Api.Answer page = api.get("/enterprise/usage/items?type=voice");
        String cursor = page.link("next").replaceFirst(".*cursor=([^&]*).*", "$1");
        assertThat(cursor).hasSizeBetween(1, 128);
        assertThat(URI.create(page.link("next")).getQuery()).contains("type=voice");
        assertThat(api.get("/enterprise/usage/items?type=voice&cursor=" + cursor)
                        .status())
                .isEqualTo(200);
        for (String query : List.of(
                "type=data&cursor=" + cursor,
                "cursor=" + cursor,
                "type=voice&processed-after=&cursor=" + cursor,
                "type=voice&cursor=" + cursor.substring(1) + "A")) {
            Api.Answer refused = api.get("/enterprise/usage/items?" + query);
            assertThat(refused.status()).as(query).isEqualTo(400);
            assertThat(refused.violations()).as(query).containsExactly("cursor cursor");
        }
        Api.Answer elsewhere =
                server.world("filters-elsewhere").api().get("/enterprise/usage/items?type=voice&cursor=" + cursor);
        assertThat(elsewhere.violations()).containsExactly("cursor cursor");
    }
}
