package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.ids.Id;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Months come and go; the request role sees none of them but through the parent. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class UsagePartitionsTest {
    private RunningServer server;
    private Database database;
    private World world;
    private SomeUsage usage;

    @BeforeAll
    void prepare() {
        // The chore runs when the test says so.
        server = RunningServer.start(Map.of("trunkline.chores.poll", "1h"));
        database = server.bean(Database.class);
        world = server.world("partitions");
        Instant now = Instant.now();
        usage = new SomeUsage(server, world, 1, 5, now.minus(Duration.ofDays(200)), now);
        usage.add(500);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private List<String> partitions() {
        return database.owner().list("""
                SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'usage_items'::regclass ORDER BY 1""", row -> row.text("name"));
    }

    private UsagePartitions at(Instant now, Period retention) {
        return new UsagePartitions(
                database,
                new UsageSettings(
                        5_000,
                        retention,
                        2,
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofDays(10),
                        List.of(),
                        Duration.ofMillis(250)),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    private String refusal(String sql) {
        try (Connection connection = server.bean(Connections.class).requests().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config('trunkline.organization', '"
                    + world.organization().value() + "', false)");
            try {
                statement.execute(sql);
                return "";
            } finally {
                statement.execute("RESET ALL");
            }
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    @Test
    @Order(1)
    void months_are_made_ahead_and_once() {
        UsagePartitions partitions = at(Instant.parse("2031-11-30T23:59:59Z"), Period.ofMonths(240));
        partitions.maintain();
        assertThat(partitions())
                .contains("usage_items_2031_11", "usage_items_2031_12", "usage_items_2032_01")
                .doesNotContain("usage_items_2032_02");
        List<String> before = partitions();
        partitions.maintain();
        assertThat(partitions()).isEqualTo(before);
    }

    @Test
    @Order(2)
    void the_request_role_is_refused_on_every_partition_old_and_new() {
        List<String> partitions = partitions();
        assertThat(partitions).hasSizeGreaterThan(9);
        for (String partition : partitions) {
            for (String statement : List.of(
                    "SELECT * FROM " + partition,
                    "SELECT count(*) FROM " + partition,
                    "INSERT INTO " + partition + " SELECT * FROM usage_items LIMIT 1",
                    "UPDATE " + partition + " SET quantity = 0",
                    "DELETE FROM " + partition,
                    "TRUNCATE " + partition,
                    "ALTER TABLE " + partition + " DISABLE ROW LEVEL SECURITY")) {
                assertThat(refusal(statement)).as(statement).isEqualTo("42501");
            }
        }
        assertThat(refusal("SELECT * FROM usage_items")).isEmpty();
        for (String statement : List.of(
                "INSERT INTO usage_items SELECT * FROM usage_items LIMIT 1",
                "UPDATE usage_items SET quantity = 0",
                "DELETE FROM usage_items",
                "SELECT * FROM usage_sequencer",
                "UPDATE usage_batches SET number = 1",
                "SELECT nextval('usage_batch_ids')")) {
            assertThat(refusal(statement)).as(statement).isEqualTo("42501");
        }
    }

    @Test
    @Order(2)
    void every_partition_has_the_keys_of_the_parent_and_no_more_and_the_organization_comes_first() {
        for (String partition : partitions()) {
            List<String> keys = database.owner().list("""
                    SELECT a.attname AS first FROM pg_index i
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                    WHERE i.indrelid = ?::regclass""", row -> row.text("first"), partition);
            assertThat(keys).as(partition).containsExactly("organization_id", "organization_id", "organization_id");
        }
    }

    @Test
    @Order(3)
    void a_month_past_its_retention_is_detached_and_kept_and_comes_back_when_the_retention_grows() {
        Instant now = Instant.now();
        Api api = world.api();
        List<String> before = partitions();
        UsageItem oldest = usage.all.stream().max(SomeUsage.NEWEST_FIRST).orElseThrow();
        String link = "/enterprise/usage/items/" + oldest.id();
        assertThat(api.get(link).status()).isEqualTo(200);

        assertThat(summed(api)).isEqualTo(500);

        at(now, Period.ofMonths(2)).maintain();
        forgets(at(now, Period.ofMonths(2)));
        assertThat(summed(api)).isBetween(1L, 499L);

        String month = "usage_items_"
                + oldest.event().startedAt().toString().substring(0, 7).replace('-', '_');
        assertThat(before).contains(month);
        assertThat(partitions()).doesNotContain(month).hasSizeLessThan(before.size());
        assertThat(api.get(link).status()).isEqualTo(404);
        assertThat(database.owner().list("SELECT count(*) AS n FROM " + month, row -> row.integer("n")))
                .singleElement()
                .satisfies(count -> assertThat(count).isPositive());
        assertThat(refusal("SELECT * FROM " + month)).isEqualTo("42501");

        at(now, Period.ofMonths(24))
                .cover(oldest.event().startedAt(), oldest.event().startedAt());
        assertThat(partitions()).contains(month);
        assertThat(api.get(link).status()).isEqualTo(200);
        assertThat(server.bean(UsageAudit.class).offSums())
                .as("its sums come back with it")
                .isEmpty();
    }

    private static long summed(Api api) {
        return api.get("/enterprise/usage/summary")
                .json()
                .path("_embedded")
                .path("groups")
                .valueStream()
                .mapToLong(group -> group.path("items").longValue())
                .sum();
    }

    /** Of what is past the retention nothing is left, of what is not, all. */
    private void forgets(UsagePartitions partitions) {
        String record = """
                INSERT INTO usage_records (source_id, record_id, content, started_at)
                SELECT -1, ? || n, gen_random_uuid(), ? FROM generate_series(1, 6000) n""";
        String aside = """
                INSERT INTO usage_quarantine (source_id, key, id, reason, run, line, original, at)
                VALUES (-1, ?, ?, 'malformed', -1, 1, '', ?)""";
        String balance = """
                INSERT INTO usage_balances (organization_id, holder_id, offering_id, allowance, period_from,
                    period_to, pooled, used)
                VALUES (?, gen_random_uuid(), gen_random_uuid(), 'forgotten', ?, ?, false, 0)""";
        for (Instant at : List.of(partitions.oldest().minus(Duration.ofDays(32)), Instant.now())) {
            database.owner().update(record, at.toString(), at);
            database.owner().update(aside, at.toString(), Id.newValue(at), at);
            database.owner().update(balance, world.organization(), at.minusSeconds(1), at);
        }

        new UsageRetention(database, partitions).maintain();

        String left = """
                SELECT (SELECT count(*) FROM usage_records WHERE source_id = -1) || ' '
                    || (SELECT count(*) FROM usage_quarantine WHERE source_id = -1) || ' '
                    || (SELECT count(*) FROM usage_balances WHERE allowance = 'forgotten') AS counts""";
        assertThat(database.owner().list(left, row -> row.text("counts"))).containsExactly("6000 1 1");
        database.owner().update("DELETE FROM usage_balances WHERE allowance = 'forgotten'");
    }

    @Test
    @Order(4)
    void what_is_too_old_or_months_ahead_finds_no_room() {
        Instant now = Instant.parse("2026-03-15T12:00:00Z");
        UsagePartitions partitions = at(now, Period.ofMonths(24));
        assertThat(partitions.oldest()).isEqualTo(Instant.parse("2024-03-15T12:00:00Z"));
        assertThatThrownBy(() -> partitions.cover(Instant.parse("2024-03-15T11:59:59Z"), now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected from 2024-03-15T12:00:00Z to the end of 2026-05");
        assertThatThrownBy(() -> partitions.cover(now, Instant.parse("2026-06-01T00:00:00Z")))
                .isInstanceOf(IllegalArgumentException.class);
        partitions.cover(Instant.parse("2024-03-15T12:00:00Z"), Instant.parse("2024-04-01T00:00:00Z"));
        assertThat(partitions()).contains("usage_items_2024_03", "usage_items_2024_04");

        UsageItem homeless = usage.item(usage.lines.getFirst(), Instant.parse("2023-01-01T00:00:00Z"));
        Usage uses = server.bean(Usage.class);
        assertThatThrownBy(() -> database.inOwnerTransaction(sql -> uses.add(sql, List.of(homeless))))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("no partition");
    }

    @Test
    @Order(5)
    void many_writers_that_need_a_month_at_once_make_it_once() throws InterruptedException {
        Instant at = Instant.parse("2025-02-10T00:00:00Z");
        var threads = java.util.stream.IntStream.range(0, 6)
                .mapToObj(_ -> Thread.ofVirtual()
                        .start(() -> at(Instant.parse("2026-01-01T00:00:00Z"), Period.ofMonths(24))
                                .cover(at, at)))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(partitions()).containsOnlyOnce("usage_items_2025_02");
    }

    @Test
    @Order(6)
    void months_that_are_filled_side_by_side_do_not_wait_for_each_other_for_ever() throws Exception {
        UsagePartitions partitions = at(Instant.parse("2026-01-01T00:00:00Z"), Period.ofMonths(24));
        List<YearMonth> months = List.of(YearMonth.of(2025, 3), YearMonth.of(2025, 4));
        partitions.cover(Instant.parse("2025-03-01T00:00:00Z"), Instant.parse("2025-04-01T00:00:00Z"));
        var both = new CyclicBarrier(months.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> fills = threads.invokeAll(months.stream()
                    .map(month -> (Callable<Boolean>) () -> {
                        partitions.fill(month, (_, _) -> together(both));
                        return true;
                    })
                    .toList());
            for (Future<Boolean> fill : fills) {
                assertThat(fill.get()).isTrue();
            }
        }
        assertThat(partitions()).contains("usage_items_2025_03", "usage_items_2025_04");
    }

    private static void together(CyclicBarrier all) {
        try {
            all.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(90)
    void a_month_with_items_is_not_filled_a_second_time() {
        Instant started = usage.all.getLast().event().startedAt();
        YearMonth month = YearMonth.from(started.atOffset(ZoneOffset.UTC));
        List<String> before = partitions();
        assertThatThrownBy(() -> server.bean(Usage.class)
                        .fill(month, batches -> batches.add(List.of(usage.all.getLast()), _ -> Instant.now())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(month.toString());
        assertThat(partitions()).isEqualTo(before);
        assertThat(database.owner().list("SELECT 1 AS one FROM pg_class WHERE relname ~ '_filled$'", _ -> true))
                .isEmpty();
    }
}
