package io.trunkline.usage;

import static io.trunkline.usage.FeedWorld.HEADER;
import static io.trunkline.usage.FeedWorld.call;
import static io.trunkline.usage.FeedWorld.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.ConfigurableApplicationContext;

/** Batches that are judged while earlier ones are written, and what others do to the same allowances meanwhile. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FeedPipeTest {
    /** Of each line, pooled, in seconds, and of its own, in bytes. */
    private static final long TALK = 600;

    private static final long DATA = 10_240;

    private final Instant at = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(3));
    private RunningServer server;
    private Feed feed;

    @BeforeAll
    void prepare(RunningServer shared) {
        server = shared;
        feed = server.bean(Feed.class);
    }

    /** Counts are all that its position tells. */
    private FeedPipe<FeedCounts> pipe(String source) {
        feed.open(source);
        return new FeedPipe<>(
                feed,
                feed.with(source, (_, locked) -> locked),
                new FeedPipe.Place<>() {
                    @Override
                    public void check(FeedStore.Source locked, FeedCounts expected) {
                        assertThat(locked.accepted()).isEqualTo(expected.accepted());
                    }

                    @Override
                    public String json(FeedCounts position) {
                        return "{}";
                    }
                },
                FeedCounts.NONE);
    }

    private FeedBatch batch(String lines) throws Exception {
        var in = new ByteArrayInputStream((HEADER + lines).getBytes(StandardCharsets.UTF_8));
        try (FeedReader reader = FeedReader.open(in, FeedReader.Packing.PLAIN, true, Map.of(), whole -> whole)) {
            return new FeedBatch(1, Optional.empty(), reader.header(), reader.next(Feed.BATCH, feed));
        }
    }

    private static FeedCounts take(FeedRequests requests, String source, String lines) {
        return requests.take(
                source,
                new ByteArrayInputStream((HEADER + lines).getBytes(StandardCharsets.UTF_8)),
                FeedReader.Packing.PLAIN,
                true);
    }

    /** What is used of an allowance, of all that the world's organization has of it. */
    private long used(FeedWorld world, String allowance) {
        return world.world
                .sql()
                .one(
                        "SELECT sum(used)::bigint AS used FROM usage_balances"
                                + " WHERE organization_id = ? AND allowance = ?",
                        row -> row.longInteger("used"),
                        world.world.organization(),
                        allowance)
                .orElseThrow();
    }

    private static void give(FeedWorld world, long bytes) {
        world.world
                .sql()
                .update(
                        "UPDATE usage_balances SET used = used - ? WHERE organization_id = ? AND allowance = 'data'",
                        bytes,
                        world.world.organization());
    }

    private void assertBooksAgree(FeedWorld world) {
        String own = world.world.organization().value().toString();
        var audit = server.bean(UsageAudit.class);
        assertThat(audit.differences()).noneMatch(one -> one.organization().equals(own));
        assertThat(audit.offSums()).noneMatch(one -> one.organization().equals(own));
    }

    @Test
    void aRecordThatComesAgainInTheNextBatchIsRepeated() throws Exception {
        var world = new FeedWorld(server, "pipe-again");
        FeedWorld.Line line = world.line(at.minus(Duration.ofDays(40)), null);
        String first = data("again-1", line, at, 1024);
        try (FeedPipe<FeedCounts> pipe = pipe("pipe-again")) {
            pipe.put(batch(first), FeedCounts::plus);
            pipe.put(batch(first + data("again-2", line, at, 2048)), FeedCounts::plus);
            pipe.put(batch(data("again-2", line, at, 2049)), FeedCounts::plus);
            FeedCounts counts = pipe.finish();
            assertThat(counts.accepted()).isEqualTo(2);
            assertThat(counts.repeated()).isEqualTo(1);
            assertThat(counts.quarantined())
                    .extracting(FeedCounts.Quarantined::reason)
                    .containsExactly(FeedReason.CONFLICTING_DUPLICATE);
        }
        assertThat(used(world, "data")).isEqualTo(3 * 1024);
        assertBooksAgree(world);
    }

    @Test
    void aBatchIsTakenAnewWhenSomebodyElseTookFromItsPoolMeanwhile() throws Exception {
        var world = new FeedWorld(server, "pipe-pool");
        FeedWorld.Line line = world.line(at.minus(Duration.ofDays(40)), null);
        try (FeedPipe<FeedCounts> pipe = pipe("pipe-pool")) {
            pipe.put(batch(call("pool-1", line, "447911123456", at, 300)), FeedCounts::plus);
            pipe.finish();
            take(server.bean(FeedRequests.class), "pipe-pool-other", call("other-1", line, "447911123456", at, 240));
            pipe.put(batch(call("pool-2", line, "447911123456", at, 300)), FeedCounts::plus);
            assertThat(pipe.finish().accepted()).isEqualTo(2);
        }
        assertThat(used(world, "talk")).isEqualTo(TALK);
        assertBooksAgree(world);
    }

    @Test
    void anAllowanceThatGotSomethingBackMeanwhileIsUsedUpAgain() throws Exception {
        var world = new FeedWorld(server, "pipe-back");
        FeedWorld.Line line = world.line(at.minus(Duration.ofDays(40)), null);
        try (FeedPipe<FeedCounts> pipe = pipe("pipe-back")) {
            pipe.put(batch(data("back-1", line, at, DATA)), FeedCounts::plus);
            pipe.finish();
            give(world, 1024);
            pipe.put(batch(data("back-2", line, at, 1024)), FeedCounts::plus);
            pipe.finish();
        }
        // Nothing was left of it when the second one was judged first.
        assertThat(used(world, "data")).isEqualTo(DATA);
        give(world, -1024);
        assertBooksAgree(world);
    }

    @Test
    void balancesAreWhatItemsAddUpToHoweverManyServersTakeFromOnePool() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var world = new FeedWorld(server, "pipe-many");
        var lines = new ArrayList<FeedWorld.Line>();
        for (int i = 0; i < 5; i++) {
            lines.add(world.line(at.minus(Duration.ofDays(40)), null));
        }
        int rounds = 12;
        try (ConfigurableApplicationContext second = server.second(Map.of());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Long>> writers = List.of(
                    piped("many-a", batches("a", lines, random, rounds)),
                    piped("many-b", batches("b", lines, random, rounds)),
                    sent(server.bean(FeedRequests.class), "many-c", batches("c", lines, random, rounds)),
                    sent(second.getBean(FeedRequests.class), "many-d", batches("d", lines, random, rounds)));
            long accepted = 0;
            for (Future<Long> writer : threads.invokeAll(writers)) {
                accepted += writer.get();
            }
            assertThat(accepted).as("seed %d", seed).isEqualTo(4L * rounds * 20);
        }
        assertThat(used(world, "talk")).as("seed %d", seed).isEqualTo(TALK * lines.size());
        assertThat(used(world, "data")).as("seed %d", seed).isEqualTo(DATA * lines.size());
        assertBooksAgree(world);
    }

    private List<String> batches(String name, List<FeedWorld.Line> lines, Random random, int rounds) {
        var batches = new ArrayList<String>();
        for (int round = 0; round < rounds; round++) {
            var records = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                FeedWorld.Line line = lines.get(random.nextInt(lines.size()));
                String id = "many-" + name + "-" + round + "-" + i;
                records.append(
                        random.nextBoolean()
                                ? call(id, line, "447911123456", at, 1 + random.nextInt(120))
                                : data(id, line, at, 1 + random.nextInt(4_000)));
            }
            batches.add(records.toString());
        }
        return batches;
    }

    private Callable<Long> piped(String source, List<String> batches) {
        return () -> {
            try (FeedPipe<FeedCounts> pipe = pipe(source)) {
                for (String lines : batches) {
                    pipe.put(batch(lines), FeedCounts::plus);
                }
                return pipe.finish().accepted();
            }
        };
    }

    private static Callable<Long> sent(FeedRequests requests, String source, List<String> batches) {
        return () -> batches.stream()
                .mapToLong(lines -> take(requests, source, lines).accepted())
                .sum();
    }
}
