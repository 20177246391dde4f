package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;

/** Reading on in the order of processing, with two servers that give numbers. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsageProcessedTest {
    private static final String FROM_THE_BEGINNING = "/enterprise/usage/items?processed-after=";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private RunningServer server;
    private ConfigurableApplicationContext second;
    private Database database;
    private Instant now;

    @BeforeAll
    void prepare() {
        Map<String, String> quick = Map.of("trunkline.usage.sequencer-poll", "5ms");
        server = RunningServer.start(quick);
        // Tokens hold on both: they are of one issuer.
        var alike = new HashMap<>(quick);
        alike.put("trunkline.public-url", server.url());
        second = server.second(alike);
        database = server.bean(Database.class);
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @AfterAll
    void stop() {
        second.close();
        server.close();
    }

    private SomeUsage usage(World world, long seed) {
        var usage = new SomeUsage(server, world, seed, 6, now.minus(Duration.ofDays(3)), now);
        usage.cover(List.of(
                usage.item(usage.lines.getFirst(), now.minus(Duration.ofDays(3))),
                usage.item(usage.lines.getFirst(), now)));
        return usage;
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

    private static Set<String> ids(List<UsageItem> items) {
        return items.stream().map(item -> item.id().text()).collect(Collectors.toSet());
    }

    private static void await(BooleanSupplier condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waited for too long").isBefore(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void awaitNumbers() {
        await(() -> database.owner()
                .list("SELECT 1 AS one FROM usage_batches WHERE number IS NULL", _ -> true)
                .isEmpty());
    }

    /** Reads on from a link until nothing comes. */
    private static String readOn(Api api, String link, List<String> seen) {
        String next = link;
        while (true) {
            Api.Answer page = api.get(next);
            seen.addAll(ids(page));
            assertThat(page.link("next")).as("there is always a next").isNotEmpty();
            assertThat(page.link("prev")).isEmpty();
            if (page.link("next").equals(page.link("self"))) {
                return next;
            }
            next = page.link("next");
        }
    }

    @Test
    void a_client_that_reads_on_sees_every_item_once_in_the_order_of_the_batches() {
        World world = server.world("processed-order");
        SomeUsage usage = usage(world, 1);
        List<UsageItem> first = usage.add(250);
        awaitNumbers();
        List<UsageItem> later = usage.add(130);
        awaitNumbers();
        Api api = world.api();
        var seen = new ArrayList<String>();
        String place = readOn(api, FROM_THE_BEGINNING + "&limit=40", seen);

        assertThat(seen).doesNotHaveDuplicates().hasSize(380);
        assertThat(new HashSet<>(seen.subList(0, 250))).isEqualTo(ids(first));
        assertThat(new HashSet<>(seen.subList(250, 380))).isEqualTo(ids(later));

        // A late item, older than all others, is read after them.
        UsageItem late = usage.item(usage.lines.getLast(), now.minus(Duration.ofDays(3)));
        usage.add(List.of(late));
        awaitNumbers();
        var more = new ArrayList<String>();
        readOn(api, place, more);
        assertThat(more).containsExactly(late.id().text());
    }

    @Test
    void nothing_yet_has_a_next_that_later_leads_to_what_comes() {
        World world = server.world("processed-empty");
        SomeUsage usage = usage(world, 2);
        Api api = world.api();
        Api.Answer empty = api.get(FROM_THE_BEGINNING);
        assertThat(ids(empty)).isEmpty();
        assertThat(empty.link("next")).isNotEmpty();
        List<UsageItem> items = usage.add(3);
        awaitNumbers();
        assertThat(new HashSet<>(ids(api.get(empty.link("next"))))).isEqualTo(ids(items));
    }

    @Test
    void a_number_in_place_of_nothing_leaves_out_the_batches_up_to_it() {
        World world = server.world("processed-number");
        SomeUsage usage = usage(world, 3);
        usage.add(5);
        awaitNumbers();
        long number = database.owner()
                .list(
                        "SELECT number FROM usage_batches WHERE organization_id = ?",
                        row -> row.longInteger("number"),
                        world.organization())
                .getFirst();
        List<UsageItem> later = usage.add(4);
        awaitNumbers();
        var seen = new ArrayList<String>();
        readOn(world.api(), "/enterprise/usage/items?processed-after=" + number, seen);
        assertThat(seen).hasSize(4);
        assertThat(new HashSet<>(seen)).isEqualTo(ids(later));
    }

    @Test
    void filters_hold_and_long_stretches_without_a_match_are_short_pages() {
        World world = server.world("processed-filters");
        SomeUsage usage = usage(world, 4);
        for (int i = 0; i < 4; i++) {
            usage.add(700);
        }
        awaitNumbers();
        SomeUsage.Line line = usage.lines.get(2);
        var seen = new ArrayList<String>();
        readOn(
                world.api(),
                FROM_THE_BEGINNING + "&type=voice&direction=inbound&cost-type=free&limit=100&subscription-id="
                        + line.holder().subscription(),
                seen);
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(new HashSet<>(seen))
                .isEqualTo(usage.all.stream()
                        .filter(item -> item.holder().equals(line.holder())
                                && item.event().type() == UsageItem.Type.VOICE
                                && item.event().direction() == UsageItem.Direction.INBOUND
                                && item.charge().type() == UsageItem.CostType.FREE)
                        .map(item -> item.id().text())
                        .collect(Collectors.toSet()));
    }

    @Test
    void an_item_that_a_later_batch_changes_appears_again_and_only_there() {
        World world = server.world("processed-again");
        SomeUsage usage = usage(world, 5);
        List<UsageItem> first = usage.add(20);
        awaitNumbers();
        Api api = world.api();
        var seen = new ArrayList<String>();
        String place = readOn(api, FROM_THE_BEGINNING, seen);
        UsageItem changed = first.get(7);
        // What re-rating does: the item is the new batch's, under its old id.
        database.inOwnerTransaction(sql -> {
            long batch = sql.one("SELECT nextval('usage_batch_ids') AS id", row -> row.longInteger("id"))
                    .orElseThrow();
            sql.update(
                    """
                    INSERT INTO usage_batches (organization_id, id, items, first_started_at, last_started_at,
                        processed_at)
                    VALUES (?, ?, 1, ?, ?, now())""",
                    world.organization(),
                    batch,
                    changed.event().startedAt(),
                    changed.event().startedAt());
            sql.update(
                    "INSERT INTO usage_batch_items (organization_id, batch_id, last_id, ids)"
                            + " VALUES (?, ?, ?, ARRAY[?])",
                    world.organization(),
                    batch,
                    changed.id(),
                    changed.id());
            return sql.update(
                    "UPDATE usage_items SET batch_id = ?, charged_quantity = 7777777, processed_at = now()"
                            + " WHERE organization_id = ? AND id = ?",
                    batch,
                    world.organization(),
                    changed.id());
        });
        awaitNumbers();
        Api.Answer again = api.get(place);
        assertThat(ids(again)).containsExactly(changed.id().text());
        assertThat(again.json()
                        .path("_embedded")
                        .path("items")
                        .path(0)
                        .path("charged_quantity")
                        .longValue())
                .isEqualTo(7_777_777);
        var all = new ArrayList<String>();
        readOn(api, FROM_THE_BEGINNING + "&limit=7", all);
        assertThat(all).hasSize(20).doesNotHaveDuplicates();
        assertThat(all.getLast()).isEqualTo(changed.id().text());
    }

    @Test
    void what_commits_late_is_not_missed() throws Exception {
        World world = server.world("processed-late");
        SomeUsage usage = usage(world, 6);
        Usage uses = server.bean(Usage.class);
        Api api = world.api();
        UsageItem slow = usage.item();
        var written = new CountDownLatch(1);
        var commit = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> batch = executor.submit(() -> database.inOwnerTransaction(sql -> {
                long id = uses.add(sql, List.of(slow));
                written.countDown();
                awaitUnchecked(commit);
                return id;
            }));
            assertThat(written.await(60, TimeUnit.SECONDS)).isTrue();
            // Batches that began later are numbered and read meanwhile.
            List<UsageItem> quick = usage.add(10);
            await(() -> ids(api.get(FROM_THE_BEGINNING + "&limit=100")).size() == 10);
            var seen = new ArrayList<String>();
            String place = readOn(api, FROM_THE_BEGINNING + "&limit=100", seen);
            assertThat(new HashSet<>(seen)).isEqualTo(ids(quick));
            commit.countDown();
            assertThat(batch.get()).isPositive();
            awaitNumbers();
            assertThat(ids(api.get(place))).containsExactly(slow.id().text());
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void with_many_writers_and_two_servers_a_reader_misses_and_repeats_nothing()
            throws InterruptedException, ExecutionException {
        World world = server.world("processed-race");
        SomeUsage usage = usage(world, 7);
        Usage uses = server.bean(Usage.class);
        var batches = new ArrayList<List<UsageItem>>();
        var random = new Random(8);
        for (int i = 0; i < 120; i++) {
            var items = new ArrayList<UsageItem>();
            for (int n = random.nextInt(30); n >= 0; n--) {
                items.add(usage.item());
            }
            batches.add(items);
        }
        Set<String> expected =
                batches.stream().flatMap(items -> ids(items).stream()).collect(Collectors.toSet());
        var seen = new ArrayList<String>();
        Api api = world.api();
        try (var executor = Executors.newFixedThreadPool(5)) {
            var written = new ArrayList<Future<Long>>();
            for (List<UsageItem> items : batches) {
                long nanos = random.nextInt(20_000_000);
                written.add(executor.submit(() -> database.inOwnerTransaction(sql -> {
                    long id = uses.add(sql, items);
                    LockSupport.parkNanos(nanos);
                    return id;
                })));
            }
            String place = FROM_THE_BEGINNING + "&limit=17";
            while (seen.size() < expected.size()) {
                place = readOn(api.at(urlOf(random)), place.replaceFirst("^https?://[^/]*", ""), seen);
                assertThat(Instant.now()).isBefore(now.plus(Duration.ofMinutes(5)));
            }
            for (Future<Long> batch : written) {
                assertThat(batch.get()).isPositive();
            }
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(new HashSet<>(seen)).isEqualTo(expected);
        assertThat(database.owner()
                        .list(
                                "SELECT number FROM usage_batches WHERE organization_id = ? ORDER BY number",
                                row -> row.longInteger("number"),
                                world.organization()))
                .hasSize(120)
                .doesNotHaveDuplicates();
    }

    private String urlOf(Random random) {
        return random.nextBoolean() ? server.url() : RunningServer.urlOf(second);
    }

    @Test
    void one_server_at_a_time_gives_numbers_and_another_takes_over() {
        var settings = new UsageSettings(
                5_000,
                java.time.Period.ofMonths(24),
                2,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofDays(10),
                List.of(),
                Duration.ofMillis(250));
        World world = server.world("processed-lease");
        SomeUsage usage = usage(world, 9);
        // A holder that has died: nobody else gives numbers until its lease is over.
        database.owner()
                .update("UPDATE usage_sequencer SET holder = gen_random_uuid(),"
                        + " held_until = clock_timestamp() + interval '1 hour'");
        usage.add(1);
        var other = new UsageSequencer(database, settings);
        assertThat(other.number()).isFalse();
        assertThat(ids(world.api().get(FROM_THE_BEGINNING))).isEmpty();
        database.owner().update("UPDATE usage_sequencer SET held_until = clock_timestamp()");
        await(() -> ids(world.api().get(FROM_THE_BEGINNING)).size() == 1);
    }

    @Test
    void what_one_server_is_asked_to_export_is_downloaded_from_either() {
        World world = server.world("exported");
        usage(world, 9).add(300);
        Api api = world.api();
        Api.Answer placed = api.post("/enterprise/usage/exports", "{\"format\": \"csv\", \"compression\": \"gzip\"}");
        assertThat(placed.status()).as(placed.text()).isEqualTo(202);
        String link = api.await(
                        placed.link("self"), answer -> !answer.link("download").isEmpty())
                .link("download");
        Api.Answer here = api.get(link);
        Api.Answer there =
                api.at(RunningServer.urlOf(second)).get(URI.create(link).getPath());
        assertThat(there.status()).isEqualTo(200);
        assertThat(there.response().body()).isEqualTo(here.response().body());
    }
}
