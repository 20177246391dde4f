package io.trunkline.benchmarks;

import io.trunkline.database.Database;
import io.trunkline.ids.AccountId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Orders activations by mail over the API, each for a new person. */
final class OrdersClient {
    /** Threads that place orders, with a connection each. */
    private static final int CONNECTIONS = 16;
    /** Most orders that are accepted and not yet ended with their mail: more would only wait. */
    private static final int MOST_OPEN = 400;

    private static final long LOOK_AGAIN_NANOS = 50_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String PATH = "/enterprise/orders";
    private static final String ORDER = """
            {"type": "activate_subscription", "account_id": "%s",
             "subscriber": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada-%d@bench.example"},
             "sim_profile": {"sim_type": "esim", "delivery": {"type": "email", "to": ["ada-%d@bench.example"]}}}""";
    private static final String LEFT = "SELECT count(*) AS n FROM order_work";
    private static final String ACCOUNT = """
            SELECT a.id FROM accounts a JOIN organizations o ON o.id = a.organization_id
            WHERE o.key = ? AND a.status = 'active' ORDER BY a.id LIMIT 1""";

    private final String url;
    private final String clientId;
    private final Tokens tokens;
    private final Database database;
    private final String account;
    private final AtomicLong placed = new AtomicLong();
    private volatile long open;

    OrdersClient(Installation installation, Database database) {
        this.url = installation.url();
        this.clientId = installation.clients().keySet().iterator().next();
        this.tokens = new Tokens(url, installation.clients());
        this.database = database;
        this.account = database.owner()
                .one(ACCOUNT, row -> new AccountId(row.uuid("id")), installation.organization())
                .orElseThrow(() -> new IllegalStateException("the demo has no account"))
                .toString();
    }

    /** All that were accepted so far. */
    long placed() {
        return placed.get();
    }

    /** CPU that this process has used. */
    static double cpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(used -> used.toMillis() / 1e3)
                .orElse(0.0);
    }

    /** Keeps so many open as there can be; returns once the last one has ended. */
    void asManyAsCanBe(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        run(token(), _ -> {
            while (open >= MOST_OPEN && System.nanoTime() < end) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS / 10);
            }
            return System.nanoTime() < end;
        });
    }

    /** Places so many a second, each at its own time; returns once the last one has ended. */
    void paced(int perSecond, Duration duration) {
        long start = System.nanoTime();
        long all = perSecond * duration.toSeconds();
        run(token(), number -> {
            if (number >= all) {
                return false;
            }
            long at = start + (long) (number * NANOS_PER_SECOND / perSecond);
            for (long wait = at - System.nanoTime(); wait > 0; wait = at - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            return true;
        });
    }

    /** Asked before each order, with its number in this turn; it may wait. */
    @FunctionalInterface
    private interface Gate {
        boolean opens(long number);
    }

    private String token() {
        return tokens.calls(List.of(new Ask(clientId, PATH, ""))).getFirst().token();
    }

    private void run(String token, Gate gate) {
        var turn = new AtomicLong();
        var running = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < CONNECTIONS; i++) {
            var task = new FutureTask<>(() -> place(token, gate, turn), true);
            running.add(task);
            Thread.ofPlatform().name("orders-" + i).daemon().start(task);
        }
        // The count is small: what is done is deleted.
        do {
            look();
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        } while (running.stream().anyMatch(task -> !task.isDone()));
        Await.until("the last mail", () -> {
            look();
            return open == 0;
        });
        running.forEach(Await::result);
    }

    private void look() {
        open = database.owner().one(LEFT, row -> row.longInteger("n")).orElse(0L);
    }

    private void place(String token, Gate gate, AtomicLong turn) {
        try (var connection = new JdkClient.Connection(url)) {
            while (gate.opens(turn.getAndIncrement())) {
                long person = placed.incrementAndGet();
                connection.post(new Call(PATH, token, ""), ORDER.formatted(account, person, person));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
