package io.trunkline.usage;

import static io.trunkline.usage.FeedWorld.HEADER;
import static io.trunkline.usage.FeedWorld.call;
import static io.trunkline.usage.FeedWorld.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.SubscriptionId;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Records that come in become items and balances, each once, or are put aside with the reason. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FeedTest {
    private final Instant start = YearMonth.from(LocalDate.now(ZoneOffset.UTC))
            .minusMonths(2)
            .atDay(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    private final Instant later = start.plus(Duration.ofDays(35));

    private RunningServer server;
    private FeedWorld feed;
    private Api operator;
    private Api api;

    @BeforeAll
    void prepare(RunningServer shared) {
        server = shared;
        feed = new FeedWorld(server, "feed");
        operator = Api.ofOperator(server);
        api = feed.world.api();
    }

    private Api.Answer send(String csv, String query) {
        return operator.post("/operator/usage/batches" + query, csv, "Content-Type", "text/csv");
    }

    /** Accepted, repeated and the reasons of what was put aside, with their lines. */
    private static List<String> counts(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonNode json = answer.json();
        return Stream.concat(
                        Stream.of(json.path("accepted") + " accepted", json.path("repeated") + " repeated"),
                        json.path("quarantined")
                                .valueStream()
                                .map(line -> line.path("line") + " "
                                        + line.path("reason").stringValue()))
                .toList();
    }

    private List<String> items(SubscriptionId line) {
        return api.get("/enterprise/usage/items?limit=100&subscription-id=" + line)
                .json()
                .path("_embedded")
                .path("items")
                .valueStream()
                .map(item -> item.path("cost_type").stringValue() + " " + item.path("quantity") + " "
                        + item.path("charged_quantity") + " "
                        + item.path("cost").path("micros"))
                .sorted()
                .toList();
    }

    private List<String> balances(SubscriptionId line, Instant at) {
        return api.get("/enterprise/subscriptions/" + line + "/balances?at=" + at)
                .json()
                .path("_embedded")
                .path("balances")
                .valueStream()
                .map(balance -> balance.path("allowance").stringValue() + " " + balance.path("used") + " of "
                        + balance.path("size") + (balance.path("pooled").booleanValue() ? " pooled" : ""))
                .toList();
    }

    private void isSound() {
        JsonNode audit = operator.get("/operator/usage/audit").json();
        assertThat(audit.path("differences")).isEmpty();
        assertThat(audit.path("sums")
                        .valueStream()
                        .map(sum -> sum.path("organization").stringValue()))
                .doesNotContain(feed.world.organization().value().toString());
    }

    @Test
    void a_record_becomes_items_and_balances_once_however_often_it_comes() {
        FeedWorld.Line line = feed.line(start, null);
        String csv = HEADER
                + data("once-1", line, later, 10_000)
                + data("once-2", line, later.plusSeconds(1), 1_000)
                + call("once-3", line, "+442079460123", later.plusSeconds(2), 61);

        assertThat(counts(send(csv, ""))).containsExactly("3 accepted", "0 repeated");
        assertThat(items(line.id()))
                .containsExactly("in_bundle 10000 10240 0", "in_bundle 61 61 0", "out_of_bundle 1000 1024 307200");
        assertThat(counts(send(csv, ""))).containsExactly("0 accepted", "3 repeated");
        assertThat(counts(send(csv, "?source=another")))
                .as("another source")
                .containsExactly("3 accepted", "0 repeated");
        assertThat(items(line.id())).hasSize(6);
        assertThat(balances(line.id(), later)).contains("data 10240 of 10240");
        assertThat(balances(line.id(), later.plus(Duration.ofDays(31)))).contains("data 0 of 10240");
        isSound();
    }

    @Test
    void the_same_id_with_other_content_is_put_aside() {
        FeedWorld.Line line = feed.line(start, null);
        send(HEADER + data("conflict", line, later, 100), "");

        assertThat(counts(send(
                        HEADER + data("conflict", line, later, 200) + "conflict,data,outbound,,,,23415,now,1\n", "")))
                .containsExactly("0 accepted", "0 repeated", "2 conflicting_duplicate", "3 conflicting_duplicate");
        assertThat(counts(send(HEADER + data("conflict", line, later.plusNanos(999_999), 100), "")))
                .as("what is finer than a millisecond is cut off")
                .containsExactly("0 accepted", "1 repeated");
    }

    @Test
    void what_cannot_be_rated_is_put_aside_with_the_first_reason() {
        FeedWorld.Line line = feed.line(later, later.plus(Duration.ofDays(1)));
        FeedWorld.Line other = feed.line(start, null);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String imsi = line.imsi();
        String csv = "record_id,type,direction,imsi,msisdn,other_party,serving_plmn,started_at,ended_at,quantity\n"
                + "r2,data,outbound\n"
                + "r3,\"data\"x,outbound,1,,,23415," + now + ",,1\n"
                + ",data,outbound," + imsi + ",,,23415," + now + ",,1\n"
                + "r5,fax,outbound," + imsi + ",,,23415," + now + ",,1\n"
                + "r6,data,outbound," + imsi + ",,,23415,2026-02-30T00:00:00Z,,1\n"
                + "r7,data,outbound," + imsi + ",,,23415," + later + "," + later.minusSeconds(1) + ",1\n"
                + "r8,data,outbound," + imsi + ",,,23415," + now.plusSeconds(7_200) + ",,1\n"
                + "r9,data,outbound," + imsi + ",,,23415,2001-01-01T00:00:00Z,,1\n"
                + "r10,data,outbound," + imsi + ",,,23415," + later + ",,-1\n"
                + "r11,data,outbound,12345,,,23415," + later + ",,1\n"
                + "r12,data,outbound," + imsi + ",,,69915," + later + ",,1\n"
                + "r13,data,outbound,999990000000001,,,23415," + later + ",,1\n"
                + "r14,data,outbound," + imsi + ",,,23415," + later.minusSeconds(1) + ",,1\n"
                + "r15,data,outbound," + imsi + "," + other.msisdn() + ",,23415," + later + ",,1\n"
                + "r16,sms,outbound," + imsi + ",,,23415," + later + ",,1\n"
                + "r17,data,outbound," + imsi + ",,,31026," + later + ",,1\n"
                + "r18,data,outbound," + imsi + ",,,208-01," + later + ",,1\n";

        assertThat(counts(send(csv, "?source=reasons")))
                .containsExactly(
                        "1 accepted",
                        "0 repeated",
                        "2 malformed",
                        "3 malformed",
                        "4 missing_field",
                        "5 bad_value",
                        "6 bad_time",
                        "7 bad_time",
                        "8 in_future",
                        "9 too_old",
                        "10 bad_quantity",
                        "11 bad_number",
                        "12 unknown_plmn",
                        "13 unknown_subscriber",
                        "14 no_holder",
                        "15 imsi_msisdn_disagree",
                        "16 no_rate",
                        "17 no_rate");
        JsonNode kept = operator.get("/operator/usage/quarantine?source=reasons&reason=bad_number")
                .json()
                .path("_embedded")
                .path("quarantine");
        assertThat(kept.size()).isEqualTo(1);
        assertThat(kept.get(0).path("original").stringValue()).startsWith("r11,data,outbound,12345");
        assertThat(kept.get(0).path("record_id").stringValue()).isEqualTo("r11");
    }

    @Test
    void what_was_put_aside_is_taken_when_its_cause_is_gone_or_a_corrected_record_comes() {
        FeedWorld.Line line = feed.line(later, null);
        Instant before = later.minus(Duration.ofDays(1));
        String early = HEADER + data("early", line, before, 5);
        assertThat(counts(send(early, "?source=retried"))).containsExactly("0 accepted", "0 repeated", "2 no_holder");
        assertThat(counts(operator.post("/operator/usage/quarantine/retry?source=retried", "")))
                .containsExactly("0 accepted", "0 repeated", "2 no_holder");

        feed.world.sql().update("UPDATE sim_profiles SET held_from = ? WHERE imsi = ?", before, line.imsi());
        feed.world.sql().update("UPDATE products SET activated_at = ? WHERE id = ?", before, line.product());
        assertThat(counts(operator.post("/operator/usage/quarantine/retry?source=retried", "")))
                .containsExactly("1 accepted", "0 repeated");

        assertThat(counts(send(HEADER + data("fixed", line, later, 5).replace("23415", "69915"), "?source=retried")))
                .contains("2 unknown_plmn");
        assertThat(counts(send(HEADER + data("fixed", line, later, 5), "?source=retried")))
                .containsExactly("1 accepted", "0 repeated");
        assertThat(operator.get("/operator/usage/quarantine?source=retried")
                        .json()
                        .path("_embedded")
                        .path("quarantine"))
                .isEmpty();
        assertThat(items(line.id())).hasSize(2);
        isSound();
    }

    @Test
    void usage_is_of_whoever_held_the_number_then() {
        FeedWorld.Line first = feed.line(start, later);
        FeedWorld.Line second = feed.line(start, null);
        feed.hold(second, first.msisdn(), later, null);
        String csv = HEADER
                + "held-1,data,outbound,,+%s,,23415,%s,1\n".formatted(first.msisdn(), later.minusMillis(1))
                + "held-2,data,outbound,,00%s,,23415,%s,1\n".formatted(first.msisdn(), later);

        assertThat(counts(send(csv, ""))).containsExactly("2 accepted", "0 repeated");
        assertThat(items(first.id())).hasSize(1);
        assertThat(items(second.id())).hasSize(1);
    }

    @Test
    void calls_among_lines_of_an_organization_are_on_net_and_what_is_recorded_is_told_by_the_services_then() {
        FeedWorld.Line caller = feed.line(start, null);
        FeedWorld.Line called = feed.line(start, null);
        feed.service(caller, "voice_recording", true);
        send(HEADER + call("net-1", caller, called.msisdn(), later, 61), "");
        feed.service(caller, "voice_recording", false);
        send(
                HEADER
                        + call("net-2", caller, "+49301234567", later, 61)
                        + call("net-3", caller, "+442079460000", Instant.now().plusSeconds(60), 61),
                "");

        JsonNode items = api.get("/enterprise/usage/items?subscription-id=" + caller.id())
                .json()
                .path("_embedded")
                .path("items");
        assertThat(items.valueStream()
                        .map(item -> item.path("cost_type").stringValue() + " recorded "
                                + item.path("is_recorded").booleanValue()))
                .containsExactlyInAnyOrder("free recorded true", "in_bundle recorded true", "in_bundle recorded false");
    }

    @Test
    void a_pool_is_of_all_lines_of_an_account() {
        var own = new FeedWorld(server, "feed-pool");
        FeedWorld.Line one = own.line(start, null);
        FeedWorld.Line two = own.line(later, null);
        Instant before = later.minus(Duration.ofDays(30)).plusSeconds(60);
        send(HEADER + call("pool-1", one, "+442079460123", later, 1_000), "");
        send(HEADER + call("pool-2", two, "+442079460123", later.plusSeconds(5), 300), "");
        send(HEADER + call("pool-3", one, "+442079460123", before, 700), "");

        Api owner = own.world.api();
        JsonNode balances = owner.get("/enterprise/subscriptions/" + two.id() + "/balances?at=" + later)
                .json()
                .path("_embedded")
                .path("balances");
        assertThat(balances.valueStream()
                        .filter(balance -> balance.path("pooled").booleanValue())
                        .map(balance -> balance.path("used") + " of " + balance.path("size")))
                .containsExactly("1200 of 1200");
        assertThat(owner.get("/enterprise/usage/items?subscription-id=" + one.id() + "&cost-type=out_of_bundle")
                        .json()
                        .path("_embedded")
                        .path("items")
                        .valueStream()
                        .map(item -> item.path("charged_quantity").longValue()))
                .containsExactly(100L);
        isSound();
    }

    @Test
    void the_audit_names_a_balance_that_is_not_what_its_items_say() {
        FeedWorld.Line line = feed.line(start, null);
        send(HEADER + data("audited", line, later, 100), "?source=audited");
        String change = "UPDATE usage_balances SET used = used + ? WHERE holder_id = ?";
        feed.world.sql().update(change, 5, line.product());
        JsonNode differences = operator.get("/operator/usage/audit").json().path("differences");
        feed.world.sql().update(change, -5, line.product());

        assertThat(differences
                        .valueStream()
                        .map(one -> one.path("allowance").stringValue() + " balance " + one.path("balance") + " items "
                                + one.path("items")))
                .containsExactly("data balance 1029 items 1024");
        feed.world.sql().update("""
                INSERT INTO usage_balances
                SELECT organization_id, holder_id, offering_id, 'gone',
                    timestamptz '2001-01-01', timestamptz '2001-02-01', false, 7
                FROM usage_balances WHERE holder_id = ?""", line.product());
        isSound();
    }

    @Test
    void a_dry_run_says_what_would_be_and_keeps_nothing() {
        FeedWorld.Line line = feed.line(start, null);
        String csv = HEADER + data("dry", line, later, 100) + data("dry", line, later, 100) + "x,y\n";

        assertThat(counts(send(csv, "?source=dry&dry-run=true")))
                .containsExactly("1 accepted", "1 repeated", "4 malformed");
        assertThat(items(line.id())).isEmpty();
        assertThat(operator.get("/operator/usage/quarantine?source=dry")
                        .json()
                        .path("_embedded")
                        .path("quarantine"))
                .isEmpty();
        assertThat(counts(send(csv, "?source=dry"))).containsExactly("1 accepted", "1 repeated", "4 malformed");
    }

    @Test
    void records_may_come_as_json_lines_too() {
        FeedWorld.Line line = feed.line(start, null);
        String common = "\"type\":\"data\",\"direction\":\"outbound\",\"imsi\":\"%s\",\"started_at\":\"%s\""
                .formatted(line.imsi(), later);
        String json = """
                {"record_id":"j1",%1$s,"location_country":"fr","quantity":5,"x":{"y":[1]}}
                {"record_id":"j2",%1$s,"location_country":"FR","quantity":"5","imsi":"1"}
                [1]
                """.formatted(common);

        Api.Answer answer =
                operator.post("/operator/usage/batches?source=json", json, "Content-Type", "application/x-ndjson");
        assertThat(counts(answer)).containsExactly("1 accepted", "0 repeated", "2 malformed", "3 malformed");
        JsonNode item = api.get("/enterprise/usage/items?subscription-id=" + line.id())
                .json()
                .path("_embedded")
                .path("items")
                .get(0);
        assertThat(item.path("location_country").stringValue()).isEqualTo("FR");
        assertThat(item.path("roaming").booleanValue()).isTrue();
    }

    @Test
    void only_the_operator_sends_usage() {
        Api stranger = Api.ofNoApi(server.url()).with(api.token());
        for (String path : List.of("/operator/usage/batches", "/operator/usage/quarantine/retry")) {
            assertThat(stranger.post(path, HEADER, "Content-Type", "text/csv").status())
                    .isEqualTo(403);
        }
        for (String path : List.of("/operator/usage/sources", "/operator/usage/quarantine", "/operator/usage/audit")) {
            assertThat(stranger.get(path).status()).isEqualTo(403);
        }
        assertThat(operator.post("/operator/usage/batches", "a,b\n", "Content-Type", "text/csv")
                        .status())
                .isEqualTo(400);
        assertThat(operator.post("/operator/usage/batches", "a,b\n").status()).isEqualTo(415);
    }
}
