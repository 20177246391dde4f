package io.trunkline.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is ordered singly does not wait for a batch. */
@Tag("database")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchTurnTest {
    private static final int BATCH = 40;

    private RunningServer server;
    private World world;
    private Api api;

    @BeforeAll
    void start() {
        server = RunningServer.start(Map.of("trunkline.orders.batch-in-flight", "3"));
        world = server.world("turns").stock(BATCH + 10);
        api = world.api();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private List<OrderWork.Due> lease(int most, int mostOfBatches) {
        Instant now = Instant.now().plusSeconds(1);
        return OrderWork.lease(
                server.bean(Database.class).owner(),
                Neighbour.NONE,
                true,
                now,
                now.plusSeconds(-1),
                most,
                mostOfBatches);
    }

    @Test
    void aSingleOrderIsTakenFirstAndNoMoreOfABatchThanThereIsRoomForThenAllComplete() {
        server.bean(OrderWorker.class).stop();
        String orders = String.join(",", Collections.nCopies(BATCH, world.apiOrder()));
        Api.Answer batch = api.post("/enterprise/orders/batches", "{\"orders\": [" + orders + "]}");
        assertThat(batch.status()).as(batch.text()).isEqualTo(201);
        Api.Answer single = api.post("/enterprise/orders", world.apiOrder());
        // Each lease of this test ends at once, so that the next one finds the same.
        assertThat(lease(10, 4))
                .hasSize(5)
                .satisfiesOnlyOnce(due -> assertThat(due.bulk()).isFalse());
        assertThat(lease(1, 4))
                .singleElement()
                .satisfies(due -> assertThat(due.order().text())
                        .isEqualTo(single.json().path("id").stringValue()));
        assertThat(lease(10, 0)).hasSize(1);
        server.bean(OrderWorker.class).start();
        server.bean(OrderWorker.class).wake();
        api.awaitOrder(single.link("self"));
        Api.Answer done = api.await(
                batch.link("self"),
                answer -> answer.json().path("status").stringValue("").equals("done"));
        assertThat(done.json().path("completed").intValue()).as(done.text()).isEqualTo(BATCH);
    }
}
