package io.trunkline.usage;

import static io.trunkline.usage.FeedWorld.HEADER;
import static io.trunkline.usage.FeedWorld.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Database;
import io.trunkline.events.Events;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Shares of allowances and amounts of money are told of once in a period. */
@Tag("database")
@ExtendWith(SharedServer.class)
final class UsageThresholdsTest {
    private static List<String> events(Database database, String subject, String what) {
        return database.owner()
                .list(
                        "SELECT type || ' ' || (data->>?) AS told FROM events WHERE subject = ?",
                        row -> row.text("told"),
                        what,
                        subject);
    }

    @Test
    void each_share_of_an_allowance_is_told_once_in_a_period(RunningServer server) {
        Database database = server.bean(Database.class);
        var feed = new FeedWorld(server, "thresholds");
        Api operator = Api.ofOperator(server);
        Instant month = YearMonth.now(ZoneOffset.UTC)
                .minusMonths(2)
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        FeedWorld.Line line = feed.line(month, null);
        String subject = "product/" + line.product();
        String half = "usage.allowance_reached 50";
        record Step(String id, Instant at, long bytes, List<String> told) {}
        Instant next = month.plus(Duration.ofDays(32));
        List<String> all = List.of(half, "usage.allowance_reached 80", "usage.allowance_reached 100");
        for (Step step : List.of(
                new Step("t1", month.plusSeconds(1), 4_096, List.of()),
                new Step("t2", month.plusSeconds(2), 1_024, List.of(half)),
                new Step("t3", month.plusSeconds(3), 1_024, List.of(half)),
                new Step("t4", month.plusSeconds(4), 9_000, all),
                new Step("t5", month.plusSeconds(5), 9_000, all))) {
            operator.post(
                    "/operator/usage/batches?source=thresholds",
                    HEADER + data(step.id(), line, step.at(), step.bytes()),
                    "Content-Type",
                    "text/csv");
            assertThat(events(database, subject, "percent"))
                    .as(step.id())
                    .containsExactlyInAnyOrderElementsOf(step.told());
        }
        operator.post(
                "/operator/usage/batches?source=thresholds",
                HEADER + data("t6", line, next, 5_120),
                "Content-Type",
                "text/csv");
        assertThat(events(database, subject, "percent"))
                .as("the next period begins anew")
                .containsExactlyInAnyOrder(half, half, "usage.allowance_reached 80", "usage.allowance_reached 100");
    }

    @Test
    void a_share_is_the_least_that_is_so_much() {
        assertThat(UsageThresholds.share(3, 50)).isEqualTo(2);
        assertThat(UsageThresholds.share(10, 80)).isEqualTo(8);
        assertThat(UsageThresholds.share(Long.MAX_VALUE, 100)).isEqualTo(Long.MAX_VALUE);
        assertThat(UsageThresholds.share(1, 50)).isEqualTo(1);
    }

    @Test
    void an_amount_that_a_line_has_cost_in_a_month_is_told_once(RunningServer server) {
        Database database = server.bean(Database.class);
        var thresholds = new UsageThresholds(
                server.bean(Events.class),
                new UsageSettings(
                        5_000,
                        Period.ofMonths(24),
                        2,
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofDays(10),
                        List.of(24L, 36L),
                        Duration.ofMillis(250)));
        Instant at = LocalDate.now(ZoneOffset.UTC)
                .minusMonths(1)
                .withDayOfMonth(5)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        var usage = new SomeUsage(server, server.world("amounts"), 3, 2, at, at.plusSeconds(60));
        SomeUsage.Line line = usage.lines.getFirst();
        String subject = "subscription/" + line.holder().subscription();
        String first = "usage.amount_reached 24";
        String second = "usage.amount_reached 36";
        int calls = 0;
        // Each costs 12.
        for (List<String> told :
                List.of(List.<String>of(), List.of(first), List.of(first, second), List.of(first, second))) {
            List<UsageItem> items = usage.add(List.of(usage.call(line, at.plusSeconds(calls++), 442_079_460_123L)));
            database.inOwnerTransaction(sql -> {
                var none = UsageBalances.lock(sql, server.bean(Tariffs.class).book(sql), List.of());
                thresholds.raise(sql, none, items, Instant.now());
                return true;
            });
            assertThat(events(database, subject, "amount"))
                    .as("call " + calls)
                    .containsExactlyInAnyOrderElementsOf(told);
        }
    }
}
