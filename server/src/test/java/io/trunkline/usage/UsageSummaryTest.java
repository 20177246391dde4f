package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.ids.OrganizationId;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Summaries are what the items add up to, however they are grouped and filtered. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsageSummaryTest {
    private static final List<String> DIMENSIONS =
            List.of("day", "month", "type", "country", "cost-type", "account", "subscription");

    private RunningServer server;
    private Database database;
    private World world;
    private SomeUsage usage;
    private Api api;
    private Instant from;

    @BeforeAll
    void prepare(RunningServer shared) {
        server = shared;
        database = server.bean(Database.class);
        world = server.world("summary");
        api = world.api();
        Instant now = Instant.now();
        from = now.minus(Duration.ofDays(70));
        usage = new SomeUsage(server, world, 31, 12, from, now);
        for (int batch = 0; batch < 6; batch++) {
            usage.add(100);
        }
    }

    private static LocalDate day(UsageItem item) {
        return item.event().startedAt().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private static String value(UsageItem item, String dimension) {
        return switch (dimension) {
            case "day" -> day(item).toString();
            case "month" -> day(item).toString().substring(0, 7);
            case "type" -> item.event().type().text();
            case "country" -> String.valueOf(item.event().country());
            case "cost-type" -> item.charge().type().text();
            case "account" -> item.holder().account().text();
            case "subscription" -> item.holder().subscription().text();
            default -> throw new IllegalArgumentException(dimension);
        };
    }

    private static String field(String dimension) {
        return switch (dimension) {
            case "account", "subscription" -> dimension + "_id";
            default -> dimension.replace('-', '_');
        };
    }

    /** Group → items, quantity, charged, micros, as the items say. */
    private Map<String, String> expected(Predicate<UsageItem> kept, List<String> dimensions) {
        var sums = new TreeMap<String, long[]>();
        usage.all.stream().filter(kept).forEach(item -> {
            String key = Stream.concat(
                            dimensions.stream().map(dimension -> value(item, dimension)),
                            Stream.of(item.event().type().unit(), item.charge().currency()))
                    .collect(Collectors.joining(" "));
            long[] sum = sums.computeIfAbsent(key, _ -> new long[4]);
            sum[0]++;
            sum[1] += item.event().quantity();
            sum[2] += item.charge().quantity();
            sum[3] += item.charge().micros();
        });
        var texts = new TreeMap<String, String>();
        sums.forEach((key, sum) -> texts.put(key, Arrays.toString(sum) + " " + UsageItemShape.rounded(sum[3])));
        return texts;
    }

    private List<JsonNode> groups(String query) {
        var groups = new ArrayList<JsonNode>();
        String at = "/enterprise/usage/summary?limit=37" + query;
        while (!at.isEmpty()) {
            Api.Answer page = api.get(at);
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            page.json().path("_embedded").path("groups").forEach(groups::add);
            at = page.link("next");
        }
        return groups;
    }

    private Map<String, String> told(String query, List<String> dimensions) {
        String by = dimensions.isEmpty() ? "" : "&group-by=" + String.join(",", dimensions);
        var told = new TreeMap<String, String>();
        for (JsonNode group : groups(by + query)) {
            JsonNode cost = group.path("cost");
            String key = Stream.concat(
                            dimensions.stream()
                                    .map(dimension ->
                                            group.path(field(dimension)).stringValue("null")),
                            Stream.of(
                                    group.path("unit").stringValue(),
                                    cost.path("currency").stringValue()))
                    .collect(Collectors.joining(" "));
            String sums = List.of(
                            group.path("items"),
                            group.path("quantity"),
                            group.path("charged_quantity"),
                            cost.path("micros"))
                    + " " + cost.path("amount");
            assertThat(told.put(key, sums)).as("a group comes once: " + key).isNull();
        }
        return told;
    }

    @Test
    void every_grouping_is_what_the_items_add_up_to() {
        var groupings = new ArrayList<List<String>>();
        groupings.add(List.of());
        DIMENSIONS.forEach(dimension -> groupings.add(List.of(dimension)));
        groupings.add(List.of("month", "type", "cost-type"));
        groupings.add(List.of("month", "subscription"));
        groupings.add(List.of("day", "country", "account"));
        groupings.add(DIMENSIONS);
        for (List<String> grouping : groupings) {
            assertThat(told("", grouping))
                    .as(grouping.toString())
                    .isNotEmpty()
                    .isEqualTo(expected(_ -> true, grouping));
        }
    }

    @Test
    void filters_work_as_they_do_for_items() {
        UsageItem.Holder one = usage.lines.getFirst().holder();
        Long number = Objects.requireNonNull(usage.lines.getFirst().number());
        LocalDate first = from.atOffset(ZoneOffset.UTC).toLocalDate().plusDays(20);
        LocalDate last = first.plusDays(9);
        Map<String, Predicate<UsageItem>> filters = Map.of(
                "&account-id=" + one.account(),
                item -> item.holder().account().equals(one.account()),
                "&subscription-id=" + one.subscription(),
                item -> item.holder().subscription().equals(one.subscription()),
                "&subscriber-id=" + one.subscriber(),
                item -> item.holder().subscriber().equals(one.subscriber()),
                "&msisdn=" + number,
                item -> number.equals(item.event().ownNumber())
                        || number.equals(item.event().otherNumber()),
                "&type=voice,sms",
                item -> item.event().type() != UsageItem.Type.DATA,
                "&direction=inbound",
                item -> item.event().direction() == UsageItem.Direction.INBOUND,
                "&cost-type=free",
                item -> item.charge().type() == UsageItem.CostType.FREE,
                "&from-date=" + first + "&to-date=" + last,
                item -> !day(item).isBefore(first) && !day(item).isAfter(last));
        for (List<String> grouping : List.of(List.of("type"), List.of("month", "cost-type"))) {
            filters.forEach((query, kept) ->
                    assertThat(told(query, grouping)).as(query).isNotEmpty().isEqualTo(expected(kept, grouping)));
        }
        assertThat(told("&msisdn=" + number + "&from-date=" + first, List.of("subscription")))
                .isEqualTo(expected(
                        item -> !day(item).isBefore(first)
                                && (number.equals(item.event().ownNumber())
                                        || number.equals(item.event().otherNumber())),
                        List.of("subscription")));
    }

    @Test
    void groups_by_time_come_in_its_order_and_pages_go_back() {
        List<String> days = groups("&group-by=day").stream()
                .map(group -> group.path("day").stringValue())
                .toList();
        assertThat(days).isSortedAccordingTo(Comparator.naturalOrder()).hasSizeGreaterThan(50);

        Api.Answer first = api.get("/enterprise/usage/summary?limit=5&group-by=day");
        Api.Answer second = api.get(first.link("next"));
        assertThat(api.get(second.link("prev")).json().path("_embedded"))
                .isEqualTo(first.json().path("_embedded"));
        assertThat(first.link("prev")).isEmpty();
    }

    @Test
    void groups_by_line_come_line_by_line_and_by_time_within_it_and_pages_go_back() {
        List<String> places = groups("&group-by=day&group-by=subscription").stream()
                .map(group -> group.path("subscription_id").stringValue() + " "
                        + group.path("day").stringValue())
                .toList();
        assertThat(places).isSortedAccordingTo(Comparator.naturalOrder()).hasSizeGreaterThan(50);

        Api.Answer first = api.get("/enterprise/usage/summary?limit=7&group-by=month&group-by=subscription");
        Api.Answer second = api.get(first.link("next"));
        assertThat(api.get(second.link("prev")).json().path("_embedded"))
                .isEqualTo(first.json().path("_embedded"));
        assertThat(first.link("prev")).isEmpty();
    }

    @Test
    void what_is_not_valid_is_told_at_once() {
        assertThat(api.get("/enterprise/usage/summary?group-by=week&type=fax&from-date=today&processed-after=1")
                        .violations())
                .hasSize(4);
    }

    @Test
    void sums_of_many_batches_are_put_together_and_say_the_same() {
        Map<String, String> before = told("", List.of("day", "account", "type"));
        assertThat(rows(world.organization())).isGreaterThan(0);

        UsageRollups.fold(database);

        assertThat(rows(world.organization())).isZero();
        assertThat(told("", List.of("day", "account", "type"))).isEqualTo(before);
        usage.add(50);
        UsageRollups.fold(database);
        assertThat(told("", List.of("day", "account", "type")))
                .isEqualTo(expected(_ -> true, List.of("day", "account", "type")));
    }

    /** How many days have several rows that no fold has seen. */
    private long rows(OrganizationId organization) {
        return database.owner()
                .one("""
                        SELECT count(*) AS days FROM (
                            SELECT day FROM usage_account_days WHERE organization_id = ? AND NOT folded
                            GROUP BY day HAVING count(*) > 1) several""", row -> row.longInteger("days"), organization)
                .orElseThrow();
    }

    private List<UsageAudit.OffSum> off() {
        String own = world.organization().value().toString();
        return server.bean(UsageAudit.class).offSums().stream()
                .filter(sum -> sum.organization().equals(own))
                .toList();
    }

    @Test
    void the_audit_finds_sums_that_are_not_those_of_the_items() {
        assertThat(off()).isEmpty();
        for (String table : List.of(UsageRollups.LINES, UsageRollups.ACCOUNTS)) {
            String columns = "organization_id, account_id, day, " + UsageRollups.KINDS
                    + (table.equals(UsageRollups.LINES) ? ", subscription_id, subscriber_id" : "");
            String more = "INSERT INTO " + table + " (" + columns
                    + ", items, quantity, charged_quantity, cost_micros) SELECT " + columns + ", 0, ?, 0, 0 FROM "
                    + table + " WHERE organization_id = ? AND items > 0 ORDER BY day, account_id, " + UsageRollups.KINDS
                    + ", id LIMIT 1";
            database.owner().update(more, 7, world.organization());
            assertThat(off()).as(table).singleElement().satisfies(sum -> {
                assertThat(sum.quantity()).isEqualTo("7");
                assertThat(sum.items()).isZero();
            });
            database.owner().update(more, -7, world.organization());
        }
        assertThat(off()).isEmpty();
    }
}
