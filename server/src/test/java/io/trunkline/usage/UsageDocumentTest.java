package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.stories.Document;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/usage.md is what the server does. */
@Tag("database")
@ExtendWith(SharedServer.class)
final class UsageDocumentTest {
    @Test
    void the_commands_of_the_page_run_and_answer_as_it_shows(RunningServer server) throws IOException {
        World world = server.world("usage-document");
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var usage = new SomeUsage(server, world, 21, 4, now.minus(Duration.ofDays(20)), now.minusSeconds(3_600));
        usage.add(List.of(usage.call(usage.lines.getFirst(), now.minusSeconds(600), 442_079_460_123L)));
        usage.add(120);
        Database database = server.bean(Database.class);
        Instant end = now.plusSeconds(60);
        while (!database.owner()
                .list("SELECT 1 AS one FROM usage_batches WHERE number IS NULL", _ -> true)
                .isEmpty()) {
            assertThat(Instant.now()).as("batches wait for their numbers").isBefore(end);
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(new Document(server, world, "usage.md").check()).isGreaterThan(4);
    }
}
