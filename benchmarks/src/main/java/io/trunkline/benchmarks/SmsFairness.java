package io.trunkline.benchmarks;

import io.trunkline.database.Database;
import io.trunkline.ids.SmsId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Single texts of one organization, one after the other: first when there is nothing else to do, then while a backlog
 * of another organization waits for the same bind.
 */
final class SmsFairness {
    private static final int SINGLES = 200;
    private static final long LOOK_AGAIN_NANOS = 2_000_000;
    private static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final String DONE = "SELECT done_at IS NOT NULL AS done FROM sms_recipients WHERE sms_id = ?";
    private static final String TOOK = """
            SELECT (1e9 * extract(epoch FROM done_at - created_at))::bigint AS nanos
            FROM sms_recipients r JOIN sms m ON m.organization_id = r.organization_id AND m.id = r.sms_id
            WHERE m.id = ?""";

    private final Installation installation;
    private final Database database;
    private final SmsClient many;
    private final SmsClient few;

    SmsFairness(Installation installation, Database database, SmsClient many, SmsClient few) {
        this.installation = installation;
        this.database = database;
        this.many = many;
        this.few = few;
    }

    /** How long single texts took from being accepted to being delivered. */
    record Found(
            Latencies alone, Latencies beside, int backlog, double acceptedSeconds, long leftBefore, long leftAfter) {
        String note() {
            return String.format(
                    Locale.ROOT,
                    "p50 and p99: accepted to delivered of %,d single texts of another organization, one after the"
                            + " other, beside a backlog of %,d that was accepted in %.0f s, %,d of them still waiting"
                            + " at the first and %,d at the last; without a backlog p50 %.1f ms, p99 %.1f ms",
                    SINGLES,
                    backlog,
                    acceptedSeconds,
                    leftBefore,
                    leftAfter,
                    alone.percentile(50),
                    alone.percentile(99));
        }
    }

    Found measure(int backlog) {
        Latencies alone = singles();
        long start = System.nanoTime();
        many.accept(backlog);
        double accepted = (System.nanoTime() - start) / 1e9;
        long before = many.open(SmsClient.End.RECEIPT);
        Latencies beside = singles();
        return new Found(alone, beside, backlog, accepted, before, many.open(SmsClient.End.RECEIPT));
    }

    private Latencies singles() {
        var latencies = new Latencies();
        try (var connection = new JdkClient.Connection(installation.url())) {
            for (int i = 0; i < SINGLES; i++) {
                latencies.add(delivered(SmsId.parse(few.one(connection)).orElseThrow()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return latencies;
    }

    /** Nanoseconds by the server's own clock. */
    private long delivered(SmsId id) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!database.owner().one(DONE, row -> row.bool("done"), id).orElseThrow()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain for " + id);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return database.owner().one(TOOK, row -> row.longInteger("nanos"), id).orElseThrow();
    }
}
