package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.ids.Id;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Forgets what belongs to usage that is past its retention: the records by which a repeated one is known, what was put
 * aside, balances and sums. A few rows at a time, each for itself, so that no feed waits for it. A record of that time
 * which comes again is too old, so that none is counted twice.
 */
@Component
class UsageRetention {
    /** Most rows of one statement. */
    private static final int ROWS = 5_000;

    private static final String FORGET =
            "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$s LIMIT ?))";
    private static final String RECORDS = FORGET.formatted("usage_records", "started_at < ?");
    /** A line that has been put aside again since keeps its id. */
    private static final String QUARANTINE = FORGET.formatted("usage_quarantine", "id < ? AND at < ?");

    private static final String BALANCES = FORGET.formatted("usage_balances", "period_to <= ?");
    private static final String THRESHOLDS = FORGET.formatted("usage_thresholds", "period_from < ?");
    private static final String LINES = FORGET.formatted(UsageRollups.LINES, "day < ?::date");
    private static final String ACCOUNTS = FORGET.formatted(UsageRollups.ACCOUNTS, "day < ?::date");

    private final Database database;
    private final UsagePartitions partitions;

    UsageRetention(Database database, UsagePartitions partitions) {
        this.database = database;
        this.partitions = partitions;
    }

    void maintain() {
        YearMonth month = YearMonth.from(partitions.oldest().atOffset(ZoneOffset.UTC));
        String day = month.atDay(1).toString();
        Instant start = month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        forget(RECORDS, start);
        forget(QUARANTINE, Id.newValue(start), start);
        forget(BALANCES, start);
        forget(THRESHOLDS, start);
        forget(LINES, day);
        forget(ACCOUNTS, day);
    }

    private void forget(String statement, Object... before) {
        Object[] parameters =
                Stream.concat(Arrays.stream(before), Stream.of(ROWS)).toArray();
        int forgotten;
        do {
            forgotten = database.owner().update(statement, parameters);
        } while (forgotten == ROWS);
    }
}
