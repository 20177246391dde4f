package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * The server, or everything, is killed in the middle of a file of usage: each record counts once, and balances are what
 * the items add up to. {@code -Dtrunkline.test.kill-rounds=50} for more rounds, {@code -Dtrunkline.test.seed} for the
 * same ones again.
 */
class UsageKillTest {
    private static final int ROUNDS = Integer.getInteger("trunkline.test.kill-rounds", 1);
    private static final long SEED = Long.getLong("trunkline.test.seed", System.nanoTime());
    /** Several batches. */
    private static final int RECORDS = 30_000;

    private static final int LINES = 8;
    private static final long LONGEST_PAUSE_NANOS = 800_000_000;

    /** Of the demo, with a plan. */
    private static final String IMSIS = """
            SELECT p.imsi FROM sim_profiles p JOIN subscriptions s USING (organization_id)
            WHERE s.id = p.subscription_id AND s.status = 'active' AND p.held_to IS NULL AND p.held_from < '%1$s'
                AND EXISTS (SELECT FROM products r JOIN product_offerings o ON o.id = r.offering_id
                    WHERE r.organization_id = s.organization_id AND r.subscription_id = s.id AND o.type = 'plan'
                        AND r.activated_at < '%1$s' AND r.terminates_at IS NULL)
            ORDER BY p.imsi LIMIT %2$d""";

    private static final String ACCEPTED =
            "SELECT 'accepted', count(*) FROM usage_records WHERE starts_with(record_id, '%s')";
    /** One row for each record: whether its items are complete, none of them twice, and carry all of its bytes. */
    private static final String ITEMS = """
            SELECT CASE WHEN quantity = expected AND parts = items AND last = items THEN 'once' ELSE record_id END,
                count(*)
            FROM (SELECT record_id, sum(quantity) AS quantity, count(*) AS items, count(DISTINCT part) AS parts,
                    max(part) AS last, split_part(record_id, '-', 4)::bigint AS expected
                FROM usage_items WHERE starts_with(record_id, '%s') GROUP BY record_id) r
            GROUP BY 1""";

    private final Random random = new Random(SEED);

    @Test
    void eachRecordCountsOnceThoughTheServerIsKilledWhileItReads() throws Exception {
        try (BoxProcess box = BoxProcess.create().up()) {
            for (int round = 0; round < ROUNDS; round++) {
                String prefix = "kill-" + round + "-";
                drop(box, prefix);
                BoxProcess.await("the first batch", () -> accepted(box, prefix) > 0);
                LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
                if (random.nextBoolean()) {
                    box.killAll();
                } else {
                    box.kill("server");
                    BoxProcess.await("killed", () -> !box.runs("server"));
                }
                box.up();
                BoxProcess.await("all of the file", () -> accepted(box, prefix) == RECORDS);
                BoxProcess.await(
                        "it is archived", () -> Files.notExists(box.data().resolve("usage/drop/" + prefix + ".csv")));
                try (Books books = Books.of(box)) {
                    assertThat(books.counts(ITEMS.formatted(prefix)))
                            .as("seed %d", SEED)
                            .containsExactly(Map.entry("once", (long) RECORDS));
                }
                assertThat(OperatorCommand.parse(
                                        List.of("audit", "--data", box.data().toString()))
                                .usage(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)))
                        .as("balances are what their items add up to, seed %d", SEED)
                        .isTrue();
            }
        }
    }

    private void drop(BoxProcess box, String prefix) throws Exception {
        Instant start = Instant.now().minus(Duration.ofHours(1));
        List<String> imsis;
        try (Books books = Books.of(box)) {
            imsis = books.rows(IMSIS.formatted(start.minus(Duration.ofDays(1)), LINES)).stream()
                    .map(List::getFirst)
                    .toList();
        }
        assertThat(imsis).hasSize(LINES);
        var csv = new StringBuilder("record_id,type,direction,imsi,location_country,started_at,quantity\n");
        for (int i = 0; i < RECORDS; i++) {
            int bytes = 1 + random.nextInt(1_000_000);
            csv.append("%s%d-%d,data,outbound,%s,GB,%s,%d\n"
                    .formatted(prefix, i, bytes, imsis.get(random.nextInt(LINES)), start.plusMillis(i), bytes));
        }
        Path drop = box.data().resolve("usage/drop");
        Path part = Files.writeString(drop.resolve(prefix + ".csv.part"), csv);
        Files.move(part, drop.resolve(prefix + ".csv"));
        Files.createFile(drop.resolve(prefix + ".csv.done"));
    }

    /** None while nobody answers. */
    private static long accepted(BoxProcess box, String prefix) {
        try (Books books = Books.of(box)) {
            return books.counts(ACCEPTED.formatted(prefix)).getOrDefault("accepted", 0L);
        } catch (SQLException e) {
            return 0;
        }
    }
}
