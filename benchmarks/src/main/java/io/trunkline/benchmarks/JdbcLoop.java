package io.trunkline.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.PGConnection;

/** The limit: the statements of the requests in a loop, without HTTP and without making anything of the rows. */
final class JdbcLoop {
    private static final double NANOS_PER_SECOND = 1e9;

    private final HikariDataSource pool;
    private final List<List<Statement>> requests;
    private final Set<Long> backends = ConcurrentHashMap.newKeySet();

    JdbcLoop(HikariDataSource pool, List<List<Statement>> requests) {
        this.pool = pool;
        this.requests = requests;
    }

    /** So many threads share the pool, as so many requests do. */
    Sample run(int threads, Duration duration) {
        long start = System.nanoTime();
        var running = new ArrayList<FutureTask<Latencies>>();
        for (int i = 0; i < threads; i++) {
            var task = new FutureTask<>(() -> loop(start + duration.toNanos()));
            running.add(task);
            Thread.ofVirtual().name("jdbc-" + i).start(task);
        }
        Latencies all = Latencies.together(running);
        return new Sample(
                all.count(), (System.nanoTime() - start) / NANOS_PER_SECOND, all.percentile(50), all.percentile(99), 0);
    }

    /** PostgreSQL's processes that have worked for it. */
    Set<Long> backends() {
        return backends;
    }

    private Latencies loop(long end) throws SQLException {
        var latencies = new Latencies();
        int at = ThreadLocalRandom.current().nextInt(requests.size());
        while (System.nanoTime() < end) {
            at = (at + 1) % requests.size();
            long before = System.nanoTime();
            try (Connection connection = pool.getConnection()) {
                backends.add((long) connection.unwrap(PGConnection.class).getBackendPID());
                for (Statement statement : requests.get(at)) {
                    statement.run(connection);
                }
            }
            latencies.add(System.nanoTime() - before);
        }
        return latencies;
    }
}
