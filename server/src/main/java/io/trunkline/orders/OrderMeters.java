package io.trunkline.orders;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * What is left to do, over all servers: how many orders wait at each step, and how late the latest is. Read from the
 * database when somebody looks, at most once in five seconds.
 */
@Component
class OrderMeters {
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final String LEFT = """
            SELECT step, undoing, count(*) AS orders, min(due_at) AS first_due FROM order_work
            GROUP BY step, undoing""";

    private final Database database;
    private final Clock clock;
    private final MeterRegistry meters;
    private Map<What, Left> left = Map.of();
    private Instant readAt = Instant.EPOCH;

    OrderMeters(Database database, Clock clock, MeterRegistry meters) {
        this.database = database;
        this.clock = clock;
        this.meters = meters;
        gauges();
    }

    private record What(OrderStep step, boolean undoing) {}

    private record Left(What what, long orders, Instant firstDue) {}

    /** An order has come to an end on this server; called when that is committed. */
    void ended(Order.Status status, String reason) {
        Counter.builder("trunkline.orders.ended")
                .description("Orders that this server has brought to an end")
                .tag("status", status.text())
                .tag("reason", reason)
                .register(meters)
                .increment();
    }

    private void gauges() {
        for (OrderStep step : OrderStep.values()) {
            gauges(new What(step, false));
            if (step.hasUndo() && step.neighbour() != Neighbour.NONE) {
                gauges(new What(step, true));
            }
        }
    }

    private void gauges(What what) {
        Gauge.builder("trunkline.orders.left", () -> orders(what))
                .description("Orders that are not done with, by their next step, over all servers")
                .tag("step", what.step().text())
                .tag("undoing", Boolean.toString(what.undoing()))
                .register(meters);
        Gauge.builder("trunkline.orders.late", () -> lateSeconds(what))
                .description("How long the order that has waited longest has been due, by its next step")
                .baseUnit("seconds")
                .tag("step", what.step().text())
                .tag("undoing", Boolean.toString(what.undoing()))
                .register(meters);
    }

    private double orders(What what) {
        Left found = look().get(what);
        return found == null ? 0 : found.orders();
    }

    private double lateSeconds(What what) {
        Left found = look().get(what);
        return found == null
                ? 0
                : Math.max(
                        0, Duration.between(found.firstDue(), clock.instant()).toMillis() / 1_000.0);
    }

    /** What was read last stays while the database is away: its own meters tell that it is. */
    private synchronized Map<What, Left> look() {
        Instant now = clock.instant();
        if (now.isAfter(readAt.plus(REMEMBERED))) {
            readAt = now;
            try {
                var read = new HashMap<What, Left>();
                database.owner()
                        .list(
                                LEFT,
                                row -> new Left(
                                        new What(OrderStep.of(row.text("step")), row.bool("undoing")),
                                        row.longInteger("orders"),
                                        row.instant("first_due")))
                        .forEach(found -> read.put(found.what(), found));
                left = read;
            } catch (DatabaseException e) {
                return left;
            }
        }
        return left;
    }
}
