package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.database.Database;
import io.trunkline.ids.UsageItemId;
import io.trunkline.security.Licence;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import io.trunkline.usage.UsageItem.CostType;
import io.trunkline.usage.UsageItem.Direction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/** Usage as files, on a server that makes none by itself: each turn is the test's. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsageExportsTest {
    private static final long SEED = Long.getLong("trunkline.seed", System.nanoTime());
    private static final String AUDITED =
            "SELECT action FROM audit_entries WHERE organization_id = ? AND subject = ? ORDER BY id";
    private static final CsvMapper CSV =
            CsvMapper.builder().enable(CsvReadFeature.WRAP_AS_ARRAY).build();
    /** Of three parts. */
    private static final int MANY = 2 * UsageExportWork.PART_ROWS + 700;

    private RunningServer server;
    private Database database;
    private UsageExportWork work;
    private Exporting exports;
    private World world;
    private Api api;
    private SomeUsage usage;
    private Instant now;

    @BeforeAll
    void prepare() {
        server = RunningServer.start(
                Map.of("trunkline.usage.exports.workers", "0", "trunkline.usage.exports.most", "15"));
        database = server.bean(Database.class);
        work = server.bean(UsageExportWork.class);
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        exports = new Exporting(server, now);
        world = server.world("exports");
        api = world.api();
        usage = exports.usage(world, 3);
        usage.add(1_200);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Each test has all exports that an organization may have. */
    @BeforeEach
    void forget() {
        exports.forget();
    }

    @Test
    void a_file_has_the_items_of_the_pages_in_their_order() throws IOException {
        List<JsonNode> items = Exporting.items(api, "");
        Api.Answer ndjson = exports.made(api, "{\"format\": \"ndjson\"}");
        assertThat(Exporting.lines(Exporting.download(api, ndjson)))
                .isEqualTo(items)
                .hasSizeGreaterThan(1_000);
        assertThat(ndjson.json().path("rows").longValue()).isEqualTo(items.size());
        assertThat(ndjson.json().path("progress").intValue()).isEqualTo(100);
        assertThat(ndjson.json().path("closed").booleanValue()).isFalse();

        byte[] csv = Exporting.download(api, exports.made(api, "{\"format\": \"csv\"}"));
        List<String[]> rows =
                CSV.readerFor(String[].class).<String[]>readValues(csv).readAll();
        assertThat(rows).hasSize(items.size() + 1);
        List<String> names = List.of(rows.getFirst());
        for (int i = 0; i < items.size(); i++) {
            List<String> cells = List.of(rows.get(i + 1));
            JsonNode item = items.get(i);
            for (String name : names) {
                JsonNode value = name.startsWith("cost_") && !name.equals("cost_type")
                        ? item.path("cost").path(name.substring(5))
                        : item.path(name);
                assertThat(value.isMissingNode()).as(name).isFalse();
                assertThat(cells.get(names.indexOf(name))).as(name).isEqualTo(value.isNull() ? "" : value.asString());
            }
        }
        byte[] zipped = Exporting.download(api, exports.made(api, "{\"format\": \"csv\", \"compression\": \"gzip\"}"));
        assertThat(Exporting.unzipped(zipped)).isEqualTo(new String(csv, StandardCharsets.UTF_8));
    }

    @Test
    void whatever_the_filters_a_file_holds_what_the_pages_hold() {
        var random = new Random(SEED);
        for (int run = 0; run < 10; run++) {
            var query = new StringBuilder();
            var filters = Exporting.JSON.createObjectNode();
            LocalDate from = LocalDate.now(ZoneOffset.UTC).minusDays(random.nextInt(100));
            SomeUsage.Line line = SomeUsage.any(random, usage.lines.toArray(SomeUsage.Line[]::new));
            for (int i = 0; i < 3; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> put(query, filters, "from-date", from.toString());
                    case 1 ->
                        put(
                                query,
                                filters,
                                "to-date",
                                from.plusDays(random.nextInt(30)).toString());
                    case 2 ->
                        put(
                                query,
                                filters,
                                "account-id",
                                line.holder().account().text());
                    case 3 ->
                        put(
                                query,
                                filters,
                                "subscription-id",
                                line.holder().subscription().text());
                    case 4 ->
                        put(
                                query,
                                filters,
                                "subscriber-id",
                                line.holder().subscriber().text());
                    case 5 ->
                        put(query, filters, "msisdn", line.number() == null ? "493012345603" : line.number() + "");
                    case 6 -> put(query, filters, "direction", random.nextBoolean() ? "inbound" : "outbound");
                    default -> several(query, filters, random);
                }
            }
            String request = "{\"format\": \"ndjson\", \"filters\": " + filters + "}";
            Api.Answer export = exports.made(api, request);
            assertThat(Exporting.lines(Exporting.download(api, export)))
                    .as("seed %d: %s", SEED, request)
                    .isEqualTo(Exporting.items(api, query + ""));
            assertThat(export.json().path("filters")).isEqualTo(filters);
        }
    }

    private static void put(StringBuilder query, ObjectNode filters, String name, String value) {
        if (!filters.has(name.replace('-', '_'))) {
            query.append('&').append(name).append('=').append(value);
            filters.put(name.replace('-', '_'), value);
        }
    }

    private static void several(StringBuilder query, ObjectNode filters, Random random) {
        boolean type = random.nextBoolean();
        String name = type ? "type" : "cost-type";
        List<String> values = type ? List.of("sms", "voice") : List.of("in_bundle", "free");
        if (!filters.has(name.replace('-', '_'))) {
            query.append('&').append(name).append('=').append(String.join(",", values));
            values.forEach(filters.putArray(name.replace('-', '_'))::add);
        }
    }

    @Test
    void the_same_export_of_closed_months_is_the_same_file_although_records_come_late() {
        World late = server.world("exports-late");
        Api client = late.api();
        SomeUsage used = exports.usage(late, 4);
        used.add(400);
        forget();
        LocalDate last = LocalDate.ofInstant(server.bean(Reratings.class).firstOpen(), ZoneOffset.UTC)
                .minusDays(1);
        String dates = "\"filters\": {\"from_date\": \"%s\", \"to_date\": \"%s\"}".formatted(last.minusDays(35), last);
        for (String format : List.of("\"csv\"", "\"ndjson\"", "\"csv\", \"compression\": \"gzip\"")) {
            Api.Answer first = exports.made(client, "{\"format\": " + format + ", " + dates + "}");
            byte[] file = Exporting.download(client, first);
            long asOf = first.json().path("as_of").longValue();
            assertThat(first.json().path("closed").booleanValue()).isTrue();
            assertThat(first.json().path("rows").longValue()).isPositive();
            used.add(50);
            forget();

            String again = "{\"format\": " + format + ", \"as_of\": " + asOf + ", " + dates + "}";
            assertThat(Exporting.download(client, exports.made(client, again))).isEqualTo(file);
            Api.Answer later = exports.made(client, "{\"format\": " + format + ", " + dates + "}");
            assertThat(later.json().path("as_of").longValue()).isGreaterThan(asOf);
            assertThat(later.json().path("rows").longValue())
                    .isGreaterThan(first.json().path("rows").longValue());
        }
        assertThat(client.post(Exporting.EXPORTS, "{\"format\": \"csv\", \"as_of\": 9223372036854775807}")
                        .violations())
                .containsExactly("/as_of range");
        assertThat(exports.made(client, "{\"format\": \"csv\", \"as_of\": 0}")
                        .json()
                        .path("rows")
                        .longValue())
                .isZero();
    }

    @Test
    void what_a_killed_server_has_begun_another_one_ends_and_the_file_is_the_same() {
        World large = server.world("exports-large");
        Api client = large.api();
        SomeUsage used = exports.usage(large, 5);
        used.add(MANY);
        forget();
        byte[] undisturbed =
                Exporting.download(client, exports.made(client, "{\"format\": \"csv\", \"compression\": \"gzip\"}"));
        assertThat(Exporting.unzipped(undisturbed).lines()).hasSize(MANY + 1);

        Api.Answer placed = Exporting.place(client, "{\"format\": \"csv\", \"compression\": \"gzip\"}");
        var parts = new int[1];
        assertThatThrownBy(() -> work.turn(() -> {
                    if (++parts[0] == 3) {
                        throw new Killed();
                    }
                    return true;
                }))
                .isInstanceOf(Killed.class);
        JsonNode begun = client.get(placed.link("self")).json();
        assertThat(begun.path("rows").intValue()).isEqualTo(2 * UsageExportWork.PART_ROWS);
        assertThat(begun.path("progress").intValue()).isBetween(50, 99);
        assertThat(work.turn(() -> true)).as("another's until its lease ends").isFalse();
        database.owner().update("UPDATE usage_exports SET held_until = clock_timestamp()");
        exports.makeAll();
        assertThat(Exporting.download(client, client.get(placed.link("self")))).isEqualTo(undisturbed);
    }

    /** Ends a turn as a kill would: nothing is given back. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void who_has_many_exports_does_not_keep_others_waiting_and_has_one_made_at_a_time() {
        World many = server.world("exports-many");
        SomeUsage used = exports.usage(many, 6);
        used.add(MANY);
        forget();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            theirs.add(Exporting.place(many.api(), "{\"format\": \"csv\"}").link("self"));
        }
        String ours = Exporting.place(api, "{\"format\": \"csv\"}").link("self");

        assertThat(work.turn(once())).isTrue();
        assertThat(work.turn(once())).isTrue();
        assertThat(api.get(ours).json().path("status").stringValue()).isEqualTo("ready");
        assertThat(many.api().get(theirs.getFirst()).json().path("rows").intValue())
                .as("its first part")
                .isEqualTo(UsageExportWork.PART_ROWS);
        database.owner().update("UPDATE usage_exports SET held_until = 'infinity' WHERE id = ?", id(theirs.getFirst()));
        assertThat(work.turn(once())).as("one of theirs is being made").isFalse();
        database.owner().update("UPDATE usage_exports SET held_until = '-infinity'");
        exports.makeAll();
        theirs.forEach(
                link -> assertThat(many.api().get(link).json().path("status").stringValue())
                        .isEqualTo("ready"));
    }

    private static java.util.function.BooleanSupplier once() {
        var asked = new int[1];
        return () -> asked[0]++ == 0;
    }

    private static io.trunkline.ids.ExportId id(String link) {
        return io.trunkline.ids.ExportId.parse(link.replaceFirst(".*/", "")).orElseThrow();
    }

    @Test
    void a_file_is_downloaded_in_its_time_by_its_organization_with_its_licence() {
        Api.Answer export = exports.made(api, "{\"format\": \"ndjson\"}");
        String link = export.link("download");
        Api.Answer file = api.get(link);
        assertThat(file.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(file.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"" + id(link, ".ndjson") + "\"");
        assertThat(api.get(link, "If-None-Match", file.header("ETag")).status()).isEqualTo(304);
        Api.Answer head = api.call("HEAD", link, null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length"))
                .isEqualTo(export.json().path("size").asString());
        assertThat(api.anonymous("GET", link).status()).isEqualTo(401);
        assertThat(world.api(EnumSet.of(Licence.ORDERS)).get(link).status()).isEqualTo(403);
        Api other = server.world("exports-stranger").api();
        for (String path : List.of(link, export.link("self"))) {
            assertThat(other.get(path).status()).isEqualTo(404);
        }
        assertThat(other.call("DELETE", export.link("self"), null).status()).isEqualTo(404);
        assertThat(other.get(Exporting.EXPORTS).json().path("_embedded").path("exports"))
                .isEmpty();

        database.owner()
                .update("UPDATE usage_exports SET expires_at = ?", Instant.now().minusMillis(1));
        Api.Answer expired = api.get(link);
        assertThat(expired.status()).isEqualTo(410);
        assertThat(expired.code()).isEqualTo("export_expired");
        Api.Answer told = api.get(export.link("self"));
        assertThat(told.json().path("status").stringValue()).isEqualTo("expired");
        assertThat(told.link("download")).isEmpty();
        assertThat(parts()).as("downloads that began in time go on").isPositive();
        database.owner()
                .update("UPDATE usage_exports SET expires_at = ?", Instant.now().minusSeconds(3_601));
        server.bean(UsageExports.class).tidy();
        assertThat(parts()).isZero();
        assertThat(api.get(export.link("self")).json().path("sha256").stringValue())
                .isEqualTo(export.json().path("sha256").stringValue());
        assertThat(world.sql()
                        .list(
                                AUDITED,
                                row -> row.text("action"),
                                world.organization(),
                                "usage_export/" + export.json().path("id").stringValue()))
                .startsWith("usage_export.requested", "usage_export.read");
    }

    private static String id(String link, String extension) {
        return link.replaceFirst("/download$", "").replaceFirst(".*/", "") + extension;
    }

    private long parts() {
        return database.owner()
                .one("SELECT count(*) AS n FROM usage_export_parts", row -> row.longInteger("n"))
                .orElseThrow();
    }

    @Test
    void an_export_that_is_deleted_is_not_made_or_not_kept() {
        Api.Answer pending = Exporting.place(api, "{\"format\": \"csv\"}");
        Api.Answer early = api.get(pending.link("self") + "/download");
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.code()).isEqualTo("export_not_ready");
        Api.Answer canceled = api.call("DELETE", pending.link("cancel"), null);
        assertThat(canceled.json().path("status").stringValue()).isEqualTo("failed");
        assertThat(canceled.json().path("error").path("code").stringValue()).isEqualTo("canceled");
        assertThat(work.turn(() -> true)).isFalse();

        Api.Answer ready = exports.made(api, "{\"format\": \"csv\"}");
        Api.Answer deleted = api.call("DELETE", ready.link("delete"), null);
        assertThat(deleted.json().path("status").stringValue()).isEqualTo("expired");
        assertThat(api.get(ready.link("download")).status()).isEqualTo(410);

        // While a part of it is being written.
        Api.Answer running = Exporting.place(api, "{\"format\": \"csv\"}");
        assertThat(work.turn(
                        () -> api.call("DELETE", running.link("self"), null).status() == 200))
                .isTrue();
        assertThat(api.get(running.link("self")).json().path("status").stringValue())
                .isEqualTo("failed");
    }

    @Test
    void a_file_that_would_be_too_large_fails_and_says_what_to_do() {
        var narrow = new UsageExportSettings(
                0,
                1,
                15,
                100,
                Duration.ofDays(1),
                Duration.ofDays(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1));
        Api.Answer placed = Exporting.place(api, "{\"format\": \"csv\"}");
        assertThat(new UsageExportWork(database, narrow, Clock.systemUTC()).turn(() -> true))
                .isTrue();
        Api.Answer failed = api.get(placed.link("self"));
        assertThat(failed.json().path("status").stringValue()).isEqualTo("failed");
        assertThat(failed.json().path("error").path("code").stringValue()).isEqualTo("too_large");
        assertThat(api.get(placed.link("self") + "/download").code()).isEqualTo("export_not_ready");
    }

    @Test
    void a_turn_that_fails_is_tried_again_and_at_last_the_export_fails() {
        Api.Answer placed = Exporting.place(api, "{\"format\": \"csv\"}");
        for (int i = 0; i < 5; i++) {
            assertThat(api.get(placed.link("self")).json().path("status").stringValue())
                    .isEqualTo("pending");
            assertThat(work.turn(() -> {
                        throw new IllegalStateException("made up for a test");
                    }))
                    .isTrue();
        }
        assertThat(api.get(placed.link("self"))
                        .json()
                        .path("error")
                        .path("code")
                        .stringValue())
                .isEqualTo("internal");
    }

    @Test
    void an_organization_has_a_set_number_of_exports_and_a_key_makes_one() {
        String request = "{\"format\": \"csv\", \"filters\": {\"type\": [\"sms\"]}}";
        Api.Answer first = api.post(Exporting.EXPORTS, request, "Idempotency-Key", "exports-1");
        Api.Answer again = api.post(Exporting.EXPORTS, request, "Idempotency-Key", "exports-1");
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        for (int i = 1; i < 15; i++) {
            Exporting.place(api, request);
        }
        Api.Answer refused = api.post(Exporting.EXPORTS, request);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("too_many_exports");
        assertThat(api.call("DELETE", first.link("cancel"), null).status()).isEqualTo(200);
        Exporting.place(api, request);
    }

    @Test
    void everything_that_is_not_valid_is_told_at_once() {
        String nobody = SomeUsage.nobody("sub_");
        Api.Answer refused = api.post(Exporting.EXPORTS, """
                {"format": "xls", "compression": "zip", "as_of": -1, "limit": 1, "filters": {"from_date": "2026-02-30",
                 "account_id": "acc_1", "subscription_id": "%s", "msisdn": "+441", "type": ["voice", "fax", "voice"],
                 "direction": "up", "cost_type": "free", "from-date": "2026-01-01"}}""".formatted(nobody));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.violations())
                .containsExactlyInAnyOrder(
                        "/format not_allowed",
                        "/compression not_allowed",
                        "/as_of range",
                        "/limit unknown",
                        "/filters/from_date pattern",
                        "/filters/account_id pattern",
                        "/filters/subscription_id not_found",
                        "/filters/msisdn pattern",
                        "/filters/type/1 not_allowed",
                        "/filters/type/2 repeated",
                        "/filters/direction not_allowed",
                        "/filters/cost_type type",
                        "/filters/from-date unknown");
        String turned = """
                {"format": "csv", "filters": {"from_date": "2026-02-02", "to_date": "2026-02-01"}}""";
        assertThat(api.post(Exporting.EXPORTS, turned).violations()).containsExactly("/filters/from_date range");
        assertThat(api.post(Exporting.EXPORTS, "{}").violations()).containsExactly("/format required");
    }

    @Test
    void a_sender_that_looks_like_a_formula_is_a_text_in_csv_and_itself_in_ndjson() {
        World danger = server.world("exports-formula");
        SomeUsage used = exports.usage(danger, 8);
        String formula = "=HYPERLINK(\"http://x\",\"y\")";
        used.add(List.of(text(used.lines.getFirst(), formula)));
        forget();
        String csv = new String(
                Exporting.download(danger.api(), exports.made(danger.api(), "{\"format\": \"csv\"}")),
                StandardCharsets.UTF_8);
        assertThat(csv)
                .contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",")
                .doesNotContain(",=", ",\"=");
        List<JsonNode> lines = Exporting.lines(
                Exporting.download(danger.api(), exports.made(danger.api(), "{\"format\": \"ndjson\"}")));
        assertThat(lines.getFirst().path("from_address").stringValue()).isEqualTo(formula);
    }

    private UsageItem text(SomeUsage.Line line, @Nullable String sender) {
        Instant at = now.minusSeconds(600);
        byte[] tail = new byte[UsageItemId.TAIL_BYTES];
        Arrays.fill(tail, (byte) 7);
        return new UsageItem(
                UsageItemId.of(at, tail),
                line.holder(),
                new UsageItem.Event(
                        UsageItem.Type.SMS,
                        Direction.INBOUND,
                        UsageItem.Technology.SMS,
                        line.number(),
                        null,
                        sender,
                        "GB",
                        false,
                        false,
                        at,
                        at,
                        1),
                new UsageItem.Charge(CostType.FREE, 1, 0, "EUR"));
    }
}
