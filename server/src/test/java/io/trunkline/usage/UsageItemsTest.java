package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.UsageItemId;
import io.trunkline.security.Licence;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Items as a client of the API sees them. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsageItemsTest {
    private static final String ITEMS = "/enterprise/usage/items";

    private RunningServer server;
    private World world;
    private Api api;
    private SomeUsage usage;
    private SomeUsage.Line line;
    private Instant now;

    @BeforeAll
    void prepare(RunningServer shared) {
        server = shared;
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        world = shared.world("usage-items");
        api = world.api();
        usage = new SomeUsage(shared, world, 5, 9, now.minus(Duration.ofDays(40)), now);
        line = usage.lines.getFirst();
        usage.add(60);
    }

    private UsageItem add(UsageItem.Event event, UsageItem.Charge charge) {
        byte[] tail = new byte[UsageItemId.TAIL_BYTES];
        new Random(event.startedAt().toEpochMilli()).nextBytes(tail);
        var item = new UsageItem(UsageItemId.of(event.startedAt(), tail), line.holder(), event, charge);
        usage.add(List.of(item));
        return item;
    }

    private UsageItem call(
            Direction direction, @Nullable Long other, @Nullable String address, Instant at, UsageItem.Charge charge) {
        return add(
                new UsageItem.Event(
                        UsageItem.Type.VOICE,
                        direction,
                        Technology.VOLTE,
                        line.number(),
                        other,
                        address,
                        "GB",
                        false,
                        true,
                        at,
                        at.plusSeconds(45),
                        45),
                charge);
    }

    private JsonNode shown(UsageItem item, String... headers) {
        Api.Answer answer = api.get(ITEMS + "/" + item.id(), headers);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void an_item_has_every_field_and_link_of_the_contract_in_its_order() {
        Instant at = now.minusSeconds(3_600);
        UsageItem item = call(
                Direction.OUTBOUND, 44_000_000_000_002L, null, at, new UsageItem.Charge(CostType.FREE, 60, 0, "EUR"));

        JsonNode shown = shown(item);

        assertThat(shown.propertyNames())
                .containsExactly(
                        "id",
                        "type",
                        "direction",
                        "technology",
                        "from_msisdn",
                        "to_msisdn",
                        "location_country",
                        "roaming",
                        "is_recorded",
                        "started_at",
                        "ended_at",
                        "processed_at",
                        "quantity",
                        "unit",
                        "charged_quantity",
                        "cost_type",
                        "from_address",
                        "to_address",
                        "cost",
                        "_links");
        assertThat(shown.path("id").stringValue()).matches("uitem_[0-9A-Z]{26}");
        assertThat(shown.path("type").stringValue()).isEqualTo("voice");
        assertThat(shown.path("direction").stringValue()).isEqualTo("outbound");
        assertThat(shown.path("technology").stringValue()).isEqualTo("volte");
        assertThat(shown.path("from_msisdn").isIntegralNumber()).isTrue();
        assertThat(shown.path("from_msisdn").longValue()).isEqualTo(line.number());
        assertThat(shown.path("to_msisdn").longValue()).isEqualTo(44_000_000_000_002L);
        assertThat(shown.path("location_country").stringValue()).isEqualTo("GB");
        assertThat(shown.path("roaming").booleanValue()).isFalse();
        assertThat(shown.path("is_recorded").booleanValue()).isTrue();
        assertThat(shown.path("started_at").stringValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z")
                .satisfies(text -> assertThat(Instant.parse(text)).isEqualTo(at));
        assertThat(Instant.parse(shown.path("ended_at").stringValue())).isEqualTo(at.plusSeconds(45));
        assertThat(Instant.parse(shown.path("processed_at").stringValue())).isAfterOrEqualTo(now);
        assertThat(shown.path("quantity").longValue()).isEqualTo(45);
        assertThat(shown.path("unit").stringValue()).isEqualTo("seconds");
        assertThat(shown.path("charged_quantity").longValue()).isEqualTo(60);
        assertThat(shown.path("cost_type").stringValue()).isEqualTo("free");
        assertThat(shown.path("from_address").isNull()).isTrue();
        assertThat(shown.path("to_address").isNull()).isTrue();
        assertThat(shown.path("cost").toString()).isEqualTo("{\"amount\":0,\"micros\":0,\"currency\":\"EUR\"}");
        JsonNode links = shown.path("_links");
        assertThat(links.propertyNames()).containsExactly("self", "subscription", "subscriber", "account", "product");
        assertThat(links.path("self").path("href").stringValue()).isEqualTo(server.url() + ITEMS + "/" + item.id());
        for (String relation : List.of("self", "subscription", "subscriber", "account", "product")) {
            String href = links.path(relation).path("href").stringValue();
            assertThat(api.get(href).status()).as(href).isEqualTo(200);
        }
    }

    @Test
    void the_caller_of_an_inbound_call_is_the_other_party() {
        JsonNode shown = shown(call(
                Direction.INBOUND,
                44_000_000_000_003L,
                null,
                now.minusSeconds(3_500),
                new UsageItem.Charge(CostType.FREE, 45, 0, "EUR")));
        assertThat(shown.path("from_msisdn").longValue()).isEqualTo(44_000_000_000_003L);
        assertThat(shown.path("to_msisdn").longValue()).isEqualTo(line.number());
    }

    @Test
    void a_party_without_a_number_is_null_and_an_address_has_a_field_of_its_own() {
        var free = new UsageItem.Charge(CostType.FREE, 45, 0, "EUR");
        JsonNode withheld = shown(call(Direction.INBOUND, null, null, now.minusSeconds(3_400), free));
        assertThat(withheld.path("from_msisdn").isNull()).isTrue();
        assertThat(withheld.path("from_address").isNull()).isTrue();
        JsonNode sender = shown(call(Direction.INBOUND, null, "Your Bank", now.minusSeconds(3_300), free));
        assertThat(sender.path("from_msisdn").isNull()).isTrue();
        assertThat(sender.path("from_address").stringValue()).isEqualTo("Your Bank");
        assertThat(sender.path("to_address").isNull()).isTrue();
        JsonNode shortCode = shown(call(Direction.OUTBOUND, null, "60800", now.minusSeconds(3_200), free));
        assertThat(shortCode.path("to_msisdn").isNull()).isTrue();
        assertThat(shortCode.path("to_address").stringValue()).isEqualTo("60800");
        assertThat(shortCode.path("from_msisdn").longValue()).isEqualTo(line.number());
    }

    @Test
    void what_is_unknown_is_null() {
        Instant at = now.minusSeconds(3_100);
        JsonNode shown = shown(add(
                new UsageItem.Event(
                        UsageItem.Type.DATA,
                        Direction.OUTBOUND,
                        null,
                        null,
                        null,
                        null,
                        null,
                        true,
                        false,
                        at,
                        at,
                        5L << 33),
                new UsageItem.Charge(CostType.IN_BUNDLE, 5L << 33, 0, "EUR")));
        for (String field : List.of("technology", "from_msisdn", "to_msisdn", "location_country")) {
            assertThat(shown.has(field)).as(field).isTrue();
            assertThat(shown.path(field).isNull()).as(field).isTrue();
        }
        assertThat(shown.path("unit").stringValue()).isEqualTo("bytes");
        assertThat(shown.path("quantity").longValue()).isEqualTo(5L << 33);
    }

    @Test
    void costs_are_exact_in_micros_and_rounded_half_up_to_be_shown() {
        long[][] costs = {{0, 0}, {499_999, 0}, {500_000, 1}, {1_499_999, 1}, {1_500_000, 2}, {123_000_000, 123}};
        for (int i = 0; i < costs.length; i++) {
            JsonNode cost = shown(call(
                            Direction.OUTBOUND,
                            44_000_000_000_004L,
                            null,
                            now.minusSeconds(3_000).plusMillis(i),
                            new UsageItem.Charge(CostType.OUT_OF_BUNDLE, 60, costs[i][0], "GBP")))
                    .path("cost");
            assertThat(cost.path("micros").longValue()).isEqualTo(costs[i][0]);
            assertThat(cost.path("amount").longValue())
                    .as(costs[i][0] + " micros")
                    .isEqualTo(costs[i][1]);
            assertThat(cost.path("currency").stringValue()).isEqualTo("GBP");
        }
    }

    @Test
    void numbers_are_strings_where_the_client_prefers_it() {
        UsageItem item = call(
                Direction.OUTBOUND,
                44_000_000_000_005L,
                null,
                now.minusSeconds(2_900),
                new UsageItem.Charge(CostType.FREE, 45, 0, "EUR"));
        Api.Answer answer = api.get(ITEMS + "/" + item.id(), "Prefer", "msisdn=string");
        assertThat(answer.json().path("to_msisdn").stringValue()).isEqualTo("44000000000005");
        assertThat(answer.header("Preference-Applied")).isEqualTo("msisdn=string");
        assertThat(answer.header("Vary")).contains("Prefer");
        Api.Answer list = api.get(ITEMS + "?msisdn=44000000000005", "Prefer", "msisdn=string");
        assertThat(list.header("Preference-Applied")).isEqualTo("msisdn=string");
        assertThat(list.json()
                        .path("_embedded")
                        .path("items")
                        .path(0)
                        .path("to_msisdn")
                        .stringValue())
                .isEqualTo("44000000000005");
        Api.Answer plain = api.get(ITEMS + "?msisdn=44000000000005", "Prefer", "msisdn=roman");
        assertThat(plain.header("Preference-Applied")).isEmpty();
        assertThat(plain.header("Vary")).contains("Prefer");
        assertThat(plain.json()
                        .path("_embedded")
                        .path("items")
                        .path(0)
                        .path("to_msisdn")
                        .longValue())
                .isEqualTo(44_000_000_000_005L);
    }

    @Test
    void an_unchanged_item_is_not_sent_again() {
        String link = ITEMS + "/" + usage.all.getFirst().id();
        String tag = api.get(link).header("ETag");
        assertThat(tag).isNotEmpty();
        Api.Answer again = api.get(link, "If-None-Match", tag);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.response().body()).isEmpty();
        assertThat(api.get(link, "If-None-Match", tag, "Prefer", "msisdn=string")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void hal_is_answered_where_it_is_asked_for() {
        assertThat(api.get(ITEMS, "Accept", "application/hal+json").header("Content-Type"))
                .startsWith("application/hal+json");
        assertThat(api.get(ITEMS).header("Content-Type")).startsWith("application/json");
        assertThat(api.get(ITEMS, "Accept", "text/csv").status()).isEqualTo(406);
    }

    @Test
    void days_are_inclusive_and_in_utc() {
        LocalDate day = now.atOffset(ZoneOffset.UTC).toLocalDate().minusDays(50);
        var free = new UsageItem.Charge(CostType.FREE, 45, 0, "EUR");
        Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        call(Direction.INBOUND, 1_000_001L, null, start.minusMillis(1), free);
        UsageItem first = call(Direction.INBOUND, 1_000_002L, null, start, free);
        UsageItem last = call(Direction.INBOUND, 1_000_003L, null, end.minusMillis(1), free);
        call(Direction.INBOUND, 1_000_004L, null, end, free);
        assertThat(api.get(ITEMS + "?from-date=" + day + "&to-date=" + day)
                        .json()
                        .path("_embedded")
                        .path("items")
                        .valueStream()
                        .map(item -> item.path("id").stringValue()))
                .containsExactly(last.id().text(), first.id().text());
    }

    @Test
    void every_violation_is_told_at_once() {
        Api.Answer refused = api.get(ITEMS
                + "?from-date=2026-02-30&to-date=yesterday&account-id=acc_1&subscription-id=1&subscriber-id=sub_1"
                + "&msisdn=%2B44123456789&type=voice,fax&direction=sideways&cost-type=free&cost-type=paid&limit=101"
                + "&cursor=&processed-after=now&typ=voice");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(refused.violations())
                .containsExactlyInAnyOrder(
                        "from-date pattern",
                        "to-date pattern",
                        "account-id pattern",
                        "subscription-id pattern",
                        "subscriber-id pattern",
                        "msisdn pattern",
                        "type not_allowed",
                        "direction not_allowed",
                        "cost-type not_allowed",
                        "limit range",
                        "cursor range",
                        "processed-after pattern",
                        "typ unknown");
    }

    @Test
    void numbers_have_7_to_15_digits_and_days_their_order() {
        assertThat(api.get(ITEMS + "?msisdn=123456").violations()).containsExactly("msisdn pattern");
        assertThat(api.get(ITEMS + "?msisdn=1234567").status()).isEqualTo(200);
        assertThat(api.get(ITEMS + "?msisdn=123456789012345").status()).isEqualTo(200);
        assertThat(api.get(ITEMS + "?msisdn=1234567890123456").violations()).containsExactly("msisdn pattern");
        Api.Answer backwards = api.get(ITEMS + "?from-date=2026-03-02&to-date=2026-03-01");
        assertThat(backwards.status()).isEqualTo(400);
        assertThat(backwards.violations()).containsExactly("from-date range");
        assertThat(api.get(ITEMS + "?from-date=0001-01-01&to-date=9999-12-31&limit=100")
                        .json()
                        .path("_embedded")
                        .path("items")
                        .size())
                .isGreaterThan(50);
        assertThat(api.get(ITEMS + "?from-date=0000-01-01").status()).isEqualTo(200);
    }

    @Test
    void another_organizations_item_is_as_one_that_does_not_exist() {
        Api stranger = server.world("usage-items-stranger").api();
        Api.Answer others = stranger.get(ITEMS + "/" + usage.all.getFirst().id());
        Api.Answer nobodys = stranger.get(ITEMS + "/" + SomeUsage.nobody("uitem_"));
        assertThat(others.status()).isEqualTo(404);
        assertThat(others.text().replaceAll("\"correlation_id\":\"[^\"]*\"", ""))
                .isEqualTo(nobodys.text().replaceAll("\"correlation_id\":\"[^\"]*\"", ""));
        assertThat(stranger.get(ITEMS + "/uitem_UUUUUUUUUUUUUUUUUUUUUUUUUU").status())
                .isEqualTo(404);
        assertThat(stranger.get(ITEMS + "/7").status()).isEqualTo(404);
        assertThat(stranger.get(ITEMS + "/uitem_7ZZZZZZZZZZZZZZZZZZZZZZZZZ").status())
                .isEqualTo(404);
        assertThat(stranger.get(ITEMS).json().path("_embedded").path("items").size())
                .isZero();
    }

    @Test
    void the_licence_is_usage() {
        Api without = world.api(EnumSet.complementOf(EnumSet.of(Licence.USAGE)));
        for (String path : List.of(ITEMS, ITEMS + "/" + usage.all.getFirst().id())) {
            assertThat(without.get(path).status()).as(path).isEqualTo(403);
            assertThat(world.api(EnumSet.of(Licence.USAGE)).get(path).status())
                    .as(path)
                    .isEqualTo(200);
        }
    }
}
