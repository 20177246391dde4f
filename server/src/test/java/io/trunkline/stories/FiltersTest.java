package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every filter alone and in pairs gives what looking at each row of the whole list gives. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FiltersTest {
    private static final long SEED = 20_260_101L;
    private static final String ALL = "transclude=\"subscriber;account;sim_profile;phone_numbers;services\"";
    private Api api;

    @BeforeAll
    void fill(RunningServer server) {
        World world = server.world("filters");
        new Population(world, SEED).grow(40);
        api = world.api();
    }

    /**
     * A filter.
     *
     * @param values those that a row suggests to ask for
     * @param holds whether a row is to be found by a value
     */
    record Filter(String name, Function<JsonNode, Stream<String>> values, BiPredicate<JsonNode, String> holds) {}

    /**
     * A list.
     *
     * @param wholes paths that together hold all rows
     * @param unfiltered whether a row is in the list without the filter {@code status}
     */
    record Listing(String path, List<String> wholes, Predicate<JsonNode> unfiltered, List<Filter> filters) {
        @Override
        public String toString() {
            return path;
        }
    }

    private static Filter field(String name, String field) {
        return new Filter(
                name,
                row -> Stream.ofNullable(row.path(field).stringValue(null)),
                (row, value) -> value.equals(row.path(field).stringValue(null)));
    }

    private static Filter link(String name, String relation) {
        Function<JsonNode, String> id = row -> {
            String href = row.path("_links").path(relation).path("href").stringValue();
            return href.substring(href.lastIndexOf('/') + 1);
        };
        return new Filter(name, row -> Stream.of(id.apply(row)), (row, value) -> value.equals(id.apply(row)));
    }

    private static Stream<String> numbers(JsonNode row) {
        return row.path("_embedded")
                .path("phone_numbers")
                .path("_embedded")
                .path("phone_numbers")
                .valueStream()
                .map(number -> number.path("msisdn").stringValue());
    }

    private static Stream<String> iccids(JsonNode row) {
        return Stream.ofNullable(
                row.path("_embedded").path("sim_profile").path("iccid").stringValue(null));
    }

    private static Stream<String> names(JsonNode person) {
        String first = person.path("first_name").stringValue();
        String last = person.path("last_name").stringValue();
        return Stream.of(first + " " + last, last + " " + first);
    }

    private static Filter search(Function<JsonNode, Stream<String>> texts) {
        var random = new Random(SEED);
        return new Filter(
                "q",
                row -> texts.apply(row).map(text -> {
                    String part =
                            text.substring(0, 1 + random.nextInt(text.length())).strip();
                    return random.nextBoolean() ? part.toUpperCase(Locale.ROOT) : part;
                }),
                (row, value) -> texts.apply(row)
                        .anyMatch(text -> text.toLowerCase(Locale.ROOT).startsWith(value.toLowerCase(Locale.ROOT))));
    }

    static List<Listing> lists() {
        return List.of(
                new Listing(
                        "/enterprise/accounts",
                        List.of("/enterprise/accounts?limit=100", "/enterprise/accounts?status=closed&limit=100"),
                        row -> row.path("status").stringValue().equals("active"),
                        List.of(field("status", "status"))),
                new Listing(
                        "/enterprise/products",
                        List.of("/enterprise/products?limit=100"),
                        _ -> true,
                        List.of(
                                field("status", "status"),
                                link("account_id", "account"),
                                link("subscription_id", "subscription"))),
                new Listing(
                        "/enterprise/subscribers",
                        List.of("/enterprise/subscribers?limit=100"),
                        _ -> true,
                        List.of(
                                new Filter(
                                        "email",
                                        row -> Stream.of(
                                                row.path("email").stringValue().toUpperCase(Locale.ROOT)),
                                        (row, value) -> value.equalsIgnoreCase(
                                                row.path("email").stringValue())),
                                field("employee_id", "employee_id"),
                                field("group", "group"),
                                search(FiltersTest::names))),
                new Listing(
                        "/enterprise/subscriptions",
                        List.of(
                                "/enterprise/subscriptions?limit=100",
                                "/enterprise/subscriptions?status=pending&limit=100"),
                        row -> !row.path("status").stringValue().equals("pending"),
                        List.of(
                                field("status", "status"),
                                link("account_id", "account"),
                                link("subscriber_id", "subscriber"),
                                new Filter(
                                        "msisdn",
                                        FiltersTest::numbers,
                                        (row, value) -> numbers(row).anyMatch(value::equals)),
                                new Filter(
                                        "iccid",
                                        FiltersTest::iccids,
                                        (row, value) -> iccids(row).anyMatch(value::equals)),
                                search(row -> Stream.of(
                                                numbers(row),
                                                iccids(row),
                                                names(row.path("_embedded").path("subscriber")),
                                                Stream.of(row.path("_embedded")
                                                        .path("subscriber")
                                                        .path("email")
                                                        .stringValue()))
                                        .flatMap(texts -> texts)))),
                new Listing(
                        "/enterprise/orders",
                        List.of("/enterprise/orders?limit=100"),
                        _ -> true,
                        List.of(
                                field("status", "status"),
                                field("type", "type"),
                                field("account_id", "account_id"),
                                field("subscription_id", "subscription_id"))));
    }

    private record Asked(Filter filter, String value) {
        String query() {
            return filter.name() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("lists")
    void aloneAndInPairsFiltersFindWhatLookingAtEveryRowFinds(Listing list) {
        var random = new Random(SEED);
        var all = new ArrayList<JsonNode>();
        list.wholes().forEach(path -> all.addAll(Lists.all(api, path, "Prefer", ALL)));
        assertThat(all).hasSizeGreaterThan(20);
        int found = 0;
        for (Filter one : list.filters()) {
            for (Filter other : list.filters()) {
                for (int i = 0; i < 6; i++) {
                    List<Asked> asked = asked(random, all, one, other);
                    found += compare(list, all, asked).size();
                }
            }
        }
        assertThat(found).as("filters that find nothing prove nothing").isPositive();
    }

    /** Often both values of one row, so that something is found. */
    private static List<Asked> asked(Random random, List<JsonNode> all, Filter one, Filter other) {
        JsonNode row = all.get(random.nextInt(all.size()));
        JsonNode another = random.nextInt(3) == 0 ? all.get(random.nextInt(all.size())) : row;
        var asked = new ArrayList<Asked>();
        one.values().apply(row).findAny().ifPresent(value -> asked.add(new Asked(one, value)));
        if (!one.name().equals(other.name())) {
            other.values().apply(another).findAny().ifPresent(value -> asked.add(new Asked(other, value)));
        }
        return asked;
    }

    private Set<String> compare(Listing list, List<JsonNode> all, List<Asked> asked) {
        boolean byStatus = asked.stream().anyMatch(one -> one.filter().name().equals("status"));
        Set<String> expected = new TreeSet<>();
        all.stream()
                .filter(row -> byStatus || list.unfiltered().test(row))
                .filter(row ->
                        asked.stream().allMatch(one -> one.filter().holds().test(row, one.value())))
                .forEach(row -> expected.add(row.path("id").stringValue()));
        String query = String.join("&", asked.stream().map(Asked::query).toList());
        List<String> found = Lists.ids(Lists.all(api, list.path() + "?limit=7" + (query.isEmpty() ? "" : "&" + query)));
        assertThat(found).as("%s?%s", list.path(), query).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(found)).as("%s?%s", list.path(), query).isEqualTo(expected);
        return expected;
    }
}
